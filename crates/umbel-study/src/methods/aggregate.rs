//! `aggregate`: the figure of a place from those of its parts.

use crate::filter::{Filter, Places};
use crate::inputs::Inputs;
use crate::kernels::combine::{Rule, combine};
use crate::kernels::sum::exact_sum;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::parameters::{Weights, groups, one};
use crate::reads::{Reads, Units};
use crate::select::Table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Date, Period, Status, Symbol, Unit, code};

/// Parameters of `aggregate`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// The indicator whose parts are combined; left out: the indicator that is written (its observed rows).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Which places are parts: a filter on the places table. Only parts below the place written to are used.
    pub from: Filter,
    /// The places for which a figure is made.
    pub to: Places,
    /// How parts make the whole; left out: the aggregation of the indicator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The indicator that weighs the parts, for the weighted mean and for the coverage; left out: the weight of the
    /// indicator when the rule is a weighted mean, else every part counts the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// The period of the weights; left out: the period of the figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub weight_period: Option<Period>,
    /// The least share of the parts (by weight where there are weights) that must have a figure; below it the result
    /// is missing.
    #[serde(default = "one")]
    pub min_coverage: f64,
}

impl Aggregate {
    fn rule(&self, aggregation: Option<&str>) -> Option<Rule> {
        self.rule.or_else(|| aggregation.and_then(Rule::parse))
    }
}

/// The days on which a part exists.
type Validity = Vec<(Option<Date>, Option<Date>)>;

fn exists(validity: &Validity, day: Date) -> bool {
    validity.iter().any(|(from, to)| from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to))
}

impl Method for Aggregate {
    const NAME: &'static str = "aggregate";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The figure of a place from the figures of the parts below it.";
    const FORMULA: &'static str = "sum: Σ xᵢ; mean: Σ xᵢ / n; weighted mean: Σ wᵢ xᵢ / Σ wᵢ; or the greatest, least, median of xᵢ, over the parts i";
    const CITATION: &'static str = "Sums are rounded once (Shewchuk, Discrete & Computational Geometry 18, 1997), so they do not depend on the order of the parts.";
    const ASSUMPTIONS: &'static str = "The parts divide the whole: no part lies in another (an error) and none is \
        left out of the filter. A part counts in a period when it exists on its last day. The coverage is the weight of \
        the parts that have a figure over the weight of all parts; their number is used when a weight is not known. Below \
        min_coverage the result is missing. Above it, but not complete, it is an estimate (E) and says on which side it \
        errs: a sum of figures that are not negative, and a greatest, lie below the truth; means and medians are about it.";
    const NOT_FOR: &'static str = "Shares, rates and means by the rule `sum`; medians of medians; counts of persons \
        that can belong to several parts.";
    const EXAMPLE: &'static str = r#"[gdp_of_parts]
method = "aggregate"
of = "gdp"
from = { kind = "city" }
to = { kind = "jurisdiction" }
min_coverage = 0.9
weight = "population"
title = { en = "Output, summed over the cities" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let of = self.of.as_deref().unwrap_or_else(|| reads.own_id());
        reads.indicator(of, "of");
        let parts = reads.objects(Table::Places, &self.from, "from");
        let info = reads.info(of);
        let rule = self.rule(info.map(|info| info.aggregation.as_str()));
        if info.is_some() && rule.is_none() {
            reads.problem(Problem::new(
                &code::M002,
                "",
                format!("Nothing says how the parts of \"{of}\" make a whole"),
                "Give rule = \"sum\" (or mean, weighted_mean, max, min, median), or an aggregation in the indicators table",
            ));
        }
        let given = info.map(|info| info.weight).filter(|weight| weight.is_some());
        match (&self.weight, given) {
            (Some(weight), _) => {
                reads.indicator(weight, "weight");
            }
            (None, Some(weight)) if rule == Some(Rule::WeightedMean) => {
                let weight = reads.region().id(weight);
                reads.indicator(weight, "weight");
            }
            _ if rule == Some(Rule::WeightedMean) => reads.problem(Problem::new(
                &code::M002,
                "",
                format!("Nothing says what weighs the parts of \"{of}\""),
                "Give weight = \"...\" (an indicator such as the population)",
            )),
            _ => {}
        }
        let to = reads.places(&self.to, "to");
        reads.tree();
        if !(0.0..=1.0).contains(&self.min_coverage) {
            let message = format!("min_coverage is {}, not a share", self.min_coverage);
            reads.problem(Problem::new(&code::M002, "min_coverage", message, "Give a number from 0 to 1"));
        }
        self.nested(reads, parts, to);
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(units.of(0))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let series = inputs.series(0);
        let mut output = Output::new(series.unit.clone());
        let rule = self.rule(inputs.info(0).map(|info| info.aggregation.as_str()));
        let rule = rule.ok_or("nothing says how parts make the whole")?;
        let weights = (inputs.len() > 2).then_some(Weights { input: 2, period: self.weight_period });
        let tree = inputs.tree()?;
        let mut parts: Vec<(Symbol, Validity)> = Vec::new();
        let mut rows: Vec<_> = inputs.places(1).map(|(_, place)| place).collect();
        rows.sort_by_key(|place| inputs.rank(place.id));
        for place in rows {
            let days = (place.valid_from, place.valid_to);
            match parts.last_mut().filter(|part| part.0 == place.id) {
                Some(part) => part.1.push(days),
                None => parts.push((place.id, vec![days])),
            }
        }
        for &whole in inputs.selection(0) {
            let (below, validity): (Vec<Symbol>, Vec<&Validity>) = parts
                .iter()
                .filter(|(part, _)| *part != whole && tree.is_within(*part, whole))
                .map(|(part, validity)| (*part, validity))
                .unzip();
            for group in groups(inputs, 0, &below) {
                let day = group.period.end();
                let expected: Vec<bool> = validity.iter().map(|validity| exists(validity, day)).collect();
                let mut kept = Kept::default();
                for &(part, row) in group.rows.iter().filter(|(part, _)| expected[*part]) {
                    let weight = weights.map(|weights| weights.row(inputs, below[part], group.period));
                    kept.add(inputs, rule, (part, row), series.value(row), weight);
                }
                let expected: Vec<usize> = (0..below.len()).filter(|&part| expected[part]).collect();
                let covered = kept.coverage(&expected, |part| {
                    weights.and_then(|weights| weights.row(inputs, below[part], group.period)).map(|row| row.1)
                });
                if expected.is_empty() {
                    continue;
                }
                let cell = self.cell(rule, &kept, covered);
                let row = output.push(whole, group.period, group.breakdown, cell, kept.members);
                output.cover(row, covered);
            }
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        match self.rule {
            Some(rule) => {
                format!("{} of the parts", format!("{rule:?}").to_lowercase().replace("mean", " mean").trim())
            }
            None => "parts combined by the rule of the indicator".to_owned(),
        }
    }
}

/// The parts that have a figure; `weights` holds those that are known.
#[derive(Default)]
struct Kept {
    parts: Vec<usize>,
    values: Vec<f64>,
    weights: Vec<f64>,
    status: Status,
    bound: Bound,
    members: Vec<(usize, usize)>,
}

impl Kept {
    fn add(
        &mut self,
        inputs: &Inputs<'_>,
        rule: Rule,
        (part, row): (usize, usize),
        value: Option<f64>,
        weight: Option<Option<(usize, f64)>>,
    ) {
        let Some(value) = value else { return };
        match weight {
            Some(Some((weight_row, weight))) => {
                self.weights.push(weight);
                self.members.push((2, weight_row));
                if rule == Rule::WeightedMean {
                    self.status = join_status(self.status, inputs.series(2).status[weight_row]);
                    if inputs.series(2).bound[weight_row] != Bound::Exact {
                        self.bound = self.bound.join(Bound::About);
                    }
                }
            }
            // A part without a weight cannot be weighed: it counts as not there.
            Some(None) if rule == Rule::WeightedMean => return,
            _ => {}
        }
        let series = inputs.series(0);
        self.parts.push(part);
        self.values.push(value);
        self.status = join_status(self.status, series.status[row]);
        self.bound = self.bound.join(series.bound[row]);
        self.members.push((0, row));
    }

