//! Which group each row belongs to: units, periods, clusters.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// The group of each row, numbered from 0 without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    codes: Vec<u32>,
    count: usize,
}

impl Groups {
    /// From labels, numbered in the order in which they first appear. Linear.
    pub fn from_labels<L: Hash + Eq>(labels: impl IntoIterator<Item = L>) -> Groups {
        let mut numbers: FxHashMap<L, u32> = FxHashMap::default();
        let codes = labels.into_iter().map(|label| {
            let next = numbers.len() as u32;
            *numbers.entry(label).or_insert(next)
        });
        let codes: Vec<u32> = codes.collect();
        Groups { codes, count: numbers.len() }
    }

    /// From labels, numbered in their order (years ascending). O(n log g).
    pub fn sorted<L: Ord + Clone>(labels: &[L]) -> Groups {
        let mut all: Vec<L> = labels.to_vec();
        all.sort_unstable();
        all.dedup();
        let codes = labels.iter().map(|label| all.partition_point(|other| other < label) as u32);
        Groups { codes: codes.collect(), count: all.len() }
    }

    /// From any numbers; numbered anew in their order. Linear unless the numbers are far above the number of rows.
    pub fn from_codes(codes: &[u32]) -> Groups {
        let most = codes.iter().max().map_or(0, |most| *most as usize + 1);
        if most > 4 * codes.len() + 1024 {
            return Groups::sorted(codes);
        }
        let mut number = vec![0_u32; most];
        codes.iter().for_each(|&code| number[code as usize] = 1);
        let mut count = 0;
        for number in &mut number {
            let there = *number;
            *number = count;
            count += there;
        }
        if count as usize == most {
            return Groups { codes: codes.to_vec(), count: most };
        }
        Groups { codes: codes.iter().map(|&code| number[code as usize]).collect(), count: count as usize }
    }

    /// The group of each row.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Number of groups.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Rows of each group. Linear.
    pub fn sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.count];
        self.codes.iter().for_each(|&code| sizes[code as usize] += 1);
        sizes
    }

    /// The groups of some rows only, numbered anew. Linear.
    pub fn subset(&self, rows: &[u32]) -> Groups {
        Groups::from_codes(&rows.iter().map(|&row| self.codes[row as usize]).collect::<Vec<u32>>())
    }

    /// The rows of each group: where each group starts, and the rows in the order of groups (counting sort). Linear.
    pub fn rows(&self) -> (Vec<usize>, Vec<u32>) {
        let mut starts = vec![0; self.count + 1];
        self.codes.iter().for_each(|&code| starts[code as usize + 1] += 1);
        for at in 0..self.count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; self.codes.len()];
        for (row, &code) in self.codes.iter().enumerate() {
            rows[next[code as usize]] = row as u32;
            next[code as usize] += 1;
        }
        (starts, rows)
    }

    /// The groups that share both groupings: the intersections. Linear.
    pub fn crossed(&self, other: &Groups) -> Groups {
        let both = self.codes.iter().zip(&other.codes);
        Groups::from_labels(both.map(|(&a, &b)| u64::from(a) << 32 | u64::from(b)))
    }

    /// Whether each group lies within one group of another grouping. Linear.
    pub fn nested_in(&self, other: &Groups) -> bool {
        let mut within = vec![u32::MAX; self.count];
        self.codes.iter().zip(&other.codes).all(|(&code, &outer)| {
            let slot = &mut within[code as usize];
            if *slot == u32::MAX {
                *slot = outer;
            }
            *slot == outer
        })
    }

    /// Means of each group. Linear.
    pub fn means(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        let mut sizes = vec![0.0; self.count];
        for (&code, value) in self.codes.iter().zip(values) {
            sums[code as usize] += value;
            sizes[code as usize] += 1.0;
        }
        sums.iter().zip(&sizes).map(|(sum, size)| sum / size).collect()
    }
}

/// The rows that are left when every row that is alone in a group is taken out, again and again until none is: such rows
/// are fitted exactly and say nothing about slopes. `None` when there are no such rows. Linear for each round.
///
/// Source: Correia, Singletons, cluster-robust standard errors and fixed effects: a bad mix, Duke University, 2015.
pub fn without_singletons(effects: &[Groups]) -> Option<Vec<u32>> {
    let rows = effects.first()?.len();
    let mut sizes: Vec<Vec<u32>> = effects.iter().map(Groups::sizes).collect();
    if sizes.iter().flatten().all(|&size| size != 1) {
        return None;
    }
    let mut kept: Vec<u32> = (0..rows as u32).collect();
    loop {
        let before = kept.len();
        kept.retain(|&row| {
            let code = |at: usize| effects[at].codes[row as usize] as usize;
            let alone = (0..effects.len()).any(|at| sizes[at][code(at)] == 1);
            if alone {
                (0..effects.len()).for_each(|at| sizes[at][code(at)] -= 1);
            }
            !alone
        });
        if kept.len() == before {
            return Some(kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_without_gaps() {
        let groups = Groups::from_codes(&[7, 3, 7, 9]);
        assert_eq!((groups.codes(), groups.count()), (&[1, 0, 1, 2][..], 3));
        assert_eq!(Groups::from_codes(&[u32::MAX, 5]).codes(), [1, 0]);
        assert_eq!(Groups::from_labels(["b", "a", "b"]).codes(), [0, 1, 0]);
        assert_eq!(Groups::sorted(&["b", "a", "b"]).codes(), [1, 0, 1]);
        assert_eq!(groups.rows(), (vec![0, 1, 3, 4], vec![1, 0, 2, 3]));
        assert!(groups.nested_in(&Groups::from_codes(&[1, 0, 1, 1])));
        assert!(!groups.nested_in(&Groups::from_codes(&[1, 0, 0, 1])));
        assert_eq!(groups.crossed(&Groups::from_codes(&[1, 0, 0, 1])).count(), 4);
        assert_eq!(Groups::from_codes(&[]).count(), 0);
    }

    #[test]
    fn singletons_go_in_chains() {
        // Unit 2 is there once; without it period 2 has one row; without that unit 1 is there once.
        let units = Groups::from_codes(&[0, 0, 1, 1, 2, 0]);
        let periods = Groups::from_codes(&[0, 1, 1, 2, 2, 0]);
        assert_eq!(without_singletons(&[units.clone(), periods]), Some(vec![0, 5]));
        assert_eq!(without_singletons(&[Groups::from_codes(&[0, 0])]), None);
    }
}
