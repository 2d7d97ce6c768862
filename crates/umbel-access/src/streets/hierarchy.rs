//! Customizable contraction hierarchies: many ways at once over large networks, with costs that change.
//!
//! Three steps, each used again while the one before stands:
//! 1. [`Order`]: in which order junctions are taken out, by nested dissection. Depends on how streets hang together only.
//! 2. [`Skeleton`]: the shortcuts that this order can ever need.
//! 3. [`Hierarchy`]: their costs in a profile: an hour of the day, a plan.
//!
//! Then [`Hierarchy::sweep`] gives the costs from up to [`LANES`] points to all junctions, and [`Hierarchy::table`] a
//! table between points. The costs are exactly those of [`Search`](crate::streets::Search).
//!
//! Sources: Dibbelt, Strasser, Wagner, Customizable contraction hierarchies, ACM JEA 21, 2016; Delling, Goldberg,
//! Nowatzyk, Werneck, PHAST: hardware-accelerated shortest path trees, JPDC 73(7), 2013; Delling, Goldberg, Werneck,
//! Faster batched shortest paths in road networks, ATMOS 2011 (RPHAST).

mod customise;
mod flow;
mod order;
#[cfg(test)]
mod properties;
mod skeleton;
mod sweep;
mod targets;

pub use customise::Hierarchy;
pub use order::Order;
pub use skeleton::Skeleton;
pub use sweep::{LANES, Sweep};
