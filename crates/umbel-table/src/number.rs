//! Decimal numbers: correctly rounded, fast for the short ones that tables are made of.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Reads a plain decimal number (`-12.5`, `.5`, `1e-3`); `None` for anything else and for what is not finite.
///
/// The result is the double nearest to the number. Up to 15 digits the digits and the power of ten are both exact
/// doubles, so that one division rounds correctly (W. D. Clinger, "How to read floating point numbers accurately",
/// 1990); all others go to the standard library.
pub fn parse(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes.first()? {
        b'-' => (true, &bytes[1..]),
        _ => (false, bytes),
    };
    if digits.len() <= 16 {
        let (mut mantissa, mut decimals, mut point, mut seen) = (0_u64, 0_usize, false, 0_usize);
        let plain = digits.iter().all(|&b| match b {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(b - b'0');
                decimals += usize::from(point);
                seen += 1;
                true
            }
            b'.' if !point => {
                point = true;
                true
            }
            _ => false,
        });
        if plain && (1..=15).contains(&seen) {
            let value = mantissa as f64 / POWERS[decimals];
            return Some(if negative { -value } else { value });
        }
    }
    // The standard library also takes "inf", "nan" and a leading plus, which are no plain numbers.
    let first = *digits.first()?;
    if !(first.is_ascii_digit() || first == b'.')
        || !digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_plain_numbers_only() {
        for (text, value) in
            [("1234.5", 1234.5), ("-0.1", -0.1), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("007", 7.0)]
        {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in
            ["", "-", ".", "1,234", "1 234", "+5", "inf", "nan", "-inf", "1e999", "0x10", "1_000", "１", "5%", "1e"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn rounds_as_the_standard_library_does(text in "-?[0-9]{1,20}(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?") {
            let expected: f64 = text.parse().expect("a number");
            prop_assert_eq!(parse(&text).map(f64::to_bits), Some(expected.to_bits()));
        }
    }
}
