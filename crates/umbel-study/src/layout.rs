//! The layout of the report: reads `report.toml`.

use crate::document::{Positions, against_schema, toml_finding, toml_findings};
use crate::filter::{Filter, Places};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::{DeTable, Deserializer};
use umbel_core::{Finding, Location, Period, Text, code};

/// The layout of the report card.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Layout {
    /// Title by language.
    #[schemars(with = "ByLanguage")]
    pub title: Text,
    /// Subtitle by language.
    #[schemars(with = "ByLanguage")]
    pub subtitle: Text,
    /// Languages of the report, the first one the default.
    pub languages: Vec<String>,
    /// Period that the card speaks of.
    #[schemars(with = "Option<String>")]
    pub period: Option<Period>,
    /// Period from which changes are counted.
    #[schemars(with = "Option<String>")]
    pub base_period: Option<Period>,
    /// Place that the card is about.
    pub region: String,
    /// Jurisdictions, each with a page of its own.
    pub jurisdictions: Option<Places>,
    /// Indicator that counts the people of a place, for whom a plan is good.
    pub population: Option<String>,
    /// Plans shown in the chapter on the plan.
    pub plan: Vec<PlanLayout>,
    /// Figures of the front page: `indicator`, `indicator@place` or `indicator@place@period`.
    pub headlines: Vec<String>,
    /// Map of the front page.
    pub front_map: Option<MapLayout>,
    /// Chapters in their order.
    pub chapter: Vec<Chapter>,
    /// Where each part stands in the file.
    #[serde(skip)]
    #[schemars(skip)]
    pub positions: Positions,
}

/// A plan beside its base.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanLayout {
    /// The plan.
    pub id: String,
    /// The plan that it is compared with; the tables as they stand when left out.
    #[serde(default)]
    pub base: Option<String>,
    /// Periods told; last figures are held for years to come. The horizon of the plan when left out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub periods: Vec<Period>,
    /// Indicators shown first, each with its map.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// What to read it for, by language.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub summary: Text,
}

/// A chapter of the report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// The `system` of its claims and indicators.
    pub id: String,
    /// Title by language.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
    /// What is measured and why, by language.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub summary: Text,
    /// Figures: `indicator`, `indicator@place` or `indicator@place@period`.
    #[serde(default)]
    pub figures: Vec<String>,
    /// Small multiples.
    #[serde(default)]
    pub series: Vec<SeriesLayout>,
    /// Maps.
    #[serde(default)]
    pub maps: Vec<MapLayout>,
    /// Maps of when places came within a limit.
    #[serde(default)]
    pub circles: Vec<CircleLayout>,
    /// Tables of places by columns, coloured by classes.
    #[serde(default)]
    pub matrices: Vec<MatrixLayout>,
    /// Pictures of statistics.
    #[serde(default)]
    pub statistics: Vec<StatisticLayout>,
    /// Flows between places.
    #[serde(default)]
    pub flows: Vec<KindLayout>,
    /// Links between places.
    #[serde(default)]
    pub links: Vec<KindLayout>,
    /// Filter of the projects listed with their stage.
    #[serde(default)]
    pub projects: Option<Filter>,
}

/// One row of small multiples.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesLayout {
    /// Indicator.
    pub indicator: String,
    /// Places, one curve each; the jurisdictions when left out.
    #[serde(default)]
    pub places: Option<Places>,
    /// Title by language; the indicator's when left out.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
}

/// A map.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapLayout {
    /// Indicator.
    pub indicator: String,
    /// Places shown.
    pub places: Places,
    /// Period shown; that of the card when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub period: Option<Period>,
    /// Upper ends of the classes, in the indicator's unit; quantiles when left out.
    #[serde(default)]
    pub classes: Vec<f64>,
    /// Title by language; the indicator's when left out.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
}

