//! Weights from the data: entropy, standard deviation, CRITIC, MEREC, equal influence.
//!
//! All take complete columns, one for each indicator, and return weights that add up to 1. Such weights reward what
//! varies in these very data; they say nothing of what matters.

use super::components::correlation_matrix;
use super::moments::{deviation, range};
use super::normalise::Direction;
use crate::Error;
use serde::{Deserialize, Serialize};

/// Checks a table of complete columns: their lengths, at least this many units, finite values.
pub(super) fn table(columns: &[Vec<f64>], units: usize) -> Result<usize, Error> {
    let found = columns.first().map_or(0, Vec::len);
    crate::error::at_least("weights from data", 1, "indicators", columns.len())?;
    crate::error::at_least("weights from data", units, "units", found)?;
    for column in columns {
        crate::error::length("an indicator", found, column.len())?;
        crate::error::finite("an indicator", column)?;
    }
    Ok(found)
}

fn shares(values: Vec<f64>) -> Result<Vec<f64>, Error> {
    let sum: f64 = values.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        Ok(values.into_iter().map(|value| value / sum).collect())
    } else {
        Err(Error::Constant { what: "the indicators" })
    }
}

/// Min-max to 0 to 1 in the direction of each indicator.
fn minmax(columns: &[Vec<f64>], directions: &[Direction]) -> Result<Vec<Vec<f64>>, Error> {
    crate::error::length("the directions", columns.len(), directions.len())?;
    let one = |(column, direction): (&Vec<f64>, &Direction)| {
        let sign = direction.sign();
        let (least, most) = range(column.iter().map(|value| sign * value));
        if least == most {
            return Err(Error::Constant { what: "an indicator" });
        }
        Ok(column.iter().map(|value| (sign * value - least) / (most - least)).collect())
    };
    columns.iter().zip(directions).map(one).collect()
}

/// What entropy is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntropyOf {
    /// The shares of the values as they are; they have to be 0 or above. Directions play no part.
    Values,
    /// The shares of the min-max values, in the direction of each indicator, with this added so that none is 0. The
    /// weights depend on it: say which was used (0.0001 and 0.01 are common).
    Minmax {
        /// What is added.
        shift: f64,
    },
}

/// Entropy, and the weights that follow from it.
#[derive(Clone, Debug, PartialEq)]
pub struct EntropyWeights {
    /// Entropy e of each indicator, 0 to 1.
    pub entropy: Vec<f64>,
    /// 1 - e.
    pub redundancy: Vec<f64>,
    /// (1 - e) / sum of (1 - e).
    pub weights: Vec<f64>,
}

/// Entropy weights: e = -(1 / ln n) sum of p ln p over the n units, p the share of a unit in the sum of an indicator,
/// 0 ln 0 = 0. For a panel give all years at once: n is then units times years. Linear.
///
/// Source: Zeleny, Multiple Criteria Decision Making, 1982, chapter 6; Hwang, Yoon, Multiple Attribute Decision Making,
/// 1981, section 3.3.
///
/// # Errors
/// With fewer than 2 units, a value below 0, an indicator that is 0 or the same everywhere, or a shift below 0.
pub fn entropy(columns: &[Vec<f64>], directions: &[Direction], of: EntropyOf) -> Result<EntropyWeights, Error> {
    let units = table(columns, 2)?;
    let shifted: Vec<Vec<f64>> = match of {
        EntropyOf::Values => columns.to_vec(),
        EntropyOf::Minmax { shift } => {
            if !(shift.is_finite() && shift >= 0.0) {
                let message = format!("the shift has to be 0 or above, not {shift}");
                return Err(Error::Parameter { parameter: "shift", message });
            }
            let scaled = minmax(columns, directions)?;
            scaled.into_iter().map(|column| column.into_iter().map(|value| value + shift).collect()).collect()
        }
    };
    let mut found = Vec::with_capacity(columns.len());
    for column in &shifted {
        if let Some(at) = column.iter().position(|&value| value < 0.0) {
            let needed = "a share needs values of 0 or above; take the entropy of min-max values";
            return Err(Error::Domain { what: "an indicator", at, value: column[at], needed });
        }
        let sum: f64 = column.iter().sum();
        if sum == 0.0 {
            return Err(Error::Constant { what: "an indicator" });
        }
        let terms = column.iter().map(|value| value / sum).filter(|&share| share > 0.0);
        // An indicator that is the same everywhere has entropy 1, but for rounding.
        found.push((-terms.map(|share| share * share.ln()).sum::<f64>() / (units as f64).ln()).min(1.0));
    }
    let redundancy: Vec<f64> = found.iter().map(|entropy| 1.0 - entropy).collect();
    let weights = shares(redundancy.clone())?;
    Ok(EntropyWeights { entropy: found, redundancy, weights })
}

/// Standard deviation (divisor n - 1) of each column over the sum of all. Give columns on one scale: on raw values the
/// unit of measurement decides. Linear.
///
/// # Errors
/// With fewer than 2 units, or when nothing varies.
pub fn standard_deviation(columns: &[Vec<f64>]) -> Result<Vec<f64>, Error> {
    table(columns, 2)?;
    shares(columns.iter().map(|column| deviation(column)).collect())
}

