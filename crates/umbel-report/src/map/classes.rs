//! Classes of a map: given limits, or quantiles rounded to figures people say.

/// How values are coloured.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    /// Limits between the classes, ascending: a value belongs to the class of the first limit it does not exceed
    /// (given limits: "up to 30") or stays below (quantiles).
    pub limits: Vec<f64>,
    /// Whether a value equal to a limit belongs below it.
    pub closed: bool,
    /// Class names for the stylesheet, one more than limits.
    pub shades: Vec<&'static str>,
}

const SEQUENTIAL: [&str; 5] = ["q0", "q1", "q2", "q3", "q4"];
const FALLING: [&str; 3] = ["n2", "n1", "n0"];
const RISING: [&str; 3] = ["p0", "p1", "p2"];

impl Classes {
    /// Classes with given limits; `near_is_dark` turns the shades round (travel times: the nearer the darker).
    pub fn given(limits: &[f64], near_is_dark: bool) -> Classes {
        let mut limits: Vec<f64> = limits.iter().copied().filter(|v| v.is_finite()).collect();
        limits.sort_by(f64::total_cmp);
        limits.dedup();
        let mut shades = spread(limits.len() + 1);
        if near_is_dark {
            shades.reverse();
        }
        Classes { limits, closed: true, shades }
    }

    /// Classes from the values: around zero when they have both signs, else about equally many values a class.
    pub fn of(values: &[f64], near_is_dark: bool) -> Classes {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
            return Classes { limits: Vec::new(), closed: false, shades: vec!["q2"] };
        };
        if low < 0.0 {
            let below: Vec<f64> = sorted.iter().copied().filter(|v| *v < 0.0).collect();
            let above: Vec<f64> = sorted.iter().copied().filter(|v| *v > 0.0).collect();
            let (falling, rising) = (cuts(&below, 2), cuts(&above, 2));
            let mut shades = FALLING[2 - falling.len().min(2)..].to_vec();
            if high < 0.0 {
                return Classes { limits: falling, closed: false, shades };
            }
            // Where nothing rose, the last class is that of no change.
            shades.extend(if above.is_empty() { &["q0"] } else { &RISING[..=rising.len().min(2)] });
            let limits = falling.into_iter().chain([0.0]).chain(rising).collect();
            return Classes { limits, closed: false, shades };
        }
        let mut distinct = sorted.clone();
        distinct.dedup();
        let limits = cuts(&sorted, if distinct.len() > 8 { 4 } else { 3 });
        let mut shades = spread(limits.len() + 1);
        if near_is_dark {
            shades.reverse();
        }
        Classes { limits, closed: false, shades }
    }

    /// Classes of changes, around zero: purple and green, of which green is the better; where falling is good the two
    /// change sides. Zeros are not looked at.
    pub fn changes(values: &[f64], falling_is_good: bool) -> Classes {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite() && *v != 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let (below, above) = sorted.split_at(sorted.partition_point(|value| *value < 0.0));
        let (falling, rising) = (cuts(below, 2), cuts(above, 2));
        let other = |shade: &&'static str| match *shade {
            "n2" => "p2",
            "n1" => "p1",
            "n0" => "p0",
            "p2" => "n2",
            "p1" => "n1",
            _ => "n0",
        };
        let mut shades: Vec<&'static str> = Vec::new();
        if !below.is_empty() {
            shades.extend(&FALLING[2 - falling.len().min(2)..]);
        }
        if !above.is_empty() {
            shades.extend(&RISING[..=rising.len().min(2)]);
        }
        if shades.is_empty() {
            shades.push("q2");
        }
        if falling_is_good {
            shades = shades.iter().map(other).collect();
        }
        let zero = (!below.is_empty() && !above.is_empty()).then_some(0.0);
        Classes { limits: falling.into_iter().chain(zero).chain(rising).collect(), closed: false, shades }
    }

    /// The class of a value.
    pub fn class(&self, value: f64) -> usize {
        self.limits.iter().filter(|limit| if self.closed { value > **limit } else { value >= **limit }).count()
    }

    /// The shade of a value.
    pub fn shade(&self, value: f64) -> &'static str {
        self.shades.get(self.class(value)).copied().unwrap_or("q2")
    }
}

/// So many shades for what came one after the other: blues, the earliest the darkest, and greens for what is newest
/// when there are more. The palest blue is not among them: it would look like what never came.
pub fn earliest_darkest(count: usize) -> Vec<&'static str> {
    const SHADES: [&str; 7] = ["q4", "q3", "q2", "q1", "p1", "p2", "p0"];
    match count {
        1 => vec!["q3"],
        2 => vec!["q4", "q2"],
        n => (0..n).map(|at| SHADES[at.min(SHADES.len() - 1)]).collect(),
    }
}

