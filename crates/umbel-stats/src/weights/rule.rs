//! A rule that makes weights, and its short text.

use super::algebra::block;
use super::contiguity::{Contiguity, contiguity_snapped};
use super::distance::{Decay, Metric, distance_band, k_nearest};
use super::gaps::fuzzy_contiguity;
use super::kernel::{Bandwidth, Kernel, kernel_weights};
use super::{Polygons, Weights};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// How places become neighbours. Its text is short, and the same wherever it is written:
///
/// | text | neighbours |
/// | --- | --- |
/// | `queen`, `rook` | boundaries share a corner, an edge |
/// | `queen:0.001`, `rook:0.001` | the same, corners up to 0.001 apart being one |
/// | `fuzzy`, `fuzzy:0.001` | boundaries touch, or come within 0.001, wherever their corners are |
/// | `knn:4` | the 4 nearest (`k_nearest:4` too) |
/// | `distance_band:0.6`, `distance_band` | all within 0.6, or within the least distance that leaves no island |
/// | `inverse_distance:0.6:1`, `inverse_distance` | the same, weighing distance to the power of -1 |
/// | `kernel:gaussian`, `kernel:gaussian:fixed:4` | all within the greatest distance to a 4th nearest, by a kernel |
/// | `kernel:triangular:adaptive:4` | all within the own distance to the 4th nearest, by a kernel |
/// | `kernel:quartic:1.5` | all within 1.5, by a kernel |
/// | `block:FIELD` | all of the same group |
///
/// Distances are planar in the unit of the coordinates; with `:great_circle` at the end they are kilometres on the
/// sphere, coordinates being longitude and latitude.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Rule {
    /// A shared corner or edge.
    Contiguity {
        /// Which.
        kind: Contiguity,
        /// How far corners may be apart; 0 compares exactly.
        snap: f64,
    },
    /// Boundaries that touch or come near, wherever their corners are.
    Fuzzy {
        /// How far they may be apart.
        tolerance: f64,
    },
    /// The nearest.
    KNearest {
        /// How many.
        k: usize,
        /// How distances are measured.
        metric: Metric,
    },
    /// All within a distance.
    DistanceBand {
        /// The distance; without one, the least that leaves no island.
        threshold: Option<f64>,
        /// The power of the inverse distance that a neighbour weighs; without one, 1 each.
        power: Option<f64>,
        /// How distances are measured.
        metric: Metric,
    },
    /// All within a bandwidth, by a kernel, the place itself being one.
    Kernel {
        /// The kernel.
        kernel: Kernel,
        /// The bandwidth.
        bandwidth: Bandwidth,
        /// How distances are measured.
        metric: Metric,
    },
    /// All of the same group.
    Block {
        /// The field that says which group a place is in.
        field: String,
    },
}

/// What a rule may need to know about places: only what it asks for has to be there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places<'a> {
    /// Their polygons.
    pub polygons: Option<&'a Polygons>,
    /// Their points; without them, the centroids of the polygons.
    pub points: Option<&'a [[f64; 2]]>,
    /// The group of each, for `block`.
    pub groups: Option<&'a [u32]>,
}

impl<'a> From<&'a Polygons> for Places<'a> {
    fn from(polygons: &'a Polygons) -> Places<'a> {
        Places { polygons: Some(polygons), ..Places::default() }
    }
}

impl<'a> From<&'a [[f64; 2]]> for Places<'a> {
    fn from(points: &'a [[f64; 2]]) -> Places<'a> {
        Places { points: Some(points), ..Places::default() }
    }
}

impl<'a> Places<'a> {
    /// The points, or the centroids of the polygons.
    ///
    /// # Errors
    /// When there are neither, or a polygon is empty.
    pub fn points(&self) -> Result<Cow<'a, [[f64; 2]]>, Error> {
        match (self.points, self.polygons) {
            (Some(points), _) => Ok(Cow::Borrowed(points)),
            (None, Some(polygons)) => Ok(Cow::Owned(polygons.centroids()?)),
            (None, None) => Err(missing("distances need points or polygons, which are not there")),
        }
    }
}