/// CRITIC: standard deviation of the min-max values times the sum of 1 - r over the other indicators. O(units x
/// indicators^2).
///
/// Source: Diakoulaki, Mavrotas, Papayannakis, Determining objective weights in multiple criteria problems: the CRITIC
/// method, Computers & Operations Research 22(7), 1995, equations 2 to 5.
///
/// # Errors
/// With fewer than 2 units or an indicator that is the same everywhere.
pub fn critic(columns: &[Vec<f64>], directions: &[Direction]) -> Result<Vec<f64>, Error> {
    table(columns, 2)?;
    if columns.len() == 1 {
        return Ok(vec![1.0]);
    }
    let scaled = minmax(columns, directions)?;
    let correlations = correlation_matrix(&scaled)?;
    // Indicators that say the same differ from r = 1 by rounding alone.
    let conflict = |row: &Vec<f64>| row.iter().map(|r| 1.0 - r).filter(|conflict| *conflict > 1e-12).sum::<f64>();
    shares(scaled.iter().zip(&correlations).map(|(column, row)| deviation(column) * conflict(row)).collect())
}

/// MEREC: how much the overall performance of all units changes when an indicator is taken away. O(units x
/// indicators).
///
/// Source: Keshavarz-Ghorabaee et al., Determination of objective weights using a new method based on the removal
/// effects of criteria (MEREC), Symmetry 13(4) 525, 2021, equations 2 to 6.
///
/// # Errors
/// When a value is not above 0, or nothing varies.
pub fn merec(columns: &[Vec<f64>], directions: &[Direction]) -> Result<Vec<f64>, Error> {
    let units = table(columns, 2)?;
    crate::error::length("the directions", columns.len(), directions.len())?;
    let mut logarithms = Vec::with_capacity(columns.len());
    for (column, direction) in columns.iter().zip(directions) {
        if let Some(at) = column.iter().position(|&value| value <= 0.0) {
            let needed = "MEREC needs values above 0";
            return Err(Error::Domain { what: "an indicator", at, value: column[at], needed });
        }
        let (least, most) = range(column.iter().copied());
        // min / x for benefits and x / max for costs: at most 1, so the logarithm is at most 0.
        let of = |&value: &f64| {
            let share = if *direction == Direction::Positive { least / value } else { value / most };
            share.ln().abs()
        };
        logarithms.push(column.iter().map(of).collect::<Vec<_>>());
    }
    let count = columns.len() as f64;
    let sums: Vec<f64> = (0..units).map(|unit| logarithms.iter().map(|column| column[unit]).sum()).collect();
    let performance = |sum: f64| (sum / count).ln_1p();
    let effect = |column: &Vec<f64>| {
        let pairs = sums.iter().zip(column);
        pairs.map(|(&sum, &one)| (performance((sum - one).max(0.0)) - performance(sum)).abs()).sum::<f64>()
    };
    shares(logarithms.iter().map(effect).collect())
}

/// Weights under which the indicators correlate with their weighted mean as wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// The weights; they add up to 1.
    pub weights: Vec<f64>,
    /// Correlation of each indicator with the weighted mean.
    pub correlations: Vec<f64>,
    /// Whether the correlations stand in the wanted proportions. If not, no weights of 0 or above give them, and these
    /// come nearest.
    pub reached: bool,
}

