//! Classes of values: quantiles and cuts.

use super::periods;
use crate::{Error, error};
use serde::{Deserialize, Serialize};

/// How values become classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classification {
    /// So many classes of the same size, over all periods together: the bounds stay, places rise and fall.
    Pooled(usize),
    /// So many classes of the same size in each period: classes of rank.
    EachPeriod(usize),
    /// Bounds between the classes, ascending: one class more than bounds.
    Cuts(Vec<f64>),
}

/// Values as classes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Classified {
    /// Number of classes: fewer than asked for where too many values are the same.
    pub classes: usize,
    /// Upper bounds of all classes but the last; `None` where each period has its own.
    pub cuts: Option<Vec<f64>>,
    /// The class of each place, from 0, period by period.
    pub ids: Vec<Vec<u32>>,
}

/// The upper bounds of classes of the same size, the last of them the greatest value: percentiles of definition 7 of
/// Hyndman and Fan (those of numpy). Bounds that are the same are there once. O(n log n).
///
/// Source: the package mapclassify 2.10.0 (`Quantiles`), whose bounds these are to the last digit, for numbers of classes
/// for which its own last bound is the greatest value (2 to 22, and most above).
///
/// # Errors
/// No value; a value that is not finite; no class.
pub fn quantile_bounds(values: &[f64], classes: usize) -> Result<Vec<f64>, Error> {
    error::at_least("a classification", 1, "classes", classes)?;
    error::at_least("a classification", 1, "values", values.len())?;
    error::finite("the values", values)?;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (last, step) = (sorted.len() - 1, 100.0 / classes as f64);
    let bound = |number: usize| {
        if number + 1 == classes {
            return sorted[last];
        }
        let position = ((step + number as f64 * step) / 100.0 * last as f64).min(last as f64);
        let low = position.floor() as usize;
        if low as f64 == position {
            return sorted[low];
        }
        let (below, above) = ((low + 1) as f64 - position, position - low as f64);
        (sorted[low] * below + sorted[low + 1] * above) / (below + above)
    };
    let mut bounds: Vec<f64> = (0..classes).map(bound).collect();
    bounds.sort_unstable_by(f64::total_cmp);
    bounds.dedup();
    Ok(bounds)
}

/// The class of a value between cuts: a value that is a cut belongs to the class below it.
#[inline]
pub fn class(value: f64, cuts: &[f64]) -> u32 {
    cuts.partition_point(|&cut| cut < value) as u32
}

/// Values as classes. O(n log n) for n places and periods together.
///
/// # Errors
/// No period; periods of different places; values that are not finite; no class; cuts that do not ascend.
pub fn classify<P: AsRef<[f64]>>(periods: &[P], classification: &Classification) -> Result<Classified, Error> {
    periods::check("a classification", 1, periods)?;
    let assign =
        |period: &P, cuts: &[f64]| period.as_ref().iter().map(|&value| class(value, cuts)).collect::<Vec<u32>>();
    let all = |cuts: Vec<f64>| Classified {
        classes: cuts.len() + 1,
        ids: periods.iter().map(|period| assign(period, &cuts)).collect(),
        cuts: Some(cuts),
    };
    Ok(match classification {
        Classification::Pooled(classes) => {
            let pooled: Vec<f64> = periods.iter().flat_map(|period| period.as_ref().iter().copied()).collect();
            let mut bounds = quantile_bounds(&pooled, *classes)?;
            bounds.pop();
            all(bounds)
        }
        Classification::Cuts(cuts) => {
            error::finite("the cuts", cuts)?;
            if !cuts.is_sorted_by(|a, b| a < b) {
                return Err(Error::Parameter { parameter: "cuts", message: "they do not ascend".to_owned() });
            }
            all(cuts.clone())
        }
        Classification::EachPeriod(classes) => {
            let (mut most, mut ids) = (1, Vec::with_capacity(periods.len()));
            for period in periods {
                let mut bounds = quantile_bounds(period.as_ref(), *classes)?;
                most = most.max(bounds.len());
                bounds.pop();
                ids.push(assign(period, &bounds));
            }
            Classified { classes: most, cuts: None, ids }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_those_of_the_peer() {
        // mapclassify 2.10.0: quantile(np.arange(1000), k).
        let values: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(quantile_bounds(&values, 4), Ok(vec![249.75, 499.5, 749.25, 999.0]));
        assert_eq!(quantile_bounds(&values, 3), Ok(vec![333.00000000000006, 666.0000000000001, 999.0]));
        assert_eq!(quantile_bounds(&[1.0, 1.0, 1.0, 5.0], 4), Ok(vec![1.0, 2.0, 5.0]));
        assert_eq!(quantile_bounds(&[3.0; 4], 5), Ok(vec![3.0]));
        assert!(quantile_bounds(&[], 4).is_err() && quantile_bounds(&[1.0], 0).is_err());
        assert!(quantile_bounds(&[f64::NAN], 2).is_err());
    }

    #[test]
    fn a_value_on_a_cut_belongs_below() {
        let cuts = Classification::Cuts(vec![1.0, 2.0]);
        let found = classify(&[[0.5, 1.0, 1.5], [2.0, 2.5, 9.0]], &cuts).expect("classes");
        assert_eq!((found.ids, found.classes), (vec![vec![0, 0, 1], vec![1, 2, 2]], 3));
        let each = classify(&[[1.0, 2.0], [9.0, 4.0]], &Classification::EachPeriod(2)).expect("classes");
        assert_eq!((each.ids, each.cuts), (vec![vec![0, 1], vec![1, 0]], None));
        assert!(classify(&[[1.0]], &Classification::Cuts(vec![2.0, 2.0])).is_err());
        assert!(classify::<Vec<f64>>(&[], &Classification::Pooled(2)).is_err());
    }

    proptest! {
        #[test]
        fn classes_are_of_the_same_size(values in prop::collection::hash_set(0_u32..100_000, 20..60), classes in 2_usize..6) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let found = classify(std::slice::from_ref(&values), &Classification::Pooled(classes))?;
            for class in 0..classes as u32 {
                let count = found.ids[0].iter().filter(|&&id| id == class).count();
                prop_assert!(count.abs_diff(values.len() / classes) <= 1, "{count}");
            }
        }
    }
}
