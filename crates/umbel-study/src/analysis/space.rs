//! Where the places of a sample are, and the spatial weights made from that.

use std::collections::BTreeSet;
use umbel_stats::Weights;
use umbel_stats::weights::distance::Metric;
use umbel_stats::weights::{Places, Polygons, Rule};

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
    /// Whether coordinates are longitudes and latitudes, so that distances are kilometres on the sphere whatever the
    /// rule says.
    pub geographic: bool,
    /// Weights that were read from a file, in the order of the places; they are used whatever the rule.
    pub given: Option<Weights>,
}

impl Space {
    /// The weights between the places by a rule (`queen`, `knn:4` ...), or those that were given.
    ///
    /// # Errors
    /// A sentence when the rule makes no sense or a place lacks what it needs.
    pub fn weights(&self, rule: &str, places: &[String]) -> Result<Weights, String> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let mut rule: Rule = rule.parse().map_err(|error: umbel_stats::Error| error.to_string())?;
        if self.geographic
            && let Rule::KNearest { metric, .. } | Rule::DistanceBand { metric, .. } | Rule::Kernel { metric, .. } =
                &mut rule
        {
            *metric = Metric::GreatCircle;
        }
        let polygons = match rule.needs_polygons() {
            true => Some(self.polygons(places)?),
            false => None,
        };
        let points = match rule.needs_points() {
            true => Some(self.points(places)?),
            false => None,
        };
        let groups = match rule.group_field() {
            Some(field) => Some(self.groups(field, places)?),
            None => None,
        };
        let given = Places { polygons: polygons.as_ref(), points: points.as_deref(), groups: groups.as_deref() };
        rule.build(given).map_err(|error| error.to_string())
    }

    /// The boundaries of all places.
    ///
    /// # Errors
    /// A sentence that names the first places without one.
    pub fn polygons(&self, places: &[String]) -> Result<Polygons, String> {
        let without = |place: usize| self.boundaries.get(place).is_none_or(Option::is_none);
        lacking(places, without, "boundary", "give a file with areas, or use a rule on points (knn:4)")?;
        let mut polygons = Polygons::new();
        for boundary in self.boundaries.iter().flatten() {
            polygons.place();
            for rings in boundary {
                for (at, ring) in rings.iter().enumerate() {
                    polygons.ring(ring, at > 0).map_err(|error| error.to_string())?;
                }
            }
        }
        Ok(polygons)
    }

    /// The points of all places: the centroid of its boundary where a place has no point.
    ///
    /// # Errors
    /// A sentence that names the first places without either.
    pub fn points(&self, places: &[String]) -> Result<Vec<[f64; 2]>, String> {
        let without = |place: usize| {
            self.points.get(place).is_none_or(Option::is_none) && self.boundaries.get(place).is_none_or(Option::is_none)
        };
        lacking(places, without, "point", "give coordinates (--longitude, --latitude) or a file with geometries")?;
        let mut points = Vec::with_capacity(places.len());
        for place in 0..places.len() {
            if let Some(Some(point)) = self.points.get(place) {
                points.push(*point);
                continue;
            }
            let one = Space { boundaries: vec![self.boundaries[place].clone()], ..Space::default() };
            let polygons = one.polygons(&places[place..=place])?;
            points.extend(polygons.centroids().map_err(|error| error.to_string())?);
        }
        Ok(points)
    }

    fn groups(&self, field: &str, places: &[String]) -> Result<Vec<u32>, String> {
        let groups = self.groups.as_ref().ok_or_else(|| format!("there is no column \"{field}\" with groups"))?;
        lacking(places, |place| groups.get(place).is_none_or(Option::is_none), "group", "fill the cell")?;
        Ok(groups.iter().flatten().copied().collect())
    }
}

/// Says which places lack something.
fn lacking(places: &[String], without: impl Fn(usize) -> bool, what: &str, fix: &str) -> Result<(), String> {
    let lacking: BTreeSet<usize> = (0..places.len()).filter(|&place| without(place)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = lacking.iter().take(5).map(|&place| places[place].as_str()).collect();
    let more = if lacking.len() > names.len() { " ..." } else { "" };
    Err(format!("{} of {} places have no {what} ({}{more}); {fix}", lacking.len(), places.len(), names.join(", ")))
}
