//! Numbers as they are written, so that 0.1 is a tenth and not the double nearest to it.

/// Digits after the point that are taken.
const MOST: i32 = 18;

/// A decimal number as digits and the power of ten they are times; `None` when it has too many digits.
fn parts(text: &str) -> Option<(i128, i32)> {
    let (number, power) = match text.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, after) = number.split_once('.').unwrap_or((number, ""));
    let after = after.trim_end_matches('0');
    let digits: i128 = format!("{whole}{after}").parse().ok()?;
    if digits == 0 {
        return Some((0, 0));
    }
    Some((digits, power.checked_sub(i32::try_from(after.len()).ok()?)?))
}

/// Numbers as integers over one power of ten, which is given too; `None` when one has more than 18 digits after the
/// point, or they reach 2^80 together.
pub fn integers(texts: &[&str]) -> Option<(Vec<i128>, i128)> {
    let all = texts.iter().map(|text| parts(text)).collect::<Option<Vec<_>>>()?;
    let places = all.iter().map(|&(_, power)| -power).max().unwrap_or(0).max(0);
    if places > MOST {
        return None;
    }
    let integer = |&(digits, power): &(i128, i32)| {
        let by = 10_i128.checked_pow(u32::try_from(power + places).ok()?)?;
        digits.checked_mul(by).filter(|integer| integer.unsigned_abs() >> 80 == 0)
    };
    Some((all.iter().map(integer).collect::<Option<Vec<_>>>()?, 10_i128.pow(places.unsigned_abs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_written() {
        assert_eq!(integers(&["0.1", "-2", "3.25e1", "1E2", "-0.0"]), Some((vec![1, -20, 325, 1000, 0], 10)));
        assert_eq!(integers(&["7", "1.00"]), Some((vec![7, 1], 1)));
        assert_eq!(integers(&["1e-18"]), Some((vec![1], 1_000_000_000_000_000_000)));
        for too_many in ["1e-19", "1e30", "0.12345678901234567891", "1e99999999999"] {
            assert_eq!(integers(&[too_many]), None, "{too_many}");
        }
        assert_eq!(integers(&["1e-18", "1e9"]), None);
    }
}
