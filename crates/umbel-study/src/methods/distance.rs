//! `distance`: straight distances on the ellipsoid.

use crate::filter::{Condition, Filter, Places, Scalar};
use crate::inputs::Inputs;
use crate::kernels::geodesic::{Site, nearest};
use crate::method::{Method, Problem};
use crate::output::{Cell, Output};
use crate::parameters::{Periods, periods, read_periods};
use crate::reads::{Reads, Units};
use crate::select::Table;
use crate::time::valid_on;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use umbel_core::{Date, Symbol, Unit};

/// Parameters of `distance`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distance {
    /// The places from which distances are measured, and where they are written.
    pub from: Places,
    /// The places to which they are measured: the nearest counts.
    pub to: Places,
    /// The periods at whose end places and points are looked at; left out: those that are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<Periods>,
}

/// The same selection as a filter on the rows of the places table.
fn filter(places: &Places) -> Filter {
    let text = |id: &String| Scalar::Text(id.clone());
    let condition = match places {
        Places::Filter(filter) => return filter.clone(),
        Places::One(id) => Condition::Is(text(id)),
        Places::List(ids) => Condition::Any(ids.iter().map(text).collect()),
    };
    Filter(BTreeMap::from([("place_id".to_owned(), condition)]))
}

impl Method for Distance {
    const NAME: &'static str = "distance";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Straight distance to the nearest of several places.";
    const FORMULA: &'static str =
        "length of the shortest line on the WGS84 ellipsoid between the points of the two places, in km";
    const CITATION: &'static str = "Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013, 43-55.";
    const ASSUMPTIONS: &'static str = "A place is its point. The point is that of the row valid on the last day of the \
        period. A place that is itself one of the goals is at distance 0. Without a point, or without any goal that has \
        one, the distance is missing.";
    const NOT_FOR: &'static str = "Travel (use network_sum); distances between areas, whose points may be far from \
        where people live.";
    const EXAMPLE: &'static str = r#"[distance_to_beijing]
method = "distance"
from = { kind = "city" }
to = "beijing"
title = { en = "Straight distance to Beijing" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        reads.objects(Table::Places, &filter(&self.from), "from");
        reads.objects(Table::Places, &filter(&self.to), "to");
        read_periods(self.periods.as_ref(), reads);
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(kilometre())
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let mut output = Output::new(kilometre());
        let mut last: Option<(Sites, Sites, Vec<Nearest>)> = None;
        for period in periods(self.periods.as_ref(), inputs) {
            let (from, to) = (sites(inputs, 0, period.end()), sites(inputs, 1, period.end()));
            let same = last.as_ref().is_some_and(|(f, t, _)| *f == from && *t == to);
            if !same {
                let goals: Vec<Site> = to.iter().filter_map(|site| site.2).collect();
                let found = from.par_iter().map(|site| nearest(site.2?, &goals)).collect();
                last = Some((from, to, found));
            }
            let Some((from, to, found)) = &last else { continue };
            let goals: Vec<usize> = to.iter().filter(|site| site.2.is_some()).map(|site| site.1).collect();
            for (&(place, row, _), nearest) in from.iter().zip(found) {
                match nearest {
                    Some((goal, metres)) => {
                        let members = [(0, row), (1, goals[*goal])];
                        output.push(place, period, Symbol::NONE, Cell::exact(metres / 1000.0), members);
                    }
                    None => {
                        output.push(place, period, Symbol::NONE, Cell::missing(), [(0, row)]);
                    }
                }
            }
        }
        Ok(output)
    }
}

/// Number of the nearest goal that has a point, and the distance to it in metres.
type Nearest = Option<(usize, f64)>;

/// Place, row of the input, point.
type Sites = Vec<(Symbol, usize, Option<Site>)>;

/// The places of an input that exist on a day, each once, in the order of their ids.
fn sites(inputs: &Inputs<'_>, input: usize, day: Date) -> Sites {
    let valid = inputs.places(input).filter(|(_, place)| valid_on(place, day));
    let mut sites: Sites = valid
        .map(|(row, place)| (place.id, row, place.point.map(|(longitude, latitude)| Site { longitude, latitude })))
        .collect();
    sites.sort_by_key(|site| (inputs.rank(site.0), std::cmp::Reverse(site.1)));
    sites.dedup_by_key(|site| site.0);
    sites
}

/// The unit of the links table's lengths.
pub(crate) fn kilometre() -> Unit {
    // A code that the unit tables have.
    Unit::parse("km").unwrap_or_default()
}
