//! What is known of an indicator, from the indicators table or from the measure that defines it.

use umbel_core::{Symbol, Text, Unit};
use umbel_table::IndicatorKind;

/// What is known of an indicator.
#[derive(Clone, Debug)]
pub struct IndicatorInfo {
    /// Title by language.
    pub title: Text,
    /// Unit in which its figures are stated.
    pub unit: Unit,
    /// +1 when up is better, -1 when down is better, 0 when neither.
    pub direction: i8,
    /// What it counts.
    pub kind: IndicatorKind,
    /// Decimals shown.
    pub decimals: Option<u8>,
    /// Chapter of the report ([`Symbol::NONE`] when none).
    pub system: Symbol,
    /// Scale of a class ([`Symbol::NONE`] when none).
    pub scale: Symbol,
    /// Definition by language.
    pub description: Text,
    /// The first declared measure that defines it.
    pub measure: Option<usize>,
    /// How children make a parent: `sum`, `mean`, `weighted_mean`, `max`, `min` or `none`.
    pub aggregation: String,
    /// Indicator that weighs a weighted mean ([`Symbol::NONE`] when none).
    pub weight: Symbol,
    /// Relative difference allowed between a parent and the sum of its children.
    pub tolerance: f64,
}
