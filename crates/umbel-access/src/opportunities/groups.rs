//! Access of groups of people: means, and the arrays that inequality is computed from.

use super::sizes;
use crate::Error;
use serde::{Deserialize, Serialize};
use umbel_core::sum::exact_sum;

/// Mean of a figure over people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupMean {
    /// The mean over those who live where the figure is known; none if nobody does.
    pub mean: Option<f64>,
    /// How many these are.
    pub people: f64,
    /// How many live where it is not known.
    pub without: f64,
}

/// Mean over people of a figure of the origins, for each group: a column of how many of it live at each origin. Exact
/// sums. O(groups * origins).
///
/// # Errors
/// A column of another length, with numbers below 0 or not finite; a figure that is not finite.
pub fn group_means(values: &[Option<f64>], groups: &[&[f64]]) -> Result<Vec<GroupMean>, Error> {
    finite(values)?;
    let mean = |people: &&[f64]| {
        sizes("people", values.len(), people)?;
        let known = values.iter().zip(people.iter()).filter_map(|(value, people)| value.map(|value| (value, people)));
        let counted = exact_sum(known.clone().map(|pair| *pair.1));
        let sum = exact_sum(known.map(|(value, people)| value * people));
        let without = values.iter().zip(people.iter()).filter(|pair| pair.0.is_none()).map(|pair| *pair.1);
        let mean = (counted > 0.0).then(|| sum / counted);
        Ok(GroupMean { mean, people: counted, without: exact_sum(without) })
    };
    groups.iter().map(mean).collect()
}

/// Figures of the origins where they are known and somebody lives: what Gini, Palma and concentration index take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverPeople {
    /// The origins, ascending.
    pub origins: Vec<u32>,
    /// Their figures.
    pub values: Vec<f64>,
    /// Their people: the weights.
    pub people: Vec<f64>,
}

/// Leaves out the origins where a figure is missing or nobody lives. Linear.
///
/// # Errors
/// Columns of different length, or numbers of people below 0 or not finite; a figure that is not finite.
pub fn over_people(values: &[Option<f64>], people: &[f64]) -> Result<OverPeople, Error> {
    finite(values)?;
    sizes("people", values.len(), people)?;
    let mut over = OverPeople::default();
    for (origin, (value, &people)) in values.iter().zip(people).enumerate() {
        if let (Some(value), true) = (value, people > 0.0) {
            over.origins.push(origin as u32);
            over.values.push(*value);
            over.people.push(people);
        }
    }
    Ok(over)
}

fn finite(values: &[Option<f64>]) -> Result<(), Error> {
    match values.iter().position(|value| value.is_some_and(|value| !value.is_finite())) {
        Some(at) => Err(Error::Input { array: "values", at, message: "it is not a finite number".to_owned() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_without_a_figure_are_counted_apart() {
        let values = [Some(10.0), None, Some(40.0)];
        let (rich, poor): (&[f64], &[f64]) = (&[1.0, 5.0, 3.0], &[0.0, 2.0, 0.0]);
        let found = group_means(&values, &[rich, poor]).expect("means");
        assert_eq!(found[0], GroupMean { mean: Some(32.5), people: 4.0, without: 5.0 });
        assert_eq!(found[1], GroupMean { mean: None, people: 0.0, without: 2.0 });
        let over = over_people(&values, &[0.0, 1.0, 7.0]).expect("columns");
        assert_eq!(over, OverPeople { origins: vec![2], values: vec![40.0], people: vec![7.0] });
        assert!(group_means(&values, &[&[1.0]]).is_err());
        assert!(group_means(&values, &[&[1.0, -1.0, 0.0]]).is_err());
        assert!(over_people(&[Some(f64::NAN)], &[1.0]).is_err());
        assert!(over_people(&values, &[1.0]).is_err());
    }
}
