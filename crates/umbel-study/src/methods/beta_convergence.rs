//! `beta_convergence`: whether the poor grow faster.

use crate::analysis::people::{estimate, level, told};
use crate::analysis::{Analysis, Cells, Key, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::convergence::beta::{Errors, beta};
use umbel_stats::linear::Estimate;

over_places! {
    /// Parameters of `beta_convergence`.
    pub struct BetaConvergence {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Indicators or columns that steady states differ by (conditional convergence); their figures of the first
        /// period are taken.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub covariates: Vec<String>,
        /// How the standard errors are computed.
        #[serde(default)]
        pub standard_errors: Errors,
        /// Level of the intervals.
        #[serde(default = "level")]
        pub level: f64,
    }
}

impl Analysis for BetaConvergence {
    const NAME: &'static str = "beta_convergence";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Beta convergence: whether the poor grow faster, how fast, and in what time half of the distance is gone.";
    const FORMULA: &'static str = "(ln yᵢ(T) − ln yᵢ(0)) / T = a + b ln yᵢ(0) + Σ cⱼ xᵢⱼ + uᵢ by least squares; speed = −ln(1 + b T) / T; half-life = ln 2 / speed";
    const CITATION: &'static str =
        "Barro and Sala-i-Martin, Convergence, Journal of Political Economy 100(2), 1992, equation 12.";
    const ASSUMPTIONS: &'static str = "Figures are above 0 in the first and the last period; T is the time between them in years. Places without a \
        figure in either, or without a covariate in the first, are left out. Places are independent of each other: where \
        neighbours grow alike, errors are too small (look at `moran` of the residuals).";
    const NOT_FOR: &'static str = "Proof that places grow more alike: a negative b can go with a growing spread (use `sigma_convergence` beside it).";
    const EXAMPLE: &'static str = r#"[income_beta]
method = "beta_convergence"
of = "income_per_person"
periods = ["2014", "2022"]
result = "half_life"
among = { kind = "county" }
title = { en = "Years until half of the distance is gone" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("slope", "What a unit of the logarithm of the first figure does to growth for a year.")
            .with_band("slope_lower", "slope_upper"),
        Quantity::whole("speed", "Part of the distance to the steady state that is gone in a year."),
        Quantity::whole("half_life", "Years in which half of the distance is gone."),
        Quantity::whole("r_squared", "Part of the variance of growth that is explained."),
        Quantity::place("residual", "Growth for a year less what is expected."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(Wanted::list("covariates", &self.covariates));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let last_period = sample.periods.len().checked_sub(1).filter(|&last| last > 0);
        let last_period = last_period.ok_or("growth needs figures of at least 2 periods")?;
        let table = sample.by_place("of")?;
        let columns = (0..self.covariates.len()).map(|at| sample.by_place(&format!("covariates.{at}")));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let (mut at, mut initial, mut last) = (Vec::new(), Vec::new(), Vec::new());
        let mut covariates = vec![Vec::new(); columns.len()];
        for (place, row) in table.iter().enumerate() {
            let (Some(first), Some(end)) = (row[0], row[last_period]) else { continue };
            let Some(values) = columns.iter().map(|column| column[place][0]).collect::<Option<Vec<f64>>>() else {
                continue;
            };
            at.push(place as u32);
            initial.push(first);
            last.push(end);
            covariates.iter_mut().zip(values).for_each(|(list, value)| list.push(value));
        }
        let time = sample.times[last_period] - sample.times[0];
        let found = beta(&initial, &last, time, &covariates, self.standard_errors, self.level);
        let found = found.map_err(|error| told(&error, &at, sample))?;
        let mut outcome = Outcome::new();
        outcome
            .figure("n", at.len())
            .figure("missing", table.len() - at.len())
            .figure("first_period", sample.periods[0].clone())
            .figure("last_period", sample.periods[last_period].clone())
            .figure("time", time)
            .figure("constant", found.constant.estimate)
            .figure("slope", found.slope.estimate)
            .figure("slope_standard_error", found.slope.standard_error)
            .figure("slope_t", found.slope.statistic)
            .figure("slope_p_two_sided", found.slope.p_two_sided)
            .figure("slope_lower", found.slope.lower)
            .figure("slope_upper", found.slope.upper)
            .figure("speed", found.speed)
            .figure("speed_standard_error", found.speed_standard_error)
            .figure("half_life", found.half_life)
            .figure("r_squared", found.r_squared)
            .figure("r_squared_adjusted", found.r_squared_adjusted)
            .figure("f", found.f)
            .figure("p_f", found.p_f)
            .figure("residual_standard_error", found.residual_standard_error)
            .figure("degrees_of_freedom", found.degrees_of_freedom);
        if found.speed.is_none() {
            outcome.note("the slope is so steep that the distance is gone before the last period: there is no speed");
        }
        let mut names = vec!["constant".to_owned(), "slope".to_owned()];
        names.extend(self.covariates.iter().cloned());
        let estimates: Vec<Estimate> =
            [found.constant, found.slope].into_iter().chain(found.covariates.iter().copied()).collect();
        let mut coefficients = Table::named(names);
        let each = estimates.iter().map(|found| estimate(Some(*found))).collect();
        coefficients.columns.push(("coefficient".into(), Cells::Figures(each)));
        outcome.table("coefficients", coefficients);
        let growth: Vec<f64> = initial.iter().zip(&last).map(|(first, last)| (last / first).ln() / time).collect();
        let places = Table::some(Key::Place, at).values("growth", &growth).values("residual", &found.residuals);
        outcome.table("places", places);
        Ok(outcome)
    }
}
