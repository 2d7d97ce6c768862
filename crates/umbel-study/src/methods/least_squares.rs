//! `least_squares`: ordinary least squares with figures of fit and tests of its residuals; and what the regressions of
//! places share.

use crate::analysis::{Analysis, Figure, Key, Name, Outcome, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use umbel_stats::Weights;
use umbel_stats::linear::Estimate;
use umbel_stats::regression::design::Design;
use umbel_stats::regression::least_squares::{Errors, least_squares};
use umbel_stats::regression::residual_tests::Test;
use umbel_stats::regression::spatial_tests::spatial_tests;

/// How the variance of coefficients is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandardErrors {
    /// One variance for all places.
    #[default]
    Classical,
    /// White's errors, which allow for unequal variances.
    Hc0,
    /// White's errors times n / (n - k).
    Hc1,
    /// White's errors, squared residuals over 1 - leverage.
    Hc2,
    /// White's errors, squared residuals over (1 - leverage) squared.
    Hc3,
}

over_places! {
    /// Parameters of `least_squares`.
    pub struct LeastSquares {
        /// The indicator that is explained, or the column of a file.
        pub of: String,
        /// The indicators or columns that explain it; a constant is added.
        pub explained_by: Vec<String>,
        /// Which places are neighbours (`queen`, `k_nearest:4` and so on, or a file): with them the tests for spatial
        /// dependence are made; left out: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weights: Option<String>,
        /// How the variance of coefficients is estimated.
        #[serde(default)]
        pub standard_errors: StandardErrors,
    }
}

/// Places where nothing is missing: their positions, the design, and the names of the coefficients.
pub(super) struct Complete {
    pub at: Vec<u32>,
    pub design: Design,
    pub names: Vec<String>,
    response: String,
    missing: usize,
}

/// A sentence with the names of the columns, where it speaks of their numbers.
pub(super) fn sentence(error: &umbel_stats::Error, names: &[String]) -> String {
    let text = error.to_string();
    if !text.contains("explanatory column ") {
        return text;
    }
    let names = names.iter().enumerate().map(|(at, name)| format!("{} is {name}", at + 1));
    format!("{text}; of the columns, {}", names.collect::<Vec<_>>().join(", "))
}

impl Complete {
    /// From the columns `of` and `explained_by`; places where one is missing are left out.
    pub(super) fn new(sample: &Sample, of: &str, explained_by: &[String]) -> Result<Complete, String> {
        let (response, columns) = (sample.numbers("of")?, sample.list("explained_by")?);
        let there = |row: &u32| {
            let row = *row as usize;
            response.get(row).is_some() && columns.iter().all(|column| column.get(row).is_some())
        };
        let at: Vec<u32> = (0..sample.rows() as u32).filter(there).collect();
        let pick = |column: &crate::analysis::Numbers| -> Vec<f64> {
            at.iter().filter_map(|&row| column.get(row as usize)).collect()
        };
        let columns: Vec<Vec<f64>> = columns.into_iter().map(pick).collect();
        let design = Design::new(&pick(response), &columns).map_err(|error| sentence(&error, explained_by))?;
        let names = std::iter::once("constant".to_owned()).chain(explained_by.iter().cloned()).collect();
        Ok(Complete { missing: sample.rows() - at.len(), at, design, names, response: of.to_owned() })
    }

    /// The weights between these places, every row divided by its sum.
    pub(super) fn weights(&self, sample: &Sample, rule: &str) -> Result<Weights, String> {
        let weights = sample.weights(rule)?;
        let weights = if self.at.len() == weights.len() { weights } else { weights.subset(&self.at) };
        Ok(weights.row_standardised())
    }

    /// The figures that every regression begins with.
    pub(super) fn begin(&self, outcome: &mut Outcome, weights: Option<&Weights>) {
        outcome.figure("explains", self.response.as_str());
        outcome.figure("n", self.at.len());
        outcome.figure("missing", self.missing);
        if self.missing > 0 {
            outcome.note(format!("{} places without all figures are left out", self.missing));
        }
        if let Some(weights) = weights {
            let islands = weights.islands().len();
            outcome.figure("islands", islands);
            if islands > 0 {
                outcome.note(format!("{islands} places have no neighbour; their spatial lag is 0"));
            }
        }
    }