fn missing(message: &str) -> Error {
    Error::Parameter { parameter: "weights", message: message.to_owned() }
}

impl Rule {
    /// The weights, not standardised: see [`super::transform()`].
    ///
    /// # Errors
    /// When what the rule needs is not there, or as the function of the rule.
    pub fn build<'a>(&self, places: impl Into<Places<'a>>) -> Result<Weights, Error> {
        let places = places.into();
        match *self {
            Rule::Contiguity { kind, snap } => match places.polygons {
                Some(polygons) => contiguity_snapped(polygons, kind, snap),
                None => Err(missing("queen and rook need polygons, which are not there")),
            },
            Rule::Fuzzy { tolerance } => match places.polygons {
                Some(polygons) => fuzzy_contiguity(polygons, tolerance),
                None => Err(missing("fuzzy contiguity needs polygons, which are not there")),
            },
            Rule::KNearest { k, metric } => k_nearest(&places.points()?, k, metric),
            Rule::DistanceBand { threshold, power, metric } => {
                distance_band(&places.points()?, threshold, power.map_or(Decay::Binary, Decay::Inverse), metric)
            }
            Rule::Kernel { kernel, bandwidth, metric } => {
                Ok(kernel_weights(&places.points()?, kernel, bandwidth, metric)?.0)
            }
            Rule::Block { .. } => match places.groups {
                Some(groups) => Ok(block(groups)),
                None => Err(missing("block weights need the group of each place, which is not there")),
            },
        }
    }

    /// Whether it needs polygons.
    pub fn needs_polygons(&self) -> bool {
        matches!(self, Rule::Contiguity { .. } | Rule::Fuzzy { .. })
    }

    /// Whether it needs points (or the centroids of polygons).
    pub fn needs_points(&self) -> bool {
        !matches!(self, Rule::Contiguity { .. } | Rule::Fuzzy { .. } | Rule::Block { .. })
    }

    /// The field of the groups it needs.
    pub fn group_field(&self) -> Option<&str> {
        match self {
            Rule::Block { field } => Some(field),
            _ => None,
        }
    }

    /// Whether every place is its own neighbour (kernels).
    pub fn includes_self(&self) -> bool {
        matches!(self, Rule::Kernel { .. })
    }

    /// How it measures distances.
    pub fn metric(&self) -> Metric {
        match self {
            Rule::KNearest { metric, .. } | Rule::DistanceBand { metric, .. } | Rule::Kernel { metric, .. } => *metric,
            _ => Metric::Planar,
        }
    }
}

