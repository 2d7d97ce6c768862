//! What one origin reaches, from its times to all targets: how many opportunities within a time, how many by a decay, how
//! soon the n-th, and what of it lies in which jurisdiction.

use super::decay::{DecayOfTime, Reach};
use super::{length, sizes};
use crate::{Error, Seconds};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Opportunities at most so many seconds away (those exactly so far included).
    pub cutoffs: Vec<u32>,
    /// Opportunities weighted by time in minutes.
    pub decays: Vec<Reach>,
    /// Time to so many opportunities (dual accessibility), in the order given.
    pub wanted: Vec<f64>,
}

/// The opportunities at the targets, and where these lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    count: usize,
    columns: Vec<Vec<f64>>,
    labels: Vec<u32>,
    label_count: usize,
}

impl Targets {
    /// Columns of opportunities, one number for each target.
    ///
    /// # Errors
    /// Columns of different length; numbers below 0 or not finite.
    pub fn new(count: usize, columns: Vec<Vec<f64>>) -> Result<Targets, Error> {
        columns.iter().try_for_each(|column| sizes("opportunities", count, column))?;
        Ok(Targets { count, columns, labels: Vec::new(), label_count: 1 })
    }

    /// The same, each target in one of `count` jurisdictions.
    ///
    /// # Errors
    /// Labels of another length, or not below `count`.
    pub fn labelled(mut self, labels: Vec<u32>, count: usize) -> Result<Targets, Error> {
        length("labels", self.count, labels.len())?;
        if let Some(at) = labels.iter().position(|&label| label as usize >= count) {
            let message = format!("it is {}; there are {count} labels, from 0", labels[at]);
            return Err(Error::Input { array: "labels", at, message });
        }
        (self.labels, self.label_count) = (labels, count);
        Ok(self)
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Number of jurisdictions: 1 if none were given.
    pub fn labels(&self) -> usize {
        self.label_count
    }

    fn label(&self, target: usize) -> usize {
        self.labels.get(target).map_or(0, |&label| label as usize)
    }
}

/// Answers a [`Question`] for one origin after the other; shared by threads.
#[derive(Clone, Debug)]
pub struct Reckoner {
    targets: Targets,
    /// Ascending, each once.
    cutoffs: Vec<u32>,
    /// Where each cutoff asked for stands among these.
    asked: Vec<usize>,
    decays: Vec<DecayOfTime>,
    wanted: Vec<f64>,
}

/// What one origin reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    labels: usize,
    cutoffs: usize,
    decays: usize,
    wanted: usize,
    /// Column after column, label after label, cutoff after cutoff.
    within: Vec<f64>,
    /// Column after column, label after label, decay after decay.
    decayed: Vec<f64>,
    /// Column after column.
    closest: Vec<Seconds>,
    /// Column after column, number after number.
    dual: Vec<Seconds>,
}

/// A sum divided by where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// In the jurisdiction of the origin.
    pub same: f64,
    /// In all others: across a border.
    pub across: f64,
}

impl Split {
    /// The share across a border; none if there is nothing at all.
    pub fn share_across(&self) -> Option<f64> {
        let all = self.same + self.across;
        (all > 0.0).then(|| self.across / all)
    }
}

impl Reached {
    /// Opportunities of a column within a cutoff: an exact count when the opportunities are whole numbers.
    pub fn within(&self, column: usize, cutoff: usize) -> f64 {
        self.all(&self.within, column, cutoff, self.cutoffs)
    }

    /// The same in one jurisdiction.
    pub fn within_label(&self, column: usize, cutoff: usize, label: usize) -> f64 {
        self.within[(column * self.labels + label) * self.cutoffs + cutoff]
    }

    /// The same by whether they lie in the jurisdiction of the origin.
    pub fn within_split(&self, column: usize, cutoff: usize, origin: usize) -> Split {
        self.split(&self.within, column, cutoff, self.cutoffs, origin)
    }

    /// Opportunities of a column weighted by a decay.
    pub fn decayed(&self, column: usize, decay: usize) -> f64 {
        self.all(&self.decayed, column, decay, self.decays)
    }

    /// The same in one jurisdiction.
    pub fn decayed_label(&self, column: usize, decay: usize, label: usize) -> f64 {
        self.decayed[(column * self.labels + label) * self.decays + decay]
    }

    /// The same by whether they lie in the jurisdiction of the origin.
    pub fn decayed_split(&self, column: usize, decay: usize, origin: usize) -> Split {
        self.split(&self.decayed, column, decay, self.decays, origin)
    }

    /// Time to the closest target that has any opportunity of a column.
    pub fn closest(&self, column: usize) -> Seconds {
        self.closest[column]
    }

    /// Time within which as many opportunities of a column are reached as were wanted.
    pub fn dual(&self, column: usize, wanted: usize) -> Seconds {
        self.dual[column * self.wanted + wanted]
    }

