//! Markov chains of classes: who moves where, and where it leads.

use crate::{Error, error};
use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the indices of Bartholomew begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Initial {
    /// As many in every class.
    #[default]
    Uniform,
    /// As the places were spread when they moved or stayed.
    Observed,
    /// As in the steady state; only where there is one.
    Steady,
}

/// A Markov chain of k classes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chain {
    /// How often places went from one class (row) to another (column) in one step.
    pub transitions: Vec<Vec<u64>>,
    /// The same as parts of the row: maximum-likelihood probabilities. A row of zeros where no place was ever in the
    /// class before a step; what follows takes such a class for one that is never left.
    pub probabilities: Vec<Vec<f64>>,
    /// Classes that lead to each other, each list ascending.
    pub communicating_classes: Vec<Vec<u32>>,
    /// Those of them that are never left.
    pub recurrent_classes: Vec<Vec<u32>>,
    /// Classes that are never left by themselves.
    pub absorbing_classes: Vec<u32>,
    /// The steady state of each recurrent class: the long-run part of time in each of the k classes. One where every
    /// class can be reached from every other.
    pub steady_states: Vec<Vec<f64>>,
    /// Steps, on average, until a place of one class (row) is in another (column) for the first time; on the diagonal
    /// until it is back. `None` where it may never be.
    pub mean_first_passage: Vec<Vec<Option<f64>>>,
    /// Steps, on average, that a place stays in a class; `None` where it is never left.
    pub sojourn: Vec<Option<f64>>,
    /// Prais' conditional mobility: the probability of leaving each class.
    pub prais: Vec<f64>,
    /// Mobility as one figure; `None` with one class.
    pub mobility: Option<Mobility>,
}

/// Indices of mobility: 0 where nobody moves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mobility {
    /// (k - Σ pᵢᵢ) / (k - 1): Shorrocks' index of the trace, P.
    pub shorrocks_trace: f64,
    /// 1 - |det p|: Shorrocks' index of the determinant, D.
    pub shorrocks_determinant: f64,
    /// 1 - |λ₂|, the eigenvalue of the second greatest modulus: Sommers and Conlisk, L2.
    pub sommers_conlisk: f64,
    /// (k - k Σ πᵢ pᵢᵢ) / (k - 1) with the initial distribution π: Bartholomew, B1.
    pub bartholomew_1: f64,
    /// Σ Σ πᵢ pᵢⱼ |i - j| / (k - 1): Bartholomew, B2.
    pub bartholomew_2: f64,
}

/// Counts how often places go from one class to another from each period to the next. O(places x periods).
///
/// # Errors
/// Fewer than 2 periods; periods of different places; no place; a class that is not among them; no class.
pub fn transitions<P: AsRef<[u32]>>(periods: &[P], classes: usize) -> Result<Vec<Vec<u64>>, Error> {
    error::at_least("a Markov chain", 2, "periods", periods.len())?;
    error::at_least("a Markov chain", 1, "classes", classes)?;
    let places = periods[0].as_ref().len();
    error::at_least("a Markov chain", 1, "places", places)?;
    for period in periods {
        error::length("a period", places, period.as_ref().len())?;
        if let Some(class) = period.as_ref().iter().find(|&&class| class as usize >= classes) {
            let message = format!("{class} is not below the number of classes, {classes}");
            return Err(Error::Parameter { parameter: "classes", message });
        }
    }
    let mut counts = vec![vec![0; classes]; classes];
    for pair in periods.windows(2) {
        for (&from, &to) in pair[0].as_ref().iter().zip(pair[1].as_ref()) {
            counts[from as usize][to as usize] += 1;
        }
    }
    Ok(counts)
}

/// The parts of each row; zeros for a row of zeros.
pub(crate) fn parts(row: &[u64]) -> Vec<f64> {
    let whole: u64 = row.iter().sum();
    row.iter().map(|&count| if whole == 0 { 0.0 } else { count as f64 / whole as f64 }).collect()
}

