//! What measures took to compute when they were last computed, and what it will cost to compute those that are stale.
//!
//! Costs are kept in the store by the id of the measure. They are no part of any content: no key and no result depends on
//! them.

use crate::graph::NodeId;
use crate::key::Key;
use crate::results::View;
use crate::select::days_of;
use crate::study::Study;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A measure that took less than this is computed to find out about those that read it: asking costs as much.
const QUICK: Duration = Duration::from_millis(20);

/// What was computed by this process: seconds by id of the measure.
#[derive(Debug, Default)]
pub(crate) struct Costs(Mutex<BTreeMap<String, f64>>);

/// What lies ahead of a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// The measure.
    pub measure: usize,
    /// Whether it would give other rows than those known, because of something it reads; `None` when it is broken.
    pub stale: Option<bool>,
    /// Time to compute it, as it last took; zero when its result is kept, `None` when it was never computed here.
    pub cost: Option<Duration>,
}

impl Study {
    /// Notes what computing a measure took.
    pub(crate) fn took(&self, measure: usize, took: Duration) {
        let id = self.region.id(self.measures[measure].id).to_owned();
        self.costs.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, took.as_secs_f64());
    }

    /// Keeps in the store what measures took that this study, or one derived from it, has computed.
    pub fn keep_costs(&self) {
        let taken = self.costs.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = self.store.as_ref().filter(|_| !taken.is_empty()) {
            let mut all = store.costs();
            all.extend(taken.iter().map(|(id, seconds)| (id.clone(), *seconds)));
            all.retain(|id, _| self.measures.iter().any(|measure| self.region.id(measure.id) == id));
            store.put_costs(&all);
        }
    }

    /// What evaluating these measures, and those they rest on, would mean: each with its state and cost, in the order in
    /// which they can be computed. `is_known` says whether the rows of this content have been seen.
    ///
    /// Nothing that is known to take long, or of which nothing is known, is computed: what rests on it is stale, too.
    pub fn outlook(&self, measures: &[usize], view: View, is_known: &dyn Fn(usize, &Key) -> bool) -> Vec<Outlook> {
        let as_of = view.as_of.map(days_of);
        let costs = self.store.as_ref().map(|store| store.costs()).unwrap_or_default();
        let cost = |measure: usize| {
            let seconds = costs.get(self.region.id(self.measures[measure].id));
            seconds.and_then(|&seconds| Duration::try_from_secs_f64(seconds).ok())
        };
        let mut needed: FxHashSet<usize> = FxHashSet::default();
        let mut todo = measures.to_vec();
        while let Some(measure) = todo.pop() {
            if needed.insert(measure) {
                todo.extend(self.graph.below(measure));
            }
        }
        let mut order: Vec<usize> = needed.into_iter().collect();
        order.sort_by_key(|&measure| (self.graph.measures[measure].level, measure));
        let mut ahead: FxHashSet<usize> = FxHashSet::default();
        let mut all = Vec::with_capacity(order.len());
        for measure in order {
            if self.is_broken(measure) {
                all.push(Outlook { measure, stale: None, cost: Some(Duration::ZERO) });
                continue;
            }
            if self.graph.below(measure).any(|below| ahead.contains(&below)) {
                ahead.insert(measure);
                all.push(Outlook { measure, stale: Some(true), cost: cost(measure) });
                continue;
            }
            let Ok(key) = self.key_of(measure, as_of) else {
                all.push(Outlook { measure, stale: None, cost: Some(Duration::ZERO) });
                continue;
            };
            let (known, kept) = (is_known(measure, &key), self.is_kept(&key));
            let cost = if kept { Some(Duration::ZERO) } else { cost(measure) };
            let stale = if kept || known || cost.is_some_and(|cost| cost <= QUICK) {
                // What fails is broken, not stale.
                self.get(NodeId::Measure(measure), as_of).ok().map(|_| !known)
            } else {
                ahead.insert(measure);
                Some(true)
            };
            all.push(Outlook { measure, stale, cost });
        }
        all
    }
}
