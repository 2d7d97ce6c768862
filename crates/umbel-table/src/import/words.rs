//! Words made comparable: ids from names, names from spellings, periods and dates from the ways people write them.

use umbel_core::Period;

/// The plain letters of an accented Latin letter; `None` for letters of other scripts.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => "o",
        'ö' | 'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' => "u",
        'ü' => "ue",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

/// An id made of a name: lower-case letters and digits, `-` between words; `None` when the name has letters of another
/// script than Latin, or no letter or digit.
pub fn slug(name: &str) -> Option<String> {
    let mut id = String::with_capacity(name.len());
    let mut gap = false;
    for letter in name.chars().flat_map(char::to_lowercase) {
        let piece: &str = match letter {
            'a'..='z' | '0'..='9' => "",
            // Combining marks and apostrophes disappear.
            '\u{300}'..='\u{36f}' | '\'' | '’' | 'ʼ' => continue,
            '.' | '_' if !id.is_empty() && !gap => "",
            _ if letter.is_alphanumeric() => plain(letter)?,
            _ => {
                gap = !id.is_empty();
                continue;
            }
        };
        if gap {
            id.push('-');
            gap = false;
        }
        if piece.is_empty() { id.push(letter) } else { id.push_str(piece) }
    }
    let id = id.trim_end_matches(['.', '_', '-']).to_owned();
    (!id.is_empty()).then_some(id)
}

/// A spelling by which names are compared: lower case, no accents, letters and digits of any script only.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric()) {
        match plain(letter) {
            // "Zürich" and "Zurich" are one spelling.
            Some(letters) if !matches!(letter, 'æ' | 'œ' | 'ß' | 'þ') => folded.push_str(&letters[..1]),
            Some(letters) => folded.push_str(letters),
            None => folded.push(letter),
        }
    }
    folded
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A period as people write it, in our notation; `None` when it is none.
///
/// Besides our own: `31.12.2020`, `2020/12/31`, `12.2020`, `2020M07`, `2020Q3`, `Q3 2020`, `Jul 2020`, `July 2020`, `2020年`, `2020年7月`.
pub fn period(text: &str) -> Option<String> {
    let text = text.trim();
    if Period::parse(text).is_some() {
        return Some(text.to_owned());
    }
    let spaced: String = text.chars().map(|c| if matches!(c, '年' | '月' | '日') { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split([' ', '\u{a0}', '.', '/', '-', ',']).filter(|word| !word.is_empty()).collect();
    let number = |word: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())).then(|| word.parse::<u16>().ok())?
    };
    let year = |word: &str| number(word, 4..=4);
    let month = |word: &str| {
        let name = word.to_lowercase();
        let known = name.len() >= 3 && name.is_ascii();
        let named = known.then(|| MONTHS.iter().position(|month| *month == &name[..3])).flatten();
        number(word, 1..=2).or(named.map(|at| at as u16 + 1))
    };
    let quarter = |word: &str| word.strip_prefix(['Q', 'q']).and_then(|digit| number(digit, 1..=1));
    let made = match words.as_slice() {
        [a] if a.len() == 4 && text.contains('年') => a.to_string(),
        [a] if a.len() == 6 && a.is_ascii() => format!("{}-Q{}", year(&a[..4])?, quarter(&a[4..])?),
        [a] if a.len() == 7 && a.is_ascii() && a[4..5].eq_ignore_ascii_case("m") => {
            format!("{}-{:02}", year(&a[..4])?, number(&a[5..], 2..=2)?)
        }
        [a, b] => match (quarter(a), quarter(b)) {
            (Some(q), _) => format!("{}-Q{q}", year(b)?),
            (_, Some(q)) => format!("{}-Q{q}", year(a)?),
            _ if year(a).is_some() => format!("{a}-{:02}", month(b)?),
            _ => format!("{}-{:02}", year(b)?, month(a)?),
        },
        [a, b, c] if year(a).is_some() => format!("{a}-{:02}-{:02}", month(b)?, number(c, 1..=2)?),
        // Day first only where points say so: 31.12.2020. With slashes nobody knows which is the month.
        [a, b, c] if text.contains('.') && year(c).is_some() => {
            format!("{}-{:02}-{:02}", year(c)?, month(b)?, number(a, 1..=2)?)
        }
        _ => return None,
    };
    Period::parse(&made).is_some().then_some(made)
}

/// The one year named in a heading such as "Census 2010"; `None` when it names none or has other numbers.
pub fn year_in(text: &str) -> Option<String> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let year = numbers.next().filter(|part| part.len() == 4 && matches!(&part[..2], "18" | "19" | "20" | "21"))?;
    numbers.next().is_none().then(|| year.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_names() {
        for (name, id) in [
            ("New Hampshire", "new-hampshire"),
            ("Île-de-France", "ile-de-france"),
            ("Zürich (city)", "zuerich-city"),
            ("O'Brien’s  Bay", "obriens-bay"),
            ("US.MA_01", "us.ma_01"),
            ("--A--", "a"),
            ("Łódź", "lodz"),
        ] {
            assert_eq!(slug(name).as_deref(), Some(id));
        }
        assert_eq!(slug("北京市"), None);
        assert_eq!(slug("—"), None);
    }

    #[test]
    fn spellings_meet() {
        assert_eq!(fold("Zürich"), fold("ZURICH"));
        assert_eq!(fold("New  Hampshire"), fold("new-hampshire"));
        assert_eq!(fold("北京 市"), "北京市");
    }

    #[test]
    fn periods_as_people_write_them() {
        for (text, wanted) in [
            ("2020", "2020"),
            ("31.12.2020", "2020-12-31"),
            ("2020/12/31", "2020-12-31"),
            ("2020M07", "2020-07"),
            ("2020Q3", "2020-Q3"),
            ("Q3 2020", "2020-Q3"),
            ("July 2020", "2020-07"),
            ("2020年", "2020"),
            ("2020年7月", "2020-07"),
            ("2020年7月9日", "2020-07-09"),
            ("12.2020", "2020-12"),
            ("2014/2022", "2014/2022"),
        ] {
            assert_eq!(period(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "12/31/2020", "2020-13", "Population", "1.5", "20", "Q5 2020", "31.02.2020", "北京", "é2020Q"]
        {
            assert_eq!(period(text), None, "{text}");
        }
        assert_eq!(year_in("Census 2010 (April)").as_deref(), Some("2010"));
        assert_eq!(year_in("Change 2010-2020"), None);
    }
}