/// The chain of counted transitions. O(k⁴) for k classes.
///
/// Steady states and first passages are computed without subtractions, so that small probabilities keep their digits.
///
/// Source: Kemeny, Snell, Finite Markov Chains, 1976, chapters 2 to 4; the elimination: Grassmann, Taksar, Heyman,
/// Regenerative analysis and steady state distributions for Markov chains, Operations Research 33(5), 1985; the indices:
/// Formby, Smith, Zheng, Mobility measurement, transition matrices and statistical inference, Journal of Econometrics
/// 120, 2004.
///
/// # Errors
/// No class; rows that are not as many as columns; no transition; [`Initial::Steady`] with more than one steady state.
pub fn chain(transitions: &[Vec<u64>], initial: Initial) -> Result<Chain, Error> {
    let classes = transitions.len();
    error::at_least("a Markov chain", 1, "classes", classes)?;
    for row in transitions {
        error::length("a row of transitions", classes, row.len())?;
    }
    if transitions.iter().flatten().all(|&count| count == 0) {
        return Err(Error::TooFew { what: "a Markov chain", needed: 1, unit: "transitions", found: 0 });
    }
    let probabilities: Vec<Vec<f64>> = transitions.iter().map(|row| parts(row)).collect();
    let filled: Vec<Vec<f64>> = probabilities
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let mut row = row.clone();
            if row.iter().all(|part| *part == 0.0) {
                row[at] = 1.0;
            }
            row
        })
        .collect();
    let reach = reach(&filled);
    let mut communicating: Vec<Vec<u32>> = Vec::new();
    for (class, leads) in reach.iter().enumerate() {
        if !communicating.iter().flatten().any(|&other| other as usize == class) {
            let group = (class..classes).filter(|&other| leads[other] && reach[other][class]);
            communicating.push(group.map(|other| other as u32).collect());
        }
    }
    let closed = |group: &&Vec<u32>| {
        let first = group[0] as usize;
        (0..classes).all(|other| !reach[first][other] || reach[other][first])
    };
    let recurrent: Vec<Vec<u32>> = communicating.iter().filter(closed).cloned().collect();
    let steady_states: Vec<Vec<f64>> = recurrent.iter().map(|group| steady_state(&filled, group)).collect();
    let staying: Vec<f64> = (0..classes).map(|class| filled[class][class]).collect();
    // What leaves, added up rather than taken from 1.
    let leaving: Vec<f64> = (0..classes)
        .map(|class| (0..classes).filter(|&other| other != class).map(|other| filled[class][other]).sum())
        .collect();
    let spread: Vec<f64> = match initial {
        Initial::Uniform => vec![1.0 / classes as f64; classes],
        Initial::Observed => {
            let rows: Vec<u64> = transitions.iter().map(|row| row.iter().sum()).collect();
            parts(&rows)
        }
        Initial::Steady if steady_states.len() == 1 => steady_states[0].clone(),
        Initial::Steady => {
            let message = format!("there are {} steady states; use \"uniform\" or \"observed\"", steady_states.len());
            return Err(Error::Parameter { parameter: "initial", message });
        }
    };
    let mobility = if classes < 2 { None } else { Some(mobility(&filled, &staying, &leaving, &spread)?) };
    Ok(Chain {
        transitions: transitions.to_vec(),
        absorbing_classes: (0..classes as u32).filter(|&class| leaving[class as usize] == 0.0).collect(),
        mean_first_passage: first_passage(&filled, &reach),
        sojourn: leaving.iter().map(|&leaving| (leaving > 0.0).then(|| 1.0 / leaving)).collect(),
        probabilities,
        communicating_classes: communicating,
        recurrent_classes: recurrent,
        steady_states,
        prais: leaving,
        mobility,
    })
}