    fn all(&self, sums: &[f64], column: usize, at: usize, width: usize) -> f64 {
        (0..self.labels).map(|label| sums[(column * self.labels + label) * width + at]).sum::<f64>() + 0.0
    }

    fn split(&self, sums: &[f64], column: usize, at: usize, width: usize, origin: usize) -> Split {
        let mut split = Split { same: 0.0, across: 0.0 };
        for label in 0..self.labels {
            let sum = sums[(column * self.labels + label) * width + at];
            if label == origin { split.same += sum } else { split.across += sum }
        }
        split
    }
}

impl Reckoner {
    /// Makes ready to answer.
    ///
    /// # Errors
    /// Decays or numbers wanted that make no sense.
    pub fn new(targets: Targets, question: &Question) -> Result<Reckoner, Error> {
        if let Some(at) = question.wanted.iter().position(|wanted| !(wanted.is_finite() && *wanted > 0.0)) {
            let message = format!("it is {}; it must be finite and above 0", question.wanted[at]);
            return Err(Error::Input { array: "wanted", at, message });
        }
        let mut cutoffs = question.cutoffs.clone();
        cutoffs.sort_unstable();
        cutoffs.dedup();
        let asked = question.cutoffs.iter().map(|cutoff| cutoffs.partition_point(|other| other < cutoff)).collect();
        let decays = question.decays.iter().map(DecayOfTime::new).collect::<Result<_, _>>()?;
        Ok(Reckoner { targets, cutoffs, asked, decays, wanted: question.wanted.clone() })
    }

    /// The opportunities.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// From one time to each target. O(targets * (columns + decays)), and a sort of the targets if times to the n-th are
    /// wanted.
    ///
    /// # Errors
    /// Another number of times than targets.
    pub fn of_times(&self, times: &[Seconds]) -> Result<Reached, Error> {
        self.of_departures(times, 1, 50.0)
    }

    /// From the times of each of so many departures, target after target (`times[target * departures + departure]`):
    /// opportunities within a time or by a decay are means over the departures, the time to the closest or n-th is the
    /// percentile over the departures (element ceil(p / 100 * n) of the sorted times, counted from 1). O(targets *
    /// departures * (cutoffs + decays) + departures * what a sort of the targets takes).
    ///
    /// # Errors
    /// Another number of times than targets times departures, no departure, or a percentile that is not above 0 and at
    /// most 100.
    pub fn of_departures(&self, times: &[Seconds], departures: usize, percentile: f64) -> Result<Reached, Error> {
        length("times", self.targets.count * departures, times.len())?;
        if departures == 0 || !(percentile > 0.0 && percentile <= 100.0) {
            let message = "there must be a departure, and a percentile above 0 and at most 100".to_owned();
            return Err(Error::Parameter { parameter: "percentile", message });
        }
        let (columns, labels) = (self.targets.columns(), self.targets.labels());
        let mut reached = Reached {
            labels,
            cutoffs: self.asked.len(),
            decays: self.decays.len(),
            wanted: self.wanted.len(),
            within: Vec::new(),
            decayed: vec![0.0; columns * labels * self.decays.len()],
            closest: vec![Seconds::UNREACHED; columns],
            dual: vec![Seconds::UNREACHED; columns * self.wanted.len()],
        };
        // Whole numbers times whole numbers of departures: divided once, at the end.
        let mut newly = vec![0.0; columns * labels * self.cutoffs.len()];
        let mut counts = vec![0.0; self.cutoffs.len()];
        let mut weights = vec![0.0; self.decays.len()];
        for (target, times) in times.chunks_exact(departures).enumerate() {
            counts.fill(0.0);
            for time in times {
                let first = self.cutoffs.partition_point(|&cutoff| cutoff < time.0);
                if let (Some(count), true) = (counts.get_mut(first), time.is_reached()) {
                    *count += 1.0;
                }
            }
            for (weight, decay) in weights.iter_mut().zip(&self.decays) {
                *weight = times.iter().map(|&time| decay.weight(time)).sum();
            }
            let label = self.targets.label(target);
            for (column, opportunities) in self.targets.columns.iter().enumerate() {
                let opportunities = opportunities[target];
                if opportunities > 0.0 {
                    let cell = column * labels + label;
                    add(&mut newly, cell, &counts, opportunities);
                    add(&mut reached.decayed, cell, &weights, opportunities);
                }
            }
        }
        let departures_made = departures as f64;
        for cell in 0..columns * labels {
            let row = &mut newly[cell * self.cutoffs.len()..(cell + 1) * self.cutoffs.len()];
            for at in 1..row.len() {
                row[at] += row[at - 1];
            }
            reached.within.extend(self.asked.iter().map(|&at| row[at] / departures_made));
        }
        reached.decayed.iter_mut().for_each(|sum| *sum /= departures_made);
        self.soonest(times, departures, percentile, &mut reached);
        Ok(reached)
    }

