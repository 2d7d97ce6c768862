//! Figures as people type them: separators of thousands, decimal commas, currency and percent signs, flags, bounds.

use umbel_core::{Bound, Unit, unit::Dimension};

/// Which separators numbers are written with. Spaces and apostrophes between thousands are always understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Decimal separator.
    pub decimal: char,
    /// Separator of thousands.
    pub thousands: char,
}

/// `1,234.5`
pub const POINT: Style = Style { decimal: '.', thousands: ',' };
/// `1.234,5`
pub const COMMA: Style = Style { decimal: ',', thousands: '.' };

/// What a cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The number in plain notation.
    pub number: String,
    /// Whether a percent sign stands by it.
    pub percent: bool,
    /// Currency sign or code that stands by it.
    pub currency: Option<String>,
    /// How it is stated (`>`, `<`, `~`).
    pub bound: Bound,
    /// SDMX status letter of a flag that follows it (`1234 p`).
    pub status: Option<&'static str>,
}

const SIGNS: &[(&str, &[&str])] = &[
    ("€", &["EUR"]),
    ("£", &["GBP", "EGP", "LBP"]),
    ("¥", &["CNY", "JPY"]),
    ("￥", &["CNY", "JPY"]),
    ("元", &["CNY", "TWD"]),
    ("₹", &["INR"]),
    ("₩", &["KRW"]),
    ("₽", &["RUB"]),
    ("₺", &["TRY"]),
    ("₴", &["UAH"]),
    ("₫", &["VND"]),
    ("₱", &["PHP"]),
    ("₦", &["NGN"]),
    ("zł", &["PLN"]),
    ("Kč", &["CZK"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("Ft", &["HUF"]),
    ("R$", &["BRL"]),
    ("US$", &["USD"]),
    ("A$", &["AUD"]),
    ("C$", &["CAD"]),
    ("HK$", &["HKD"]),
    ("NT$", &["TWD"]),
    ("$", &["USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "CLP", "COP", "ARS", "TWD"]),
    ("Fr.", &["CHF"]),
];

/// Whether a currency sign or code can mean the currency of a unit; `None` when the unit is not money at all.
pub fn currency_fits(sign: &str, unit: &Unit) -> Option<bool> {
    let code = unit.dimensions().iter().find_map(|(dimension, _)| match dimension {
        Dimension::Annotation(name) if umbel_core::money::is_currency(name) => name.get(..3),
        _ => None,
    })?;
    Some(sign == code || SIGNS.iter().any(|(known, codes)| *known == sign && codes.contains(&code)))
}

fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{200b}')
}

/// Takes a currency sign, or a code of three capitals, off one end.
fn currency(text: &str) -> Option<(&str, String)> {
    let is_code = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_uppercase());
    for (sign, _) in SIGNS {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return Some((rest.trim_matches(blank), (*sign).to_owned()));
        }
    }
    if let Some(code) = text.get(..3).filter(|part| is_code(part)) {
        return Some((text[3..].trim_matches(blank), code.to_owned()));
    }
    let at = text.len().checked_sub(3)?;
    let code = text.get(at..).filter(|part| is_code(part))?;
    Some((text[..at].trim_matches(blank), code.to_owned()))
}

/// The letters that statistical offices put behind a figure, as SDMX statuses.
fn flag(text: &str) -> Option<(&str, &'static str)> {
    let (number, letter) = text.rsplit_once(blank)?;
    let status = match letter {
        "b" => "B",
        "d" => "D",
        "e" | "s" => "E",
        "f" => "F",
        "p" => "P",
        "u" => "U",
        _ => return None,
    };
    Some((number.trim_end_matches(blank), status))
}

impl Figure {
    /// Reads a figure; `None` when what is left after signs and flags is no number in this style.
    pub fn read(text: &str, style: Style) -> Option<Figure> {
        let mut figure = Figure::default();
        let mut rest = text.trim_matches(blank);
        if let Some((number, status)) = flag(rest) {
            figure.status = Some(status);
            rest = number;
        }
        for (sign, bound) in [(">", Bound::Above), ("<", Bound::Below), ("~", Bound::About), ("≈", Bound::About)] {
            if let Some(number) = rest.strip_prefix(sign) {
                figure.bound = bound;
                rest = number.trim_start_matches(blank);
            }
        }
        let negative = rest.strip_prefix(['-', '−', '–']);
        rest = negative.unwrap_or(rest).trim_start_matches(blank);
        if let Some((number, sign)) = currency(rest) {
            figure.currency = Some(sign);
            rest = number;
        }
        let mut minus = negative.is_some();
        if let Some(number) = rest.strip_prefix(['-', '−']).filter(|_| !minus) {
            minus = true;
            rest = number.trim_start_matches(blank);
        }
        if let Some(number) = rest.strip_suffix(['%', '％']) {
            figure.percent = true;
            rest = number.trim_end_matches(blank);
        }
        let plain = digits(rest, style)?;
        figure.number = if minus { format!("-{plain}") } else { plain };
        Some(figure)
    }
}

/// Digits with separators in plain notation.
fn digits(text: &str, style: Style) -> Option<String> {
    let (whole, decimals) = match text.split_once(style.decimal) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    let separator = |c: char| c == style.thousands || blank(c) || matches!(c, '\'' | '’');
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let mut number = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        number.push_str(group);
    }
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match decimals {
        _ if !all_digits(&number) => None,
        None if number.is_empty() => None,
        None => Some(number),
        Some(decimals) => {
            // An exponent, as programs write it: 1.2E+05.
            let (fraction, exponent) = decimals.split_once(['e', 'E']).map_or((decimals, None), |(f, e)| (f, Some(e)));
            let exponent_fits = exponent.is_none_or(|e| {
                let e = e.strip_prefix(['+', '-']).unwrap_or(e);
                !e.is_empty() && e.len() < 3 && all_digits(e)
            });
            if !all_digits(fraction) || !exponent_fits || (number.is_empty() && fraction.is_empty()) {
                return None;
            }
            if number.is_empty() {
                number.push('0');
            }
            if !fraction.is_empty() {
                number.push('.');
                number.push_str(fraction);
            }
            if let Some(exponent) = exponent {
                number.push('e');
                number.push_str(exponent.strip_prefix('+').unwrap_or(exponent));
            }
            Some(number)
        }
    }
}