/// Whether a class leads to another in any number of steps; each leads to itself.
fn reach(probabilities: &[Vec<f64>]) -> Vec<Vec<bool>> {
    let classes = probabilities.len();
    let mut reach: Vec<Vec<bool>> =
        (0..classes).map(|from| (0..classes).map(|to| from == to || probabilities[from][to] > 0.0).collect()).collect();
    for middle in 0..classes {
        let row = reach[middle].clone();
        for from in &mut reach {
            if from[middle] {
                from.iter_mut().zip(&row).for_each(|(to, &also)| *to |= also);
            }
        }
    }
    reach
}

/// The steady state of a recurrent class, by state reduction.
fn steady_state(probabilities: &[Vec<f64>], group: &[u32]) -> Vec<f64> {
    let size = group.len();
    let mut p: Vec<Vec<f64>> =
        group.iter().map(|&from| group.iter().map(|&to| probabilities[from as usize][to as usize]).collect()).collect();
    for last in (1..size).rev() {
        let out: f64 = p[last][..last].iter().sum();
        for from in 0..last {
            p[from][last] /= out;
            let part = p[from][last];
            let (rows, gone) = p.split_at_mut(last);
            rows[from].iter_mut().zip(&gone[0][..last]).for_each(|(to, by)| *to += part * by);
        }
    }
    let mut state = vec![1.0];
    while state.len() < size {
        let last = state.len();
        state.push((0..last).map(|from| state[from] * p[from][last]).sum());
    }
    let whole: f64 = state.iter().sum();
    let mut spread = vec![0.0; probabilities.len()];
    for (&class, part) in group.iter().zip(state) {
        spread[class as usize] = part / whole;
    }
    spread
}

/// Mean first passages, by state reduction for each destination.
fn first_passage(probabilities: &[Vec<f64>], reach: &[Vec<bool>]) -> Vec<Vec<Option<f64>>> {
    let classes = probabilities.len();
    let mut found = vec![vec![None; classes]; classes];
    for end in 0..classes {
        // Classes from which one may go, other than by way of the destination, where it is out of reach.
        let mut lost: Vec<bool> = (0..classes).map(|class| !reach[class][end]).collect();
        loop {
            let more = (0..classes).find(|&from| {
                from != end
                    && !lost[from]
                    && (0..classes).any(|to| to != end && lost[to] && probabilities[from][to] > 0.0)
            });
            match more {
                Some(class) => lost[class] = true,
                None => break,
            }
        }
        let states: Vec<usize> = (0..classes).filter(|&class| class != end && !lost[class]).collect();
        let mut p: Vec<Vec<f64>> =
            states.iter().map(|&from| states.iter().map(|&to| probabilities[from][to]).collect()).collect();
        let mut exit: Vec<f64> = states.iter().map(|&from| probabilities[from][end]).collect();
        let mut steps = vec![1.0; states.len()];
        let mut outs = vec![0.0; states.len()];
        for last in (0..states.len()).rev() {
            let out: f64 = p[last][..last].iter().sum::<f64>() + exit[last];
            outs[last] = out;
            for from in 0..last {
                let part = p[from][last] / out;
                let (rows, gone) = p.split_at_mut(last);
                rows[from].iter_mut().zip(&gone[0][..last]).for_each(|(to, by)| *to += part * by);
                exit[from] += part * exit[last];
                steps[from] += part * steps[last];
            }
        }
        let mut times = vec![0.0; states.len()];
        for at in 0..states.len() {
            let on: f64 = (0..at).map(|to| p[at][to] * times[to]).sum();
            times[at] = (steps[at] + on) / outs[at];
        }
        for (&state, &time) in states.iter().zip(&times) {
            found[state][end] = Some(time);
        }
        if (0..classes).all(|to| to == end || !lost[to] || probabilities[end][to] == 0.0) {
            let on: f64 = states.iter().zip(&times).map(|(&to, time)| probabilities[end][to] * time).sum();
            found[end][end] = Some(1.0 + on);
        }
    }
    found
}

