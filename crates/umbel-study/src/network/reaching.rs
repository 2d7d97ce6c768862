//! What is reached from each of many origins, from times of any kind: for measures of a region and for plain files.

use crate::methods::reach::Reach;
use umbel_access::Seconds;
use umbel_access::opportunities::decay;
use umbel_access::opportunities::groups::{GroupMean, group_means, over_people};
use umbel_access::opportunities::reach::{Question, Reached, Reckoner, Targets};
use umbel_stats::inequality::gini::{Divisor, gini};
use umbel_stats::inequality::shares::palma;

/// What is asked of one origin after the other.
#[derive(Debug)]
pub struct Reaching {
    reckoner: Reckoner,
    names: Vec<String>,
    question: Question,
    decays: Vec<String>,
    borders: bool,
}

/// A result of an origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// Opportunities.
    Number(f64),
    /// A time.
    Time(Seconds),
}

impl Amount {
    /// As a number: opportunities, or seconds; `None` = not reached.
    pub fn number(self) -> Option<f64> {
        match self {
            Amount::Number(number) => Some(number),
            Amount::Time(time) => time.get().map(f64::from),
        }
    }
}

/// Where the jurisdictions of destinations are named: labels, and how many there are.
pub type Labels = (Vec<u32>, usize);

impl Reaching {
    /// From the opportunities of each kind at the destinations, and with a border the jurisdictions of these.
    ///
    /// # Errors
    /// A sentence when the parameters make no sense.
    pub fn new(reach: &Reach, columns: Vec<Vec<f64>>, labels: Option<Labels>) -> Result<Reaching, String> {
        let count = columns.first().map_or(0, Vec::len);
        let mut targets = Targets::new(count, columns).map_err(|error| error.to_string())?;
        let borders = labels.is_some();
        if let Some((labels, count)) = labels {
            targets = targets.labelled(labels, count).map_err(|error| error.to_string())?;
        }
        let question = Question {
            cutoffs: reach.cutoffs.iter().map(|cutoff| cutoff.0).collect(),
            decays: reach.decay.iter().map(|form| decay::Reach { decay: form.0.clone(), greatest: None }).collect(),
            wanted: reach.nth.clone(),
        };
        Ok(Reaching {
            reckoner: Reckoner::new(targets, &question).map_err(|error| error.to_string())?,
            names: reach.opportunities.clone(),
            decays: reach.decay.iter().map(ToString::to_string).collect(),
            question,
            borders,
        })
    }

    /// Names of the results, in order: `jobs_30min`, `jobs_30min_across`, `jobs_exponential:0.05`, `jobs_nth_1`.
    pub fn header(&self) -> Vec<String> {
        let mut header = Vec::new();
        for name in &self.names {
            let cutoffs = self.question.cutoffs.iter().map(|&cutoff| super::values::Duration(cutoff).to_string());
            for what in cutoffs.chain(self.decays.iter().cloned()) {
                header.push(format!("{name}_{what}"));
                if self.borders {
                    header.push(format!("{name}_{what}_across"));
                }
            }
            header.extend(self.question.wanted.iter().map(|wanted| format!("{name}_nth_{wanted}")));
        }
        header
    }

    /// The results of an origin from its times, in the order of [`Reaching::header`]. `label` is its jurisdiction.
    ///
    /// # Errors
    /// Another number of times than destinations.
    pub fn of(&self, times: &[Seconds], label: usize) -> Result<Vec<Amount>, String> {
        let reached: Reached = self.reckoner.of_times(times).map_err(|error| error.to_string())?;
        let mut row = Vec::new();
        for column in 0..self.names.len() {
            for cutoff in 0..self.question.cutoffs.len() {
                row.push(Amount::Number(reached.within(column, cutoff)));
                if self.borders {
                    row.push(Amount::Number(reached.within_split(column, cutoff, label).across));
                }
            }
            for decay in 0..self.decays.len() {
                row.push(Amount::Number(reached.decayed(column, decay)));
                if self.borders {
                    row.push(Amount::Number(reached.decayed_split(column, decay, label).across));
                }
            }
            row.extend((0..self.question.wanted.len()).map(|wanted| Amount::Time(reached.dual(column, wanted))));
        }
        Ok(row)
    }
}

/// The figure of a group: its mean, and how unequally the figure is spread over its people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupFigure {
    /// Mean over people, and how many there are.
    pub mean: GroupMean,
    /// Gini coefficient over people; `None` where it is not defined.
    pub gini: Option<f64>,
    /// Palma ratio (the highest tenth over the lowest four tenths); `None` where it is not defined.
    pub palma: Option<f64>,
}

/// The figures of groups, each with its people at the origins.
///
/// # Errors
/// A sentence when the numbers make no sense.
pub fn groups(values: &[Option<f64>], people: &[&[f64]]) -> Result<Vec<GroupFigure>, String> {
    let means = group_means(values, people).map_err(|error| error.to_string())?;
    let figure = |(mean, people): (GroupMean, &&[f64])| {
        let over = over_people(values, people).map_err(|error| error.to_string())?;
        let (values, weights) = (&over.values, Some(&over.people[..]));
        Ok(GroupFigure {
            mean,
            gini: gini(values, weights, Divisor::Population).ok(),
            palma: palma(values, weights).ok().and_then(|shares| shares.ratio),
        })
    };
    means.into_iter().zip(people).map(figure).collect()
}