/// So many shades over the whole range of blues.
fn spread(count: usize) -> Vec<&'static str> {
    match count {
        0 | 1 => vec!["q2"],
        2 => vec!["q1", "q3"],
        3 => vec!["q1", "q2", "q3"],
        4 => vec!["q0", "q1", "q2", "q3"],
        n => (0..n).map(|i| SEQUENTIAL[(i * 4 + (n - 1) / 2) / (n - 1)]).collect(),
    }
}

/// At most `count` rounded limits at the quantiles of sorted values, each with values on both sides.
fn cuts(sorted: &[f64], count: usize) -> Vec<f64> {
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let mut out: Vec<f64> = Vec::new();
    for k in 1..=count {
        let exact = sorted[(k * sorted.len() / (count + 1)).min(sorted.len() - 1)];
        let limit = rounded(exact, (high - low) / (count as f64 + 1.0) / 4.0);
        if limit > low && limit <= high && out.last().is_none_or(|last| limit > *last) {
            out.push(limit);
        }
    }
    out
}

/// The value rounded to 1, 2 or 5 times a power of ten not above `step`.
pub fn rounded(value: f64, step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return value;
    }
    let exponent = step.log10().floor() as i32;
    let mantissa = step / 10f64.powi(exponent);
    let digit = if mantissa >= 5.0 {
        5.0
    } else if mantissa >= 2.0 {
        2.0
    } else {
        1.0
    };
    // Dividing by a whole power keeps 0.3 from becoming 0.30000000000000004.
    if exponent < 0 {
        let scale = 10f64.powi(-exponent);
        (value * scale / digit).round() * digit / scale
    } else {
        let scale = digit * 10f64.powi(exponent);
        (value / scale).round() * scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_limits_belong_below() {
        let classes = Classes::given(&[30.0, 60.0, 90.0], true);
        assert_eq!((classes.class(30.0), classes.class(30.1), classes.class(200.0)), (0, 1, 3));
        assert_eq!(classes.shades, ["q3", "q2", "q1", "q0"]);
    }

    #[test]
    fn differences_break_at_zero() {
        let classes = Classes::of(&[-8.0, -3.0, -1.0, 2.0, 4.0, 9.0], false);
        assert!(classes.limits.contains(&0.0));
        assert_eq!(classes.shades.len(), classes.limits.len() + 1);
        assert!(classes.shade(-8.0).starts_with('n') && classes.shade(9.0).starts_with('p'));
        for values in [&[-223.0, -147.0, -10.0, -5.0, 0.0, 0.0][..], &[-3.0, -2.0, -1.0][..], &[-1.0][..]] {
            let classes = Classes::of(values, false);
            assert_eq!(classes.shades.len(), classes.limits.len() + 1, "{values:?}");
        }
        assert_eq!(Classes::of(&[-223.0, -5.0, 0.0], false).shade(0.0), "q0");
    }

    #[test]
    fn changes_are_green_where_they_are_good() {
        let mixed = [-9.0, -4.0, -1.0, 2.0, 5.0, 11.0];
        let up = Classes::changes(&mixed, false);
        assert!(up.shade(-9.0).starts_with('n') && up.shade(11.0).starts_with('p') && up.limits.contains(&0.0));
        let down = Classes::changes(&mixed, true);
        assert!(down.shade(-9.0) == "p2" && down.shade(11.0).starts_with('n'));
        for values in [&mixed[..], &[3.0, 8.0, 20.0], &[-3.0, -8.0, -20.0], &[4.0], &[-4.0], &[-1.0, 1.0], &[], &[0.0]]
        {
            for good in [false, true] {
                let classes = Classes::changes(values, good);
                assert_eq!(classes.shades.len(), classes.limits.len() + 1, "{values:?}");
                let way = |value: f64| classes.shade(value).starts_with(if (value > 0.0) == good { 'n' } else { 'p' });
                assert!(values.iter().filter(|value| **value != 0.0).all(|value| way(*value)), "{values:?} {good}");
            }
        }
    }

    #[test]
    fn limits_are_round_and_few() {
        let values: Vec<f64> = (0..200).map(|i| 13.7 + f64::from(i) * 1.37).collect();
        let classes = Classes::of(&values, false);
        assert_eq!(classes.limits.len(), 4);
        assert!(classes.limits.iter().all(|l| (l / 10.0).fract() == 0.0), "{:?}", classes.limits);
        assert_eq!(Classes::of(&[5.0], false).class(5.0), 0);
        assert_eq!(Classes::of(&[], false).shades.len(), 1);
    }
}