    /// Share of the expected parts that are there, by weight where every weight is known, else by number.
    fn coverage(&self, expected: &[usize], weight: impl Fn(usize) -> Option<f64>) -> f64 {
        if self.parts.len() == expected.len() {
            return 1.0;
        }
        let all: Option<Vec<f64>> = expected.iter().map(|&part| weight(part)).collect();
        let total = all.map_or(0.0, exact_sum);
        if total > 0.0 {
            exact_sum(self.weights.iter().copied()) / total
        } else {
            self.parts.len() as f64 / expected.len().max(1) as f64
        }
    }
}

impl Aggregate {
    fn cell(&self, rule: Rule, kept: &Kept, coverage: f64) -> Cell {
        if coverage + 1e-12 < self.min_coverage || kept.values.is_empty() {
            return Cell::missing();
        }
        let value = combine(rule, &kept.values, &kept.weights);
        if value.is_none() {
            return crate::parameters::undefined();
        }
        let mut cell = Cell { value, status: kept.status, bound: kept.bound };
        if coverage < 1.0 {
            let error = match rule {
                Rule::Sum if kept.values.iter().all(|value| *value >= 0.0) => Bound::Above,
                Rule::Max => Bound::Above,
                Rule::Min => Bound::Below,
                _ => Bound::About,
            };
            cell.status = join_status(cell.status, Status::Estimated);
            cell.bound = cell.bound.join(error);
        }
        cell
    }

    /// Reports parts that lie in parts of the same whole.
    fn nested(&self, reads: &mut Reads<'_>, parts: usize, to: usize) {
        let (tree, region) = (reads.tree, reads.region());
        let mut is_part = vec![false; region.symbols.len()];
        let ids: Vec<Symbol> = reads.object_rows(parts).iter().map(|&row| region.places[row as usize].id).collect();
        ids.iter().for_each(|part| is_part[part.index()] = true);
        let wholes = reads.selection(to).to_vec();
        let nested = ids.iter().find_map(|&part| {
            let outer = tree.ancestors(part).find(|above| is_part[above.index()])?;
            wholes.iter().any(|&whole| whole != outer && tree.is_within(outer, whole)).then_some((part, outer))
        });
        if let Some((part, outer)) = nested {
            reads.problem(Problem::new(
                &code::M002,
                "from",
                format!(
                    "The parts \"{}\" and \"{}\" lie one in the other and would be counted twice",
                    region.id(part),
                    region.id(outer)
                ),
                "Narrow the filter to places that do not contain each other, as by kind",
            ));
        }
    }
}