const FORMS: &str = "write queen, rook, queen:0.001, fuzzy:0.001, knn:4, distance_band, distance_band:0.6, inverse_distance:0.6:1, \
                     kernel:gaussian, kernel:triangular:adaptive:4, kernel:quartic:1.5 or block:FIELD";

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Rule, Error> {
        let wrong = |why: String| Error::Parameter { parameter: "weights", message: format!("{why}; {FORMS}") };
        let mut parts: Vec<&str> = text.trim().split(':').map(str::trim).collect();
        if parts[0] == "block" {
            let field = text.trim()["block".len()..].trim_start_matches(':').trim();
            return match field {
                "" => Err(wrong("block does not say by which field".to_owned())),
                field => Ok(Rule::Block { field: field.to_owned() }),
            };
        }
        let metric = match parts.last() {
            Some(&"great_circle") => Metric::GreatCircle,
            _ => Metric::Planar,
        };
        if metric == Metric::GreatCircle {
            parts.pop();
        }
        let positive = |text: &str, zero: bool| match text.parse::<f64>() {
            Ok(number) if number.is_finite() && (number > 0.0 || (zero && number == 0.0)) => Ok(number),
            _ => Err(wrong(format!("\"{text}\" is not a number above 0"))),
        };
        let count = |text: &str| match text.parse::<usize>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(wrong(format!("\"{text}\" is not a whole number above 0"))),
        };
        let rule = match parts[..] {
            ["queen" | "rook"] | ["queen" | "rook", _] if metric == Metric::Planar => {
                let kind = if parts[0] == "queen" { Contiguity::Queen } else { Contiguity::Rook };
                Rule::Contiguity { kind, snap: parts.get(1).map_or(Ok(0.0), |snap| positive(snap, true))? }
            }
            ["fuzzy"] if metric == Metric::Planar => Rule::Fuzzy { tolerance: 0.0 },
            ["fuzzy", tolerance] if metric == Metric::Planar => Rule::Fuzzy { tolerance: positive(tolerance, true)? },
            ["knn" | "k_nearest", k] => Rule::KNearest { k: count(k)?, metric },
            ["distance_band"] => Rule::DistanceBand { threshold: None, power: None, metric },
            ["distance_band", threshold] => {
                Rule::DistanceBand { threshold: Some(positive(threshold, false)?), power: None, metric }
            }
            ["inverse_distance"] => Rule::DistanceBand { threshold: None, power: Some(1.0), metric },
            ["inverse_distance", threshold] => {
                Rule::DistanceBand { threshold: Some(positive(threshold, false)?), power: Some(1.0), metric }
            }
            ["inverse_distance", threshold, power] => Rule::DistanceBand {
                // The minimum threshold with another power.
                threshold: if threshold == "minimum" { None } else { Some(positive(threshold, false)?) },
                power: Some(positive(power, false)?),
                metric,
            },
            ["kernel", name, ref rest @ ..] => {
                let Some((_, kernel)) = Kernel::ALL.into_iter().find(|kernel| kernel.0 == name) else {
                    let names: Vec<&str> = Kernel::ALL.iter().map(|kernel| kernel.0).collect();
                    return Err(wrong(format!("there is no kernel \"{name}\", only {}", names.join(", "))));
                };
                let bandwidth = match *rest {
                    [] => Bandwidth::Fixed(4),
                    ["fixed", k] => Bandwidth::Fixed(count(k)?),
                    ["adaptive", k] => Bandwidth::Adaptive(count(k)?),
                    [distance] => Bandwidth::Distance(positive(distance, false)?),
                    _ => return Err(wrong(format!("\"{text}\" is no rule for weights"))),
                };
                Rule::Kernel { kernel, bandwidth, metric }
            }
            _ => return Err(wrong(format!("\"{text}\" is no rule for weights"))),
        };
        Ok(rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Contiguity { kind, snap } => {
                f.write_str(if *kind == Contiguity::Queen { "queen" } else { "rook" })?;
                if *snap != 0.0 {
                    write!(f, ":{snap}")?;
                }
            }
            Rule::Fuzzy { tolerance: 0.0 } => f.write_str("fuzzy")?,
            Rule::Fuzzy { tolerance } => write!(f, "fuzzy:{tolerance}")?,
            Rule::KNearest { k, .. } => write!(f, "knn:{k}")?,
            Rule::DistanceBand { threshold: None, power: None, .. } => f.write_str("distance_band")?,
            Rule::DistanceBand { threshold: Some(threshold), power: None, .. } => {
                write!(f, "distance_band:{threshold}")?
            }
            Rule::DistanceBand { threshold: None, power: Some(power), .. } => {
                write!(f, "inverse_distance:minimum:{power}")?
            }
            Rule::DistanceBand { threshold: Some(threshold), power: Some(power), .. } => {
                write!(f, "inverse_distance:{threshold}:{power}")?;
            }
            Rule::Kernel { kernel, bandwidth, .. } => {
                let name = Kernel::ALL.iter().find(|one| one.1 == *kernel).map_or("", |one| one.0);
                match bandwidth {
                    Bandwidth::Distance(distance) => write!(f, "kernel:{name}:{distance}")?,
                    Bandwidth::Fixed(k) => write!(f, "kernel:{name}:fixed:{k}")?,
                    Bandwidth::Adaptive(k) => write!(f, "kernel:{name}:adaptive:{k}")?,
                }
            }
            Rule::Block { field } => write!(f, "block:{field}")?,
        }
        if self.metric() == Metric::GreatCircle { f.write_str(":great_circle") } else { Ok(()) }
    }
}

