//! "Did you mean": the known word nearest to an unknown one.

/// The known word nearest to `word`, when it is near enough to be meant: at most a third of its letters differ.
///
/// Of equally near words the first in alphabetical order.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    let letters: Vec<char> = word.chars().collect();
    let near = |other: &str| {
        let other: Vec<char> = other.chars().collect();
        (other.len().abs_diff(letters.len()) <= limit).then(|| distance(&letters, &other)).filter(|&d| d <= limit)
    };
    let found = known.into_iter().filter(|&k| !k.is_empty() && k != word).filter_map(|k| Some((near(k)?, k)));
    found.min().map(|(_, k)| k)
}

/// Least number of letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("fomrula", ["aggregate", "formula", "form"]), Some("formula"));
        assert_eq!(nearest("hebie", ["hebei", "beijing"]), Some("hebei"));
        assert_eq!(nearest("x", ["population"]), None);
    }
}