/// Weights under which all indicators have the wanted influence (equal: the same numbers) on their weighted arithmetic
/// mean, influence being the correlation. With correlations R and standard deviations s, R y = c t has to hold for
/// y = w s; where the solution would need weights below 0, the nearest in least squares is taken. O(units x
/// indicators^2).
///
/// Source: the aim is that of Becker, Saisana, Paruolo, Vandecasteele, Weights and importance in composite indicators,
/// Ecological Indicators 80, 2017, section 3, in linear form (COINr, `get_opt_weights`, which searches for it).
///
/// # Errors
/// With fewer than 3 units, wanted influences that are not above 0, or an indicator that is the same everywhere.
pub fn influence(columns: &[Vec<f64>], wanted: &[f64]) -> Result<Influence, Error> {
    table(columns, 3)?;
    crate::error::length("the wanted influences", columns.len(), wanted.len())?;
    if let Some(at) = wanted.iter().position(|wanted| !wanted.is_finite() || *wanted <= 0.0) {
        let needed = "an influence is above 0";
        return Err(Error::Domain { what: "the wanted influences", at, value: wanted[at], needed });
    }
    let correlations = correlation_matrix(columns)?;
    let count = columns.len();
    // Least squares with y >= 0 by coordinates: the normal equations are positive semidefinite, each step lowers the
    // sum of squares.
    let normal: Vec<Vec<f64>> = (0..count)
        .map(|i| (0..count).map(|j| (0..count).map(|k| correlations[k][i] * correlations[k][j]).sum()).collect())
        .collect();
    let goal: Vec<f64> = (0..count).map(|i| (0..count).map(|k| correlations[k][i] * wanted[k]).sum::<f64>()).collect();
    let mut solution = vec![1.0 / count as f64; count];
    for _ in 0..20_000 {
        let mut moved: f64 = 0.0;
        for i in 0..count {
            let rest: f64 = (0..count).filter(|&j| j != i).map(|j| normal[i][j] * solution[j]).sum();
            let new = ((goal[i] - rest) / normal[i][i]).max(0.0);
            moved = moved.max((new - solution[i]).abs());
            solution[i] = new;
        }
        if moved < 1e-14 {
            break;
        }
    }
    let weights = shares(solution.iter().zip(columns).map(|(y, column)| y / deviation(column)).collect())?;
    let units = columns[0].len();
    let index: Vec<f64> = (0..units)
        .map(|unit| weights.iter().zip(columns).map(|(weight, column)| weight * column[unit]).sum())
        .collect();
    let mut all = columns.to_vec();
    all.push(index);
    let mut correlations = correlation_matrix(&all)?.pop().unwrap_or_default();
    correlations.truncate(count);
    let (sum, wanted_sum) = (correlations.iter().sum::<f64>(), wanted.iter().sum::<f64>());
    let near = |(r, wanted): (&f64, &f64)| (r / sum - wanted / wanted_sum).abs() < 1e-6;
    let reached = correlations.iter().zip(wanted).all(near);
    Ok(Influence { weights, correlations, reached })
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::random::Stream;

    const BOTH: [Direction; 2] = [Direction::Positive, Direction::Negative];

    #[test]
    fn entropy_by_hand() {
        let columns = [vec![1.0, 1.0], vec![1.0, 3.0]];
        let found = entropy(&columns, &BOTH, EntropyOf::Values).expect("weights");
        let second = -(0.25 * 0.25_f64.ln() + 0.75 * 0.75_f64.ln()) / 2_f64.ln();
        assert!((found.entropy[0] - 1.0).abs() < 1e-15 && (found.entropy[1] - second).abs() < 1e-15);
        assert!((found.weights[1] - 1.0).abs() < 1e-12);
        // 0 ln 0 = 0.
        let zero = entropy(&[vec![0.0, 5.0]], &BOTH[..1], EntropyOf::Values).expect("weights");
        assert_eq!((zero.entropy[0], zero.weights[0]), (0.0, 1.0));
        assert!(entropy(&[vec![-1.0, 5.0]], &BOTH[..1], EntropyOf::Values).is_err());
        assert!(entropy(&[vec![0.0, 0.0]], &BOTH[..1], EntropyOf::Values).is_err());
        assert!(entropy(&[vec![2.0, 2.0]], &BOTH[..1], EntropyOf::Values).is_err());
        assert!(entropy(&[vec![1.0]], &BOTH[..1], EntropyOf::Values).is_err());
        assert!(entropy(&columns, &BOTH, EntropyOf::Minmax { shift: 0.01 }).is_err());
        assert!(entropy(&[vec![1.0, 2.0]], &BOTH[..1], EntropyOf::Minmax { shift: -0.01 }).is_err());
    }

    #[test]
    fn weights_of_what_cannot_be_weighed_are_errors() {
        let same = [vec![1.0, 1.0, 1.0], vec![1.0, 2.0, 3.0]];
        assert!(critic(&same, &BOTH).is_err());
        assert!(influence(&same, &[1.0, 1.0]).is_err());
        assert!(standard_deviation(&same[..1]).is_err());
        assert_eq!(standard_deviation(&same), Ok(vec![0.0, 1.0]));
        assert!(merec(&[vec![0.0, 1.0]], &BOTH[..1]).is_err());
        assert!(merec(&[vec![2.0, 2.0]], &BOTH[..1]).is_err());
        assert!(critic(&[], &[]).is_err());
        // Two indicators that say the same thing: CRITIC sees no conflict, and no weights follow.
        assert!(critic(&[vec![1.0, 2.0, 3.0], vec![2.0, 4.0, 6.0]], &[Direction::Positive; 2]).is_err());
    }

    #[test]
    fn influence_becomes_equal_where_it_can() {
        let mut stream = Stream::new(3, 0);
        let common: Vec<f64> = (0..60).map(|_| stream.normal()).collect();
        let mut column = |share: f64, scale: f64| -> Vec<f64> {
            common.iter().map(|common| scale * (share * common + stream.normal())).collect()
        };
        let columns = [column(1.0, 1.0), column(1.5, 10.0), column(0.6, 0.1)];
        let found = influence(&columns, &[1.0; 3]).expect("weights");
        assert!(found.reached, "{found:?}");
        let spread = range(found.correlations.iter().copied());
        assert!(spread.1 - spread.0 < 1e-7, "{found:?}");
        // The third points the other way: no weight above 0 makes it count as much.
        let against: Vec<f64> = columns[0].iter().map(|value| -value).collect();
        let found = influence(&[columns[0].clone(), columns[1].clone(), against], &[1.0; 3]).expect("weights");
        assert!(!found.reached && found.weights.iter().all(|&weight| weight >= 0.0));
    }
}