/// A map of when places came within a limit: inside which circle, since when, and what opened by then.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CircleLayout {
    /// Indicator, such as minutes to a core.
    pub indicator: String,
    /// Places shown.
    pub places: Places,
    /// The limit: a place is inside when its value is at most this, in the indicator's unit.
    pub within: f64,
    /// The periods looked at, in their order; a place belongs to the first in which it is inside.
    #[schemars(with = "Vec<String>")]
    pub periods: Vec<Period>,
    /// Indicator that says, at the place that the card is about, which share of the people is inside.
    #[serde(default)]
    pub share: Option<String>,
    /// Filter of the projects named beside the period by which they were operating.
    #[serde(default)]
    pub projects: Option<Filter>,
    /// Title by language; the indicator's when left out.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
}

/// A table of places by columns, such as times from city to city or a place's figure year by year.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixLayout {
    /// Places, a row each.
    pub places: Places,
    /// The columns, all in one unit.
    pub columns: Vec<ColumnLayout>,
    /// Upper ends of the classes, in the indicators' unit; quantiles when left out.
    #[serde(default)]
    pub classes: Vec<f64>,
    /// Title by language.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
    /// What is shown and how to read it, by language.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub summary: Text,
}

/// A column of a table of places.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnLayout {
    /// Indicator.
    pub indicator: String,
    /// Period; that of the card when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub period: Option<Period>,
    /// Head by language; the period, else the indicator's title when left out.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
}

/// How a statistic is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatisticForm {
    /// A map of the clusters that a local statistic finds: high among high, low among low, and what stands out.
    Clusters,
    /// A series with its fitted line and the band that the interval of the slope allows.
    Trend,
    /// Ranks with the range that they keep.
    Ranks,
    /// A figure of each place with its interval.
    Intervals,
    /// Growth against the level at the start, with the fitted line.
    Convergence,
    /// A Lorenz curve.
    Lorenz,
    /// Location quotients over a breakdown: a stroke for each place, a row for each part.
    Specialised,
}

/// A picture of a statistic.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticLayout {
    /// Measure whose analysis is drawn.
    pub measure: String,
    /// How it is drawn.
    pub form: StatisticForm,
    /// Period shown; the last when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub period: Option<Period>,
    /// Breakdown shown (`industry=finance`); the total when left out.
    #[serde(default)]
    pub breakdown: Option<String>,
    /// Place shown, of a trend; the first when left out.
    #[serde(default)]
    pub place: Option<String>,
    /// Indicator named on the axis of a Lorenz curve; that of the weights when left out.
    #[serde(default)]
    pub by: Option<String>,
    /// Title by language; the measure's when left out.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
}

/// Flows or links of one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindLayout {
    /// Kind.
    pub kind: String,
    /// Period shown; that of the card when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub period: Option<Period>,
    /// Title by language; that of the kind when left out.
    #[serde(default)]
    #[schemars(with = "ByLanguage")]
    pub title: Text,
}

/// A text, or texts by language code.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum ByLanguage {
    Plain(String),
    Languages(std::collections::BTreeMap<String, String>),
}

impl Layout {
    /// Where a part stands, by its path (`chapter.0.figures.1`).
    pub fn location(&self, path: &str) -> Location {
        self.positions.value(path).unwrap_or_else(|| self.positions.location(0))
    }

    /// Reads `report.toml`. What cannot be read is reported; without it the layout is empty.
    pub fn read(file: &str, text: &str) -> (Layout, Vec<Finding>) {
        let positions = Positions::new(file, text);
        let mut findings = Vec::new();
        let (mut document, errors) = DeTable::parse_recoverable(text);
        findings.extend(toml_findings(&errors, &positions));
        let positions = positions.with(document.get_ref());
        let schema = serde_json::to_value(schemars::schema_for!(Layout)).unwrap_or_default();
        let complete = against_schema(&mut document, &schema, &[], &positions, "the layout", &mut findings);
        let mut layout = match Layout::deserialize(Deserializer::from(document)) {
            Ok(layout) => layout,
            Err(error) => {
                // What is missing, or not TOML at all, has been said.
                if complete && errors.is_empty() {
                    findings.push(toml_finding(&code::M002, &error, &positions));
                }
                Layout::default()
            }
        };
        layout.positions = positions;
        (layout, findings)
    }
}