    /// The table of places.
    pub(super) fn places(&self, outcome: &mut Outcome, columns: &[(&'static str, &[f64])]) {
        let table = Table::some(Key::Place, self.at.clone());
        outcome.table("places", columns.iter().fold(table, |table, (name, values)| table.values(*name, values)));
    }
}

/// The table of coefficients; `statistic` is `t` or `z`.
pub(super) fn coefficients(names: &[String], estimates: &[&Estimate], statistic: &'static str) -> Table {
    let column = |of: fn(&Estimate) -> Option<f64>| estimates.iter().map(|estimate| of(estimate)).collect::<Vec<_>>();
    Table::named(names.to_vec())
        .numbers("coefficient", column(|estimate| Some(estimate.estimate)))
        .numbers("standard_error", column(|estimate| Some(estimate.standard_error)))
        .numbers(statistic, column(|estimate| estimate.statistic))
        .numbers("p_two_sided", column(|estimate| estimate.p_two_sided))
        .numbers("lower", column(|estimate| Some(estimate.lower)))
        .numbers("upper", column(|estimate| Some(estimate.upper)))
}

/// A group of figures.
pub(super) fn group(figures: Vec<(&'static str, Figure)>) -> Figure {
    Figure::Group(figures.into_iter().map(|(name, figure)| (Name::from(name), figure)).collect())
}

/// A test as figures; null where it is not defined.
pub(super) fn test(test: Option<&Test>) -> Figure {
    test.map_or(Figure::Number(None), |test| {
        group(vec![("statistic", test.statistic.into()), ("degrees", test.degrees.into()), ("p", test.p.into())])
    })
}

impl Analysis for LeastSquares {
    const NAME: &'static str = "least_squares";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Ordinary least squares: an indicator by others, with tests of the residuals.";
    const FORMULA: &'static str = "b = (X'X)⁻¹X'y, var b = s²(X'X)⁻¹, s² = u'u / (n − k), u = y − Xb";
    const CITATION: &'static str = "Greene, Econometric Analysis, 5th edition, Prentice Hall, 2003, equations 3-6 and \
        4-12, equation 11-13 (White's errors). Tests: Jarque and Bera, Economics Letters 6, 1980, equation 2; Breusch and \
        Pagan, Econometrica 47, 1979, equation 5, with the squares of the columns; Koenker and Bassett, Econometrica 50, \
        1982; White, Econometrica 48, 1980, corollary 1; Anselin, Bera, Florax and Yoon, Regional Science and Urban \
        Economics 26, 1996, equations 8, 9, 12, 13 and 15; Cliff and Ord, Spatial Processes, Pion, 1981, section 8.3.";
    const ASSUMPTIONS: &'static str = "Places that lack one of the figures are left out. Errors are independent between \
        places: where Moran's I of the residuals is far from its expectation they are not, and the standard errors are \
        too small; take a spatial model then. The tests for a lag and an error model, and their robust forms, say which. \
        Weights are row-standardised after places are left out.";
    const NOT_FOR: &'static str = "Causes: a coefficient says what goes together. Columns that nearly depend on each other \
        (condition number above 30).";
    const EXAMPLE: &'static str = r#"[ageing_unexplained]
method = "least_squares"
of = "aged"
explained_by = ["income", "migration"]
weights = "queen"
result = "residual"
among = { kind = "county" }
title = { en = "Ageing that income and migration do not explain" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("r_squared", "Part of the variation that is explained."),
        Quantity::whole("r_squared_adjusted", "The same, adjusted for the number of coefficients."),
        Quantity::whole("log_likelihood", "Logarithm of the likelihood with normal errors."),
        Quantity::whole("akaike", "Akaike's criterion: the lower the better."),
        Quantity::place("fitted", "What the columns lead to expect.").in_unit(UnitOf::Figures),
        Quantity::place("residual", "Observed less fitted.").in_unit(UnitOf::Figures),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(Wanted::list("explained_by", &self.explained_by));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let complete = Complete::new(sample, &self.of, &self.explained_by)?;
        let weights = self.weights.as_ref().map(|rule| complete.weights(sample, rule)).transpose()?;
        let errors = match self.standard_errors {
            StandardErrors::Classical => Errors::Classical,
            StandardErrors::Hc0 => Errors::Hc0,
            StandardErrors::Hc1 => Errors::Hc1,
            StandardErrors::Hc2 => Errors::Hc2,
            StandardErrors::Hc3 => Errors::Hc3,
        };
        let model = least_squares(&complete.design, errors).map_err(|error| sentence(&error, &self.explained_by))?;
        let mut outcome = Outcome::new();
        complete.begin(&mut outcome, weights.as_ref());
        outcome.figure("r_squared", model.r_squared);
        outcome.figure("r_squared_adjusted", model.r_squared_adjusted);
        outcome.figure("f", model.f);
        outcome.figure("f_p", model.f_p);
        outcome.figure("variance", model.variance);
        outcome.figure("log_likelihood", model.log_likelihood);
        outcome.figure("akaike", model.akaike);
        outcome.figure("schwarz", model.schwarz);
        outcome.figure("condition_number", model.condition_number);
        if model.condition_number > 30.0 {
            outcome.note("the columns nearly depend on each other: their coefficients cannot be told apart well");
        }
        let mut diagnostics = vec![
            ("jarque_bera", test(Some(&model.jarque_bera))),
            ("breusch_pagan", test(Some(&model.breusch_pagan))),
            ("koenker_bassett", test(Some(&model.koenker_bassett))),
            ("white", test(model.white.as_ref())),
        ];
        if let Some(weights) = &weights {
            let tests = spatial_tests(&complete.design, &model.residuals, weights);
            let tests = tests.map_err(|error| error.to_string())?;
            let moran = vec![
                ("statistic", tests.moran.moran_i.into()),
                ("expected", tests.moran.expected.into()),
                ("variance", tests.moran.variance.into()),
                ("z_normal", tests.moran.z.into()),
                ("p_two_sided", tests.moran.p_two_sided.into()),
            ];
            diagnostics.extend([
                ("lm_error", test(Some(&tests.lm_error))),
                ("lm_lag", test(Some(&tests.lm_lag))),
                ("robust_lm_error", test(tests.robust_lm_error.as_ref())),
                ("robust_lm_lag", test(tests.robust_lm_lag.as_ref())),
                ("lm_sarma", test(tests.lm_sarma.as_ref())),
                ("moran_of_residuals", group(moran)),
            ]);
        }
        outcome.figure("diagnostics", group(diagnostics));
        let estimates: Vec<&Estimate> = model.coefficients.iter().collect();
        outcome.table("coefficients", coefficients(&complete.names, &estimates, "t"));
        complete.places(&mut outcome, &[("fitted", &model.fitted), ("residual", &model.residuals)]);
        Ok(outcome)
    }
}
