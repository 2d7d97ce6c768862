//! Speed limits as OpenStreetMap writes them.

use std::collections::BTreeMap;

const KILOMETRES_PER_MILE: f32 = 1.609_344;
const KILOMETRES_PER_NAUTICAL_MILE: f32 = 1.852;

/// The limit in km/h that a value of `maxspeed` states: `50`, `50 km/h`, `30 mph`, `10 knots`, or a zone such as
/// `DE:urban` looked up in `zones`. Of several (`50;30`) the lowest counts. `None` when it states no number (`signals`,
/// `none`, `variable`).
pub fn limit(value: &str, zones: &BTreeMap<String, f32>) -> Option<f32> {
    let one = |text: &str| number(text.trim()).or_else(|| zone(text.trim(), zones));
    value.split([';', '|']).filter_map(one).reduce(f32::min)
}

fn number(text: &str) -> Option<f32> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let amount: f32 = text.get(..end)?.parse().ok()?;
    let factor = match text.get(end..)?.trim() {
        "" | "km/h" | "kmh" | "kph" | "kmph" => 1.0,
        "mph" => KILOMETRES_PER_MILE,
        "knots" => KILOMETRES_PER_NAUTICAL_MILE,
        _ => return None,
    };
    (amount > 0.0 && amount.is_finite()).then_some(amount * factor)
}

/// The limit of the zone that a value such as `BR:urban` or `walk` names.
pub fn zone(text: &str, zones: &BTreeMap<String, f32>) -> Option<f32> {
    let name = text.split_once(':').map_or(text, |(_, name)| name);
    zones.get(name).or_else(|| zones.get(text)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_mappers_write() {
        let zones = BTreeMap::from([("urban".to_owned(), 50.0), ("walk".to_owned(), 7.0)]);
        let cases = [
            ("50", Some(50.0)),
            ("30 mph", Some(48.280_32)),
            ("30mph", Some(48.280_32)),
            ("60 km/h", Some(60.0)),
            ("10 knots", Some(18.52)),
            ("BR:urban", Some(50.0)),
            ("walk", Some(7.0)),
            ("60;40", Some(40.0)),
            ("none", None),
            ("signals", None),
            ("RO:moon", None),
            ("0", None),
            ("", None),
            ("50 apples", None),
        ];
        for (text, expected) in cases {
            assert_eq!(limit(text, &zones), expected, "{text}");
        }
    }
}
