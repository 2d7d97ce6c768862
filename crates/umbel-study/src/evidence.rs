//! What a figure rests on: the sources of the rows at the end of its trace.

use crate::results::{Figure, Node, NodeKind};
use crate::study::Study;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use umbel_core::{Evidence, Mark, Symbol};

impl Study {
    /// Sources of all rows that a figure rests on, sorted by id.
    pub fn sources(&self, figure: &Figure) -> Vec<Symbol> {
        let mut found: FxHashSet<Symbol> = FxHashSet::default();
        let mut rows: FxHashSet<(*const Node, u32)> = FxHashSet::default();
        let mut sets: FxHashSet<(*const Node, u32)> = FxHashSet::default();
        let mut todo: Vec<(&Arc<Node>, u32)> = vec![(&figure.node, figure.row as u32)];
        while let Some((node, row)) = todo.pop() {
            if !rows.insert((Arc::as_ptr(node), row)) {
                continue;
            }
            match &node.kind {
                NodeKind::Observed { source, .. } | NodeKind::Objects { source, .. } => {
                    found.extend(source.get(row as usize));
                }
                NodeKind::Measure { .. } | NodeKind::Indicator => {
                    let set = node.lineage.set.get(row as usize).copied().unwrap_or(u32::MAX);
                    if sets.insert((Arc::as_ptr(node), set)) {
                        let members = node.lineage.members(row as usize);
                        todo.extend(
                            members.iter().filter_map(|&(i, row)| Some((node.inputs.get(usize::from(i))?, row))),
                        );
                    }
                }
            }
        }
        let mut found: Vec<Symbol> = found.into_iter().collect();
        found.sort_unstable_by_key(|source| self.ranks.get(source.index()).copied());
        found
    }

    /// The evidence of one source relative to another: `own` is that of the claim ([`Symbol::NONE`] for no claim).
    ///
    /// A source that repeats others is as weak as the weakest of them.
    pub fn source_evidence(&self, source: Symbol, own: Symbol) -> Evidence {
        let mut seen: FxHashSet<Symbol> = FxHashSet::default();
        let mut todo = vec![source];
        let mut weakest = Evidence::Independent;
        while let Some(source) = todo.pop() {
            if !seen.insert(source) {
                continue;
            }
            if own.is_some() && source == own {
                return Evidence::OwnSource;
            }
            match self.region.source(source) {
                Some(row) => {
                    if row.mark != Mark::Sourced {
                        weakest = weakest.min(Evidence::Unverified);
                    }
                    todo.extend_from_slice(&row.derived_from);
                }
                // A row that names no source that is held cannot be looked up by anyone.
                None => weakest = weakest.min(Evidence::Unverified),
            }
        }
        weakest
    }

    /// What a figure rests on: the weakest of its sources, relative to the source of a claim ([`Symbol::NONE`] for none).
    pub fn evidence(&self, figure: &Figure, own_source: Symbol) -> Evidence {
        let sources = self.sources(figure);
        let all = sources.iter().map(|&source| self.source_evidence(source, own_source));
        all.min().unwrap_or(Evidence::None)
    }
}
