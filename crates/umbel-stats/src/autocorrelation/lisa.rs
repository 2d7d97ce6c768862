//! What local statistics say about a place, as the classes of a map.

use serde::{Deserialize, Serialize};

/// Where a place lies in Moran's scatterplot: itself, then its neighbours. Numbered as in esda (and by
/// [`Quadrant::number`]); a value equal to the mean counts as low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quadrant {
    /// High among high ones.
    HighHigh,
    /// Low among high ones.
    LowHigh,
    /// Low among low ones.
    LowLow,
    /// High among low ones.
    HighLow,
}

impl Quadrant {
    /// From deviations from the mean: of the place, and the lag of its neighbours.
    pub fn of(own: f64, lag: f64) -> Quadrant {
        match (own > 0.0, lag > 0.0) {
            (true, true) => Quadrant::HighHigh,
            (false, true) => Quadrant::LowHigh,
            (false, false) => Quadrant::LowLow,
            (true, false) => Quadrant::HighLow,
        }
    }

    /// 1 high-high, 2 low-high, 3 low-low, 4 high-low.
    pub fn number(self) -> u8 {
        match self {
            Quadrant::HighHigh => 1,
            Quadrant::LowHigh => 2,
            Quadrant::LowLow => 3,
            Quadrant::HighLow => 4,
        }
    }
}

/// The class of a place on a cluster map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cluster {
    /// High among high ones: a cluster.
    HighHigh,
    /// Low among high ones: an outlier.
    LowHigh,
    /// Low among low ones: a cluster.
    LowLow,
    /// High among low ones: an outlier.
    HighLow,
    /// A cluster of high values (of G).
    Hot,
    /// A cluster of low values (of G).
    Cold,
    /// Like its neighbours, close to the mean (of Geary).
    Alike,
    /// Unlike its neighbours (of Geary).
    Unlike,
    /// Not significant.
    NotSignificant,
    /// Without a neighbour.
    Island,
    /// Without a p-value, or without a value.
    Undefined,
}

impl From<Quadrant> for Cluster {
    fn from(quadrant: Quadrant) -> Cluster {
        match quadrant {
            Quadrant::HighHigh => Cluster::HighHigh,
            Quadrant::LowHigh => Cluster::LowHigh,
            Quadrant::LowLow => Cluster::LowLow,
            Quadrant::HighLow => Cluster::HighLow,
        }
    }
}

impl Cluster {
    /// The class of a place that would be of `class` if it were significant: with p at most `level`.
    pub fn at(class: Cluster, island: bool, p: Option<f64>, level: f64) -> Cluster {
        match p {
            _ if island => Cluster::Island,
            None => Cluster::Undefined,
            Some(p) if p <= level => class,
            Some(_) => Cluster::NotSignificant,
        }
    }
}
