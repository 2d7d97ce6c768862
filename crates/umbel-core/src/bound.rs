//! Bounds: figures of which only a side is stated ("more than 140", "nearly 3000").

use serde::{Deserialize, Serialize};

/// How a source states a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The figure itself.
    #[default]
    Exact,
    /// Only that it lies above the value.
    Above,
    /// Only that it lies just below the value.
    Below,
    /// Only that it lies about the value.
    About,
}

impl Bound {
    /// Reads a cell of a column `bound`; empty is [`Bound::Exact`].
    pub fn parse(text: &str) -> Option<Bound> {
        Some(match text {
            "" => Bound::Exact,
            "above" => Bound::Above,
            "below" => Bound::Below,
            "about" => Bound::About,
            _ => return None,
        })
    }

    /// As written in a table (empty for exact).
    pub fn as_str(self) -> &'static str {
        match self {
            Bound::Exact => "",
            Bound::Above => "above",
            Bound::Below => "below",
            Bound::About => "about",
        }
    }

    /// The sign shown before the value: `>`, `<`, `≈` or nothing.
    pub fn sign(self) -> &'static str {
        match self {
            Bound::Exact => "",
            Bound::Above => ">",
            Bound::Below => "<",
            Bound::About => "≈",
        }
    }

    /// The bound of a sum (or any increasing function) of two bounded figures.
    pub fn join(self, other: Bound) -> Bound {
        match (self, other) {
            (a, Bound::Exact) => a,
            (Bound::Exact, b) => b,
            (a, b) if a == b => a,
            _ => Bound::About,
        }
    }

    /// The bound after a change of sign (or any decreasing function).
    pub fn flip(self) -> Bound {
        match self {
            Bound::Above => Bound::Below,
            Bound::Below => Bound::Above,
            same => same,
        }
    }
}
