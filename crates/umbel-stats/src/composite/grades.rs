//! Grades: names for ranges of a figure between 0 and 1. Authors cut differently, so grades are data.

use crate::Error;
use serde::{Deserialize, Serialize};

/// Which end of a range belongs to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// The lower: 0.1 is in 0.1 to 0.2.
    #[default]
    Below,
    /// The upper: 0.1 is in 0 to 0.1.
    Above,
}

/// Ranges that follow each other, with their names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    /// Upper end of each range, ascending; the last is 1.
    pub upper: Vec<f64>,
    /// Name of each.
    pub names: Vec<String>,
    /// Which end belongs to a range.
    #[serde(default)]
    pub closed: Closed,
}

impl Grades {
    /// Ten grades of coordination in steps of 0.1.
    ///
    /// Source: Tian et al., Acta Geographica Sinica 76(4), 2021, table 1.
    pub fn coordination() -> Grades {
        let names = [
            "extreme imbalance",
            "severe imbalance",
            "moderate imbalance",
            "mild imbalance",
            "near imbalance",
            "bare coordination",
            "primary coordination",
            "intermediate coordination",
            "good coordination",
            "quality coordination",
        ];
        let upper = (1..=10).map(|tenth| f64::from(tenth) / 10.0).collect();
        Grades { upper, names: names.map(str::to_owned).to_vec(), closed: Closed::Below }
    }

    /// Four stages of coupling: to 0.3, 0.5, 0.8 and 1.
    ///
    /// Source: Tian et al. 2021, as [`Grades::coordination`].
    pub fn coupling() -> Grades {
        let names = ["low coupling", "antagonism", "running-in", "high coupling"];
        let upper = vec![0.3, 0.5, 0.8, 1.0];
        Grades { upper, names: names.map(str::to_owned).to_vec(), closed: Closed::Above }
    }

    /// Checks that the ranges ascend to 1 and have a name each.
    ///
    /// # Errors
    /// When they do not.
    pub fn check(&self) -> Result<(), Error> {
        crate::error::length("the names of the grades", self.upper.len(), self.names.len())?;
        crate::error::finite("the grades", &self.upper)?;
        let ascend = self.upper.is_sorted_by(|a, b| a < b) && self.upper.first().is_some_and(|&first| first > 0.0);
        if ascend && self.upper.last() == Some(&1.0) {
            return Ok(());
        }
        let message = "the upper ends of the ranges have to ascend from above 0 to 1".to_owned();
        Err(Error::Parameter { parameter: "grades", message })
    }

    /// The position of the range of a figure between 0 and 1; a figure that differs from a border by rounding alone is
    /// on it.
    pub fn of(&self, figure: f64) -> usize {
        let below = |&upper: &f64| match self.closed {
            Closed::Below => upper <= figure + 1e-12,
            Closed::Above => upper < figure - 1e-12,
        };
        self.upper.iter().take_while(|upper| below(upper)).count().min(self.upper.len().saturating_sub(1))
    }

    /// The name of the range of a figure.
    pub fn name(&self, figure: f64) -> &str {
        self.names.get(self.of(figure)).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_belong_to_one_side() {
        let of_d = Grades::coordination();
        let names =
            [(0.0, "extreme"), (0.1, "severe"), (0.1 + 0.2, "mild"), (0.499, "near"), (0.5, "bare"), (1.0, "quality")];
        for (figure, name) in names {
            assert!(of_d.name(figure).starts_with(name), "{figure} {}", of_d.name(figure));
        }
        let of_c = Grades::coupling();
        assert_eq!([0.3, 0.31, 0.5, 0.8, 0.81, 1.0].map(|figure| of_c.of(figure)), [0, 1, 1, 2, 3, 3]);
        assert!(of_d.check().is_ok() && of_c.check().is_ok());
    }

    #[test]
    fn refuses_ranges_that_leave_a_gap() {
        let grades =
            |upper: &[f64]| Grades { upper: upper.to_vec(), names: vec!["a".to_owned(); 2], closed: Closed::Below };
        for wrong in [vec![0.5], vec![0.5, 0.9], vec![0.6, 0.5], vec![0.0, 1.0], vec![f64::NAN, 1.0]] {
            assert!(grades(&wrong).check().is_err(), "{wrong:?}");
        }
        assert!(grades(&[0.5, 1.0]).check().is_ok());
    }
}