fn mobility(probabilities: &[Vec<f64>], staying: &[f64], leaving: &[f64], spread: &[f64]) -> Result<Mobility, Error> {
    let classes = probabilities.len();
    let over = classes as f64 - 1.0;
    let matrix = Mat::from_fn(classes, classes, |row, column| probabilities[row][column]);
    let values = matrix.eigenvalues().map_err(|_| Error::NotConverged { what: "the eigenvalues", rounds: 0 })?;
    let mut sizes: Vec<f64> = values.iter().map(|value| value.re.hypot(value.im)).collect();
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    let stays: f64 = spread.iter().zip(staying).map(|(part, stay)| part * stay).sum();
    let far = |from: usize| {
        let steps = probabilities[from].iter().enumerate().map(|(to, part)| part * from.abs_diff(to) as f64);
        spread[from] * steps.sum::<f64>()
    };
    Ok(Mobility {
        shorrocks_trace: leaving.iter().sum::<f64>() / over,
        shorrocks_determinant: 1.0 - matrix.determinant().abs(),
        sommers_conlisk: 1.0 - sizes[1],
        bartholomew_1: classes as f64 * (1.0 - stays) / over,
        bartholomew_2: (0..classes).map(far).sum::<f64>() / over,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: Option<f64>, wanted: f64) {
        assert!(found.is_some_and(|found| (found - wanted).abs() < 1e-12), "{found:?} is not {wanted}");
    }

    #[test]
    fn is_the_weather_of_oz() {
        // Kemeny and Snell: rain, nice, snow.
        let oz = [vec![2, 1, 1], vec![2, 0, 2], vec![1, 1, 2]];
        let found = chain(&oz, Initial::Steady).expect("a chain");
        for (found, wanted) in found.steady_states[0].iter().zip([0.4, 0.2, 0.4]) {
            near(Some(*found), wanted);
        }
        let wanted = [[2.5, 4.0, 10.0 / 3.0], [8.0 / 3.0, 5.0, 8.0 / 3.0], [10.0 / 3.0, 4.0, 2.5]];
        for (found, wanted) in found.mean_first_passage.iter().zip(wanted) {
            found.iter().zip(wanted).for_each(|(found, wanted)| near(*found, wanted));
        }
        assert_eq!(found.sojourn, [Some(2.0), Some(1.0), Some(2.0)]);
        assert_eq!(found.prais, [0.5, 1.0, 0.5]);
        assert_eq!((found.recurrent_classes.len(), found.absorbing_classes.len()), (1, 0));
        let mobility = found.mobility.expect("mobility");
        near(Some(mobility.shorrocks_trace), 1.0);
        // Eigenvalues 1, 1/4, -1/4.
        near(Some(mobility.sommers_conlisk), 0.75);
        near(Some(mobility.shorrocks_determinant), 1.0 - 0.0625);
        near(Some(mobility.bartholomew_1), 1.5 * (1.0 - 0.4));
        near(Some(mobility.bartholomew_2), (0.4 * 0.75 + 0.2 * 1.0 + 0.4 * 0.75) / 2.0);
    }

    #[test]
    fn chains_that_fall_apart_are_taken_apart() {
        // The examples of giddy 2.3.8 (steady_state, mfpt): two classes that do not communicate.
        let apart = [vec![0, 1, 0], vec![2, 3, 0], vec![0, 0, 7]];
        let found = chain(&apart, Initial::Uniform).expect("a chain");
        assert_eq!(found.recurrent_classes, [vec![0, 1], vec![2]]);
        near(Some(found.steady_states[0][0]), 2.0 / 7.0);
        assert_eq!(found.steady_states[1], [0.0, 0.0, 1.0]);
        near(found.mean_first_passage[0][0], 3.5);
        near(found.mean_first_passage[0][1], 1.0);
        near(found.mean_first_passage[1][0], 2.5);
        assert_eq!((found.mean_first_passage[0][2], found.mean_first_passage[2][2]), (None, Some(1.0)));
        assert_eq!((found.absorbing_classes, found.sojourn[2]), (vec![2], None));
        assert!(chain(&apart, Initial::Steady).is_err());
        // A class that leads away and is never come back to.
        let away = [vec![1, 1, 0], vec![0, 1, 1], vec![0, 1, 1]];
        let found = chain(&away, Initial::Steady).expect("a chain");
        assert_eq!((found.communicating_classes.len(), found.recurrent_classes), (2, vec![vec![1, 2]]));
        near(found.mean_first_passage[0][1], 2.0);
        assert_eq!((found.mean_first_passage[1][0], found.mean_first_passage[0][0]), (None, None));
        // A class that is never there before a step.
        let empty = chain(&[vec![1, 1], vec![0, 0]], Initial::Observed).expect("a chain");
        assert_eq!((empty.probabilities[1].clone(), empty.absorbing_classes), (vec![0.0, 0.0], vec![1]));
    }

    #[test]
    fn degenerate_chains_are_defined_or_refused() {
        let one = chain(&[vec![5]], Initial::Steady).expect("a chain");
        assert_eq!(
            (one.mobility, one.steady_states, one.mean_first_passage),
            (None, vec![vec![1.0]], vec![vec![Some(1.0)]])
        );
        assert!(chain(&[], Initial::Uniform).is_err() && chain(&[vec![1, 2]], Initial::Uniform).is_err());
        assert!(chain(&[vec![0, 0], vec![0, 0]], Initial::Uniform).is_err());
        assert_eq!(transitions(&[[0, 1], [1, 1], [0, 1]], 2), Ok(vec![vec![0, 1], vec![1, 2]]));
        assert!(transitions(&[[0, 1]], 2).is_err() && transitions(&[[0, 2], [0, 1]], 2).is_err());
        assert!(transitions(&[vec![0, 1], vec![0]], 2).is_err());
        assert!(transitions::<[u32; 0]>(&[[], []], 2).is_err());
    }

    proptest! {
        #[test]
        fn steady_states_stay_and_passages_fit(counts in prop::collection::vec(prop::collection::vec(0_u64..9, 4), 4)) {
            prop_assume!(counts.iter().flatten().any(|count| *count > 0));
            let found = chain(&counts, Initial::Uniform)?;
            let mut p = found.probabilities.clone();
            for (at, row) in p.iter_mut().enumerate() {
                if row.iter().all(|part| *part == 0.0) {
                    row[at] = 1.0;
                }
            }
            for state in &found.steady_states {
                prop_assert!((state.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                for to in 0..4 {
                    let next: f64 = (0..4).map(|from| state[from] * p[from][to]).sum();
                    prop_assert!((next - state[to]).abs() < 1e-12);
                }
            }
            for from in 0..4 {
                for to in 0..4 {
                    let Some(time) = found.mean_first_passage[from][to] else { continue };
                    let on: f64 = (0..4)
                        .filter(|&next| next != to && p[from][next] > 0.0)
                        .map(|next| p[from][next] * found.mean_first_passage[next][to].expect("a time"))
                        .sum();
                    prop_assert!((time - 1.0 - on).abs() < 1e-9 * time);
                }
                // The way back takes one over the part of time spent there.
                if let ([state], Some(time)) = (&found.steady_states[..], found.mean_first_passage[from][from]) {
                    prop_assert!((time * state[from] - 1.0).abs() < 1e-9);
                }
            }
            // The classes in another order.
            let turned: Vec<Vec<u64>> = counts.iter().rev().map(|row| row.iter().rev().copied().collect()).collect();
            let other = chain(&turned, Initial::Uniform)?;
            let (a, b) = (found.mobility.expect("mobility"), other.mobility.expect("mobility"));
            prop_assert!((a.bartholomew_2 - b.bartholomew_2).abs() < 1e-12);
            prop_assert!((a.shorrocks_determinant - b.shorrocks_determinant).abs() < 1e-12);
        }
    }
}