/// What a column's cells say about its style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// One style reads them.
    Style(Style),
    /// Both read every cell, and this one differently: somebody has to say.
    Either(usize),
}

/// Finds the style in which most cells are numbers. The cells are all that hold figures typed as text.
pub fn find_style<'a>(cells: impl Iterator<Item = &'a str> + Clone) -> Found {
    let readable = |style| cells.clone().filter(|text| Figure::read(text, style).is_some()).count();
    let (point, comma) = (readable(POINT), readable(COMMA));
    if point != comma {
        return Found::Style(if point > comma { POINT } else { COMMA });
    }
    let differs = |text: &str| match (Figure::read(text, POINT), Figure::read(text, COMMA)) {
        (Some(a), Some(b)) => a.number != b.number,
        _ => false,
    };
    cells.clone().position(differs).map_or(Found::Style(POINT), Found::Either)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, style: Style) -> Option<String> {
        Figure::read(text, style).map(|figure| figure.number)
    }

    #[test]
    fn reads_what_people_type() {
        for (text, style, wanted) in [
            ("1,362,359", POINT, "1362359"),
            ("1.362.359,50", COMMA, "1362359.50"),
            ("1 362 359", POINT, "1362359"),
            ("1\u{202f}362\u{a0}359,5", COMMA, "1362359.5"),
            ("1'362'359.25", POINT, "1362359.25"),
            ("−12.5", POINT, "-12.5"),
            (".5", POINT, "0.5"),
            ("1.2E+05", POINT, "1.2e05"),
            ("2020", COMMA, "2020"),
        ] {
            assert_eq!(number(text, style).as_deref(), Some(wanted), "{text}");
        }
        for (text, style) in [
            ("", POINT),
            ("n/a", POINT),
            ("1,36", POINT),
            ("1,3622", POINT),
            ("1234,567", POINT),
            (",123", POINT),
            ("1.362.359", POINT),
            ("1.2.3", COMMA),
            ("--1", POINT),
            ("1e", POINT),
            ("1.5e", POINT),
            ("12 34", POINT),
            ("1½", POINT),
            ("é12", POINT),
        ] {
            assert_eq!(number(text, style), None, "{text}");
        }
    }

    #[test]
    fn takes_signs_and_flags_off() {
        let read = |text| Figure::read(text, COMMA).expect("a figure");
        assert_eq!(read("$ 12.400.000,00").currency.as_deref(), Some("$"));
        assert_eq!(
            read("12,5 EUR"),
            Figure { number: "12.5".into(), currency: Some("EUR".into()), ..Figure::default() }
        );
        assert_eq!(read("-€5").number, "-5");
        assert_eq!(read("€ -5").number, "-5");
        assert!(read("45,2 %").percent);
        assert_eq!((read("1.234 p").status, read("1.234 p").number.as_str()), (Some("P"), "1234"));
        assert_eq!(read("> 140").bound, Bound::Above);
        assert_eq!(read("<5").bound, Bound::Below);
    }

    #[test]
    fn currencies_are_held_against_the_unit() {
        let unit = |text| Unit::parse(text).expect("a unit");
        assert_eq!(currency_fits("$", &unit("10*6.{USD}")), Some(true));
        assert_eq!(currency_fits("€", &unit("{USD_2020}")), Some(false));
        assert_eq!(currency_fits("¥", &unit("10*8.{CNY}/{person}")), Some(true));
        assert_eq!(currency_fits("$", &unit("{person}")), None);
    }

    #[test]
    fn finds_the_style() {
        let find = |cells: &[&'static str]| find_style(cells.iter().copied());
        assert_eq!(find(&["1.234,5", "7"]), Found::Style(COMMA));
        assert_eq!(find(&["1,234.5", "7"]), Found::Style(POINT));
        assert_eq!(find(&["7", "1.234"]), Found::Either(1));
        assert_eq!(find(&["1.5", "1.234"]), Found::Style(POINT));
        assert_eq!(find(&["1.234.567", "1.234"]), Found::Style(COMMA));
        assert_eq!(find(&["7", "n/a"]), Found::Style(POINT));
    }
}