    /// Times to the closest and the n-th.
    fn soonest(&self, times: &[Seconds], departures: usize, percentile: f64, reached: &mut Reached) {
        let columns = self.targets.columns();
        let element = ((percentile / 100.0 * departures as f64).ceil() as usize).clamp(1, departures) - 1;
        let mut found = vec![Vec::with_capacity(departures); columns * (1 + self.wanted.len())];
        let mut order: Vec<(u32, u32)> = Vec::new();
        for departure in 0..departures {
            let row = times[departure..].iter().step_by(departures);
            for (closest, opportunities) in found.iter_mut().zip(&self.targets.columns) {
                let some = row.clone().zip(opportunities).filter(|pair| *pair.1 > 0.0);
                closest.push(some.map(|pair| *pair.0).min().unwrap_or(Seconds::UNREACHED));
            }
            if self.wanted.is_empty() {
                continue;
            }
            order.clear();
            order.extend(row.enumerate().filter(|pair| pair.1.is_reached()).map(|(at, time)| (time.0, at as u32)));
            order.sort_unstable();
            for (column, opportunities) in self.targets.columns.iter().enumerate() {
                for (at, &wanted) in self.wanted.iter().enumerate() {
                    let mut sum = 0.0;
                    let nth = order.iter().find(|pair| {
                        sum += opportunities[pair.1 as usize];
                        sum >= wanted
                    });
                    let nth = nth.map_or(Seconds::UNREACHED, |pair| Seconds(pair.0));
                    found[columns + column * self.wanted.len() + at].push(nth);
                }
            }
        }
        let (closest, dual) = found.split_at_mut(columns);
        let of = |times: &mut Vec<Seconds>| *times.select_nth_unstable(element).1;
        reached.closest.iter_mut().zip(closest).for_each(|(time, all)| *time = of(all));
        reached.dual.iter_mut().zip(dual).for_each(|(time, all)| *time = of(all));
    }
}

