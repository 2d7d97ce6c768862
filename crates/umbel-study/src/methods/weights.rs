//! `weights`: which places are neighbours, and what is suspicious about that.

use crate::analysis::{Analysis, Figure, Key, Outcome, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::weights::contiguity::Contiguity;
use umbel_stats::weights::distance::Metric;
use umbel_stats::weights::gaps::{gaps, usual_tolerance};
use umbel_stats::weights::summary::{components, summary};
use umbel_stats::weights::{IslandReport, Islands, Rule, Transform, transform};

over_places! {
    /// Parameters of `weights`.
    pub struct Neighbours {
        /// The indicator, or the column of a file, whose places are meant. A file may go without: all of its rows then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub of: Option<String>,
        /// Which places are neighbours: `queen`, `rook`, `queen:0.001` (corners up to 0.001 apart are one), `fuzzy`,
        /// `knn:4`, `distance_band`, `distance_band:50`, `inverse_distance:50:1`, `kernel:gaussian`,
        /// `kernel:triangular:adaptive:4`, `block:FIELD`, or a file (.gal, .gwt, .json).
        pub weights: String,
        /// How weights are standardised: `original`, `binary`, `row`, `variance_stabilising`, `double`.
        #[serde(default = "original")]
        pub standardise: Transform,
        /// What becomes of places without neighbours: `keep`, `error`, `nearest_neighbour` (each is joined to the place
        /// nearest to it).
        #[serde(default)]
        pub islands: Islands,
        /// Boundaries that are no neighbours although they come this near are told, in the unit of the coordinates; left
        /// out: one thousandth of the usual size of a place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tolerance: Option<f64>,
    }
}

/// Weights as the rule makes them.
fn original() -> Transform {
    Transform::Original
}

/// At most so many pairs of a list are shown.
const SHOWN: usize = 1000;

impl Analysis for Neighbours {
    const NAME: &'static str = "weights";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Spatial weights: who neighbours whom, islands, parts, and boundaries with gaps.";
    const FORMULA: &'static str = "S0 = Σᵢⱼ wᵢⱼ, S1 = ½ Σᵢⱼ (wᵢⱼ + wⱼᵢ)², S2 = Σᵢ (Σⱼ wᵢⱼ + Σⱼ wⱼᵢ)²";
    const CITATION: &'static str = "Cliff and Ord, Spatial Processes, Pion, 1981, section 1.5 (sums); Anselin and Rey, Modern Spatial \
         Econometrics in Practice, GeoDa Press, 2014, chapters 3 and 4 (contiguity, distance, kernels); Tiefelsdorf, Griffith and \
         Boots, A variance-stabilizing coding scheme for spatial link matrices, Environment and Planning A 31, 1999, \
         equations 8 and 9.";
    const ASSUMPTIONS: &'static str = "Contiguity compares the corners of boundaries exactly, or with `queen:0.001` up to a distance. \
         Distances lie between points, or the centroids of areas: in the unit of a file's coordinates (kilometres on the \
         sphere with `:great_circle` at the end of the rule), in a region always kilometres on the sphere. A kernel without \
         a bandwidth reaches to the farthest fourth neighbour. Places of equal distance are taken in their order.";
    const NOT_FOR: &'static str =
        "Choosing the neighbours that give the wished result: choose them before, by how places influence each other.";
    const EXAMPLE: &'static str = r#"[county_neighbours]
method = "weights"
of = "population"
weights = "queen"
among = { kind = "county" }
result = "neighbours"
title = { en = "How many counties border on each" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("neighbours", "Number of neighbours."),
        Quantity::place("component", "Number of the connected part the place is in, from 0."),
        Quantity::whole("islands", "Number of places without neighbours."),
        Quantity::whole("components", "Number of parts that are not connected with each other."),
        Quantity::whole("mean_neighbours", "Mean number of neighbours."),
        Quantity::whole("suspicious_gaps", "Number of pairs of boundaries that nearly touch but are no neighbours."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        self.of.iter().map(|of| Wanted::numbers("of", of)).collect()
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        if self.tolerance.is_some_and(|tolerance| !(tolerance >= 0.0 && tolerance.is_finite())) {
            let fix = "Write a distance in the unit of the coordinates.".to_owned();
            problems.push(("tolerance".to_owned(), "The tolerance is below 0.".to_owned(), fix));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let made = sample.weights(&self.weights)?;
        let rule = self.weights.parse::<Rule>().ok().filter(|_| sample.space.given.is_none());
        let metric = match &rule {
            _ if sample.space.geographic => Metric::GreatCircle,
            Some(rule) => rule.metric(),
            None => Metric::Planar,
        };
        let points = match self.islands {
            Islands::NearestNeighbour if !made.islands().is_empty() => Some(sample.space.points(&sample.places)?),
            _ => None,
        };
        let mut outcome = Outcome::new();
        // Gaps are those of the rule, before islands are joined.
        let contiguity = match rule {
            Some(Rule::Contiguity { kind, .. }) => Some(kind),
            Some(Rule::Fuzzy { .. }) => Some(Contiguity::Queen),
            _ => None,
        };
        let suspicious = match contiguity {
            Some(kind) => {
                let polygons = sample.space.polygons(&sample.places)?;
                let tolerance = self.tolerance.unwrap_or_else(|| usual_tolerance(&polygons));
                Some(gaps(&polygons, &made, kind, tolerance).map_err(|error| error.to_string())?)
            }
            None => None,
        };
        let (joined, report) =
            self.islands.apply(made, points.as_deref(), metric).map_err(|error| error.to_string())?;
        let weights = transform(&joined, self.standardise);
        let figures = summary(&weights);
        outcome.figure("n", figures.places);
        outcome.figure("pairs", figures.pairs);
        outcome.figure("density", figures.density);
        outcome.figure("islands", report.islands.len());
        outcome.figure("islands_joined", report.joined.len());
        outcome.figure("components", figures.components);
        outcome.figure("least_neighbours", figures.least);
        outcome.figure("mean_neighbours", figures.mean);
        outcome.figure("most_neighbours", figures.most);
        let bins = figures.cardinalities.iter().map(|&(number, places)| Figure::from(vec![number, places]));
        outcome.figure("cardinalities_histogram", bins.collect::<Vec<_>>());
        outcome.figure("symmetric", figures.symmetric);
        outcome.figure("s0", figures.s0);
        outcome.figure("s1", figures.s1);
        outcome.figure("s2", figures.s2);
        if let Some(suspicious) = &suspicious {
            outcome.figure("tolerance", suspicious.tolerance);
            outcome.figure("suspicious_gaps", suspicious.pairs.len());
        }
        let id = |place: u32| Figure::from(sample.places[place as usize].as_str());
        let row = |place: usize| Figure::from(weights.neighbours(place).iter().map(|&to| id(to)).collect::<Vec<_>>());
        let all = 0..weights.len();
        let parts = components(&weights);
        let places = Table::all(Key::Place)
            .counts("neighbours", all.clone().map(|place| Some(weights.degree(place) as i64)))
            .counts("component", parts.iter().map(|&part| Some(i64::from(part))))
            .figures("neighbour_ids", all.clone().map(row))
            .figures("weights", all.map(|place| Figure::from(weights.weights(place).to_vec())));
        outcome.table("places", places);
        notes(&report, sample, &mut outcome);
        if let Some(suspicious) = suspicious {
            if !suspicious.pairs.is_empty() {
                outcome.note(format!(
                    "{} pairs of boundaries come within {} of each other but are no neighbours: see the table gaps; \
                     `{}:{}` or `fuzzy:{}` joins them.",
                    suspicious.pairs.len(),
                    suspicious.tolerance,
                    if contiguity == Some(Contiguity::Rook) { "rook" } else { "queen" },
                    suspicious.tolerance,
                    suspicious.tolerance
                ));
                let shown = &suspicious.pairs[..suspicious.pairs.len().min(SHOWN)];
                let pair = |near: &umbel_stats::weights::gaps::Near| {
                    format!("{} - {}", sample.places[near.first as usize], sample.places[near.second as usize])
                };
                let table = Table::named(shown.iter().map(pair).collect())
                    .figures("first", shown.iter().map(|near| id(near.first)))
                    .figures("second", shown.iter().map(|near| id(near.second)))
                    .values("distance", &shown.iter().map(|near| near.distance).collect::<Vec<_>>());
                outcome.table("gaps", table);
            }
            if !suspicious.islands.is_empty() {
                let islands = &suspicious.islands;
                let table = Table::some(Key::Place, islands.iter().map(|one| one.place).collect())
                    .figures("nearest", islands.iter().map(|one| id(one.nearest)))
                    .values("distance", &islands.iter().map(|one| one.distance).collect::<Vec<_>>())
                    .figures("within_tolerance", islands.iter().map(|one| Figure::from(one.within)));
                outcome.table("nearest_to_islands", table);
            }
        }
        outcome.weights = Some(weights);
        Ok(outcome)
    }
}

/// Says which places have no neighbours, and what was done.
fn notes(report: &IslandReport, sample: &Sample, outcome: &mut Outcome) {
    if report.islands.is_empty() {
        return;
    }
    let names: Vec<&str> = report.islands.iter().take(5).map(|&place| sample.places[place as usize].as_str()).collect();
    let more = if report.islands.len() > names.len() { " ..." } else { "" };
    let done =
        if report.joined.is_empty() { "they stay islands" } else { "each was joined to the place nearest to it" };
    let (count, names) = (report.islands.len(), names.join(", "));
    outcome.note(format!("{count} places have no neighbours ({names}{more}); {done}."));
}