impl TryFrom<String> for Rule {
    type Error = Error;

    fn try_from(text: String) -> Result<Rule, Error> {
        text.parse()
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> String {
        rule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::polygons::tests::squares;
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for text in [
            "queen",
            "rook:0.001",
            "fuzzy",
            "fuzzy:0.001",
            "knn:4",
            "knn:4:great_circle",
            "distance_band",
            "distance_band:0.6",
            "inverse_distance:0.6:1",
            "inverse_distance:minimum:2:great_circle",
            "kernel:gaussian:fixed:4",
            "kernel:triangular:adaptive:4",
            "kernel:quartic:1.5:great_circle",
            "block:province",
            "block:a:b",
        ] {
            let rule: Rule = text.parse().expect(text);
            assert_eq!(rule.to_string(), text);
            let json = serde_json::to_string(&rule).expect("json");
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Rule>(&json).expect("a rule"), rule);
        }
        for (short, long) in [
            ("k_nearest:3", "knn:3"),
            ("kernel:uniform", "kernel:uniform:fixed:4"),
            ("inverse_distance", "inverse_distance:minimum:1"),
            ("inverse_distance:2", "inverse_distance:2:1"),
            (" queen : 0 ", "queen"),
        ] {
            assert_eq!(short.parse::<Rule>().expect(short).to_string(), long);
        }
    }

    #[test]
    fn other_texts_are_errors_that_say_what_to_write() {
        for text in [
            "",
            "bishop",
            "queen:-1",
            "queen:x",
            "queen:1:2",
            "queen:great_circle",
            "knn",
            "knn:0",
            "knn:-2",
            "knn:1.5",
            "distance_band:0",
            "distance_band:nan",
            "inverse_distance:1:0",
            "inverse_distance:1:2:3",
            "kernel",
            "kernel:sinc",
            "kernel:gaussian:adaptive",
            "kernel:gaussian:adaptive:0",
            "kernel:gaussian:fixed:4:5",
            "block",
            "block:",
            "great_circle",
            ":",
        ] {
            let error = text.parse::<Rule>().expect_err(text).to_string();
            assert!(error.contains("write queen, rook"), "{text}: {error}");
        }
    }

    #[test]
    fn rules_say_what_they_need() {
        let polygons = squares(3, 3);
        let centroids = polygons.centroids().expect("centroids");
        let rule = |text: &str| text.parse::<Rule>().expect("a rule");
        assert_eq!(rule("queen").build(&polygons).expect("weights").degree(4), 8);
        assert!(rule("queen").build(&centroids[..]).is_err());
        assert!(rule("knn:2").build(Places::default()).is_err());
        assert!(rule("block:province").build(&polygons).is_err());
        assert_eq!(rule("distance_band").build(&polygons), rule("distance_band").build(&centroids[..]));
        assert_eq!(rule("distance_band").build(&polygons).expect("weights").degree(4), 4);
        let groups = [0, 0, 1, 1, 1, 2, 2, 2, 2];
        let places = Places { groups: Some(&groups), ..Places::default() };
        assert_eq!(rule("block:province").build(places).expect("weights").degree(8), 3);
        assert_eq!(rule("kernel:uniform:1").build(&polygons).expect("weights").degree(4), 5);
        assert!(rule("kernel:uniform:1").includes_self() && !rule("knn:1").includes_self());
    }
}
