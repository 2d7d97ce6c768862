//! `rank`: places in order.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::kernels::rank::mean_ranks;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output};
use crate::parameters::{Existence, groups, join_rows};
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Unit};

/// Which figure has rank 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The greatest.
    HighFirst,
    /// The least.
    LowFirst,
}

/// Parameters of `rank`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// The indicator.
    pub of: String,
    /// The places ranked.
    pub among: Places,
    /// Which figure has rank 1; left out: the better one by the direction of the indicator, the greatest when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

impl Method for Rank {
    const NAME: &'static str = "rank";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Rank of places, 1 for the first; ties share the mean of their ranks.";
    const FORMULA: &'static str = "rank = 1 + number before + (number equal − 1) / 2";
    const CITATION: &'static str =
        "Kendall, Rank Correlation Methods, Griffin, 1948, chapter 3 (tied ranks: mid-ranks).";
    const ASSUMPTIONS: &'static str = "All places that exist on the last day of the period have a figure: otherwise every rank of the period is \
        missing, since the one that is not known may stand before or after any other. If a figure is only a bound all \
        ranks of the period are \"about\".";
    const NOT_FOR: &'static str = "Differences within the error of the figures; changes of rank between sets of \
        different size.";
    const EXAMPLE: &'static str = r#"[air_rank]
method = "rank"
of = "pm25_annual_mean"
among = { kind = "city" }
title = { en = "Rank by clean air" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let among = reads.places(&self.among, "among");
        reads.indicator_in(&self.of, "of", among);
        reads.tree();
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(Unit::one())
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let series = inputs.series(0);
        let places = inputs.selection(0);
        let down = inputs.info(0).is_some_and(|info| info.direction < 0);
        let high_first = self.order.map_or(!down, |order| order == Order::HighFirst);
        let mut output = Output::new(Unit::one());
        let existence = Existence::of(inputs, places)?;
        for mut group in groups(inputs, 0, places) {
            let exists = existence.at(group.period);
            group.rows.retain(|(place, _)| exists[*place]);
            let expected = exists.iter().filter(|exists| **exists).count();
            let values: Vec<f64> = group.rows.iter().filter_map(|&(_, row)| series.value(row)).collect();
            let set = output.set(group.rows.iter().map(|&(_, row)| (0, row)));
            let covered = values.len() as f64 / expected.max(1) as f64;
            let ranks = (values.len() == expected).then(|| mean_ranks(&values, high_first));
            let (status, bound) = join_rows(series, group.rows.iter().map(|&(_, row)| row));
            let bound = if bound == Bound::Exact { Bound::Exact } else { Bound::About };
            for (at, &(place, _)) in group.rows.iter().enumerate() {
                let cell =
                    ranks.as_ref().map_or_else(Cell::missing, |ranks| Cell { value: Some(ranks[at]), status, bound });
                let row = output.push_shared(places[place], group.period, group.breakdown, cell, set);
                output.cover(row, covered);
            }
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        match self.order {
            Some(Order::HighFirst) => "rank, the greatest first".to_owned(),
            Some(Order::LowFirst) => "rank, the least first".to_owned(),
            None => "rank, the best first".to_owned(),
        }
    }
}