/// Adds opportunities, times the number or weight of each place of a row, to the row of a cell.
fn add(sums: &mut [f64], cell: usize, row: &[f64], opportunities: f64) {
    let sums = &mut sums[cell * row.len()..(cell + 1) * row.len()];
    sums.iter_mut().zip(row).for_each(|(sum, part)| *sum += opportunities * part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opportunities::decay::Decay;
    use proptest::prelude::*;

    fn times(minutes: &[Option<u32>]) -> Vec<Seconds> {
        minutes.iter().map(|time| time.map_or(Seconds::UNREACHED, |time| Seconds(time * 60))).collect()
    }

    fn question() -> Question {
        let decay = Decay::Linear { full: 0.0, none: 60.0 };
        Question {
            cutoffs: vec![1800, 600, 3600],
            decays: vec![Reach { decay, greatest: None }],
            wanted: vec![1.0, 12.0, 100.0],
        }
    }

    #[test]
    fn by_hand() {
        // Jobs and schools at four targets, the last not reached; the first two in jurisdiction 0.
        let columns = vec![vec![10.0, 5.0, 20.0, 1000.0], vec![0.0, 1.0, 0.0, 2.0]];
        let targets = Targets::new(4, columns).and_then(|targets| targets.labelled(vec![0, 0, 1, 1], 2));
        let reckoner = Reckoner::new(targets.expect("targets"), &question()).expect("a question");
        let found = reckoner.of_times(&times(&[Some(30), Some(10), Some(45), None])).expect("a row");
        // In the order asked: 30, 10 and 60 minutes, the limit included.
        assert_eq!([0, 1, 2].map(|cutoff| found.within(0, cutoff)), [15.0, 5.0, 35.0]);
        assert_eq!([0, 1, 2].map(|cutoff| found.within(1, cutoff)), [1.0, 1.0, 1.0]);
        // 10 / 2 + 5 * 5 / 6 + 20 / 4.
        assert!((found.decayed(0, 0) - (5.0 + 25.0 / 6.0 + 5.0)).abs() < 1e-12);
        assert_eq!(found.within_split(0, 2, 0), Split { same: 15.0, across: 20.0 });
        assert_eq!(found.within_split(0, 2, 1), Split { same: 20.0, across: 15.0 });
        assert_eq!(found.within_split(0, 2, 0).share_across(), Some(20.0 / 35.0));
        assert_eq!(Split { same: 0.0, across: 0.0 }.share_across(), None);
        assert_eq!((found.within_label(0, 2, 1), found.decayed_label(0, 0, 1)), (20.0, 5.0));
        assert_eq!(found.decayed_split(0, 0, 1).same, 5.0);
        // 5 at 10 minutes, 15 at 30; 100 never; one school at 10.
        assert_eq!([0, 1, 2].map(|n| found.dual(0, n)), [Seconds(600), Seconds(1800), Seconds::UNREACHED]);
        assert_eq!((found.dual(1, 0), found.closest(1), found.closest(0)), (Seconds(600), Seconds(600), Seconds(600)));
    }

    #[test]
    fn departures_by_hand() {
        let targets = Targets::new(2, vec![vec![3.0, 1.0]]).expect("targets");
        let reckoner = Reckoner::new(targets, &question()).expect("a question");
        // Three departures: the first target in 5, 20 minutes and never, the second always in 40.
        let row = times(&[Some(5), Some(20), None, Some(40), Some(40), Some(40)]);
        let found = reckoner.of_departures(&row, 3, 50.0).expect("a row");
        assert_eq!([0, 1, 2].map(|cutoff| found.within(0, cutoff)), [2.0, 1.0, 3.0]);
        assert_eq!(found.closest(0), Seconds(1200));
        assert_eq!(reckoner.of_departures(&row, 3, 100.0).expect("a row").closest(0), Seconds(2400));
        assert_eq!(reckoner.of_departures(&row, 3, 1.0).expect("a row").dual(0, 0), Seconds(300));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Targets::new(2, vec![vec![1.0]]).is_err());
        assert!(Targets::new(1, vec![vec![-1.0]]).is_err());
        let targets = || Targets::new(2, vec![vec![1.0, 2.0]]).expect("targets");
        assert!(targets().labelled(vec![0, 2], 2).is_err());
        assert!(targets().labelled(vec![0], 1).is_err());
        assert!(Reckoner::new(targets(), &Question { wanted: vec![0.0], ..Question::default() }).is_err());
        let decays = vec![Reach { decay: Decay::Gaussian { sigma: -1.0 }, greatest: None }];
        assert!(Reckoner::new(targets(), &Question { decays, ..Question::default() }).is_err());
        let reckoner = Reckoner::new(targets(), &question()).expect("a question");
        assert!(reckoner.of_times(&[Seconds::ZERO]).is_err());
        assert!(reckoner.of_departures(&[], 0, 50.0).is_err());
        assert!(reckoner.of_departures(&[Seconds::ZERO; 2], 1, 0.0).is_err());
    }

    proptest! {
        #[test]
        fn departures_are_means_of_single_ones(
            targets in prop::collection::vec((0_u32..50, 0_u32..3, prop::collection::vec(prop::option::of(0_u32..7200), 4)), 1..20),
        ) {
            let columns = vec![targets.iter().map(|target| f64::from(target.0)).collect::<Vec<_>>()];
            let labels = targets.iter().map(|target| target.1).collect();
            let all = Targets::new(targets.len(), columns).and_then(|targets| targets.labelled(labels, 3));
            let reckoner = Reckoner::new(all.expect("targets"), &question()).expect("a question");
            let of = |time: &Option<u32>| time.map_or(Seconds::UNREACHED, Seconds);
            let every: Vec<Seconds> = targets.iter().flat_map(|target| target.2.iter().map(of)).collect();
            let mean = reckoner.of_departures(&every, 4, 50.0).expect("a row");
            let single: Vec<Reached> = (0..4).map(|departure| {
                let row: Vec<Seconds> = targets.iter().map(|target| of(&target.2[departure])).collect();
                reckoner.of_times(&row).expect("a row")
            }).collect();
            for cutoff in 0..3 {
                for label in 0..3 {
                    let sum: f64 = single.iter().map(|one| one.within_label(0, cutoff, label)).sum();
                    prop_assert_eq!(mean.within_label(0, cutoff, label), sum / 4.0);
                }
            }
            let sum: f64 = single.iter().map(|one| one.decayed(0, 0)).sum();
            prop_assert!((mean.decayed(0, 0) - sum / 4.0).abs() < 1e-9);
            for wanted in 0..3 {
                let mut duals: Vec<Seconds> = single.iter().map(|one| one.dual(0, wanted)).collect();
                duals.sort();
                prop_assert_eq!(mean.dual(0, wanted), duals[1]);
                // Neither more nor less than wanted within the time.
                let within = |limit: u32| -> f64 {
                    let near = targets.iter().filter(|target| target.2[0].is_some_and(|time| time <= limit));
                    near.map(|target| f64::from(target.0)).sum()
                };
                let wanted_sum = question().wanted[wanted];
                match single[0].dual(0, wanted).get() {
                    Some(time) => {
                        prop_assert!(within(time) >= wanted_sum);
                        prop_assert!(time == 0 || within(time - 1) < wanted_sum);
                    }
                    None => prop_assert!(within(u32::MAX) < wanted_sum),
                }
            }
        }
    }
}
