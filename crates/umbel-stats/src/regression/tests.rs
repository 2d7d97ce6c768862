//! What must hold for all regressions.

use super::design::Design;
use super::least_squares::{Errors, least_squares, spatial_covariance};
use super::likelihood::around;
use super::log_determinant::{LogDeterminant, Method, lattice};
use super::moments::{Options as MomentOptions, combined_by_moments, lag_by_moments};
use super::moments_error::{ErrorMoments, error_by_moments};
use super::search::{Curve, root};
use super::spatial_error::spatial_error;
use super::spatial_filter::{SpatialFilter, transpose};
use super::spatial_lag::{Options, SpatialLag, spatial_durbin, spatial_lag};
use super::spatial_tests::spatial_tests;
use crate::{Error, Weights};
use proptest::prelude::*;
use umbel_core::random::Stream;

const PLAIN: Options = Options { method: Method::Automatic, draws: 0, seed: 1 };

/// The weights of the `near` nearest of random points: not symmetric.
fn nearest(places: usize, near: usize, seed: u64) -> Weights {
    let mut stream = Stream::new(seed, 9);
    let points: Vec<(f64, f64)> = (0..places).map(|_| (stream.uniform(), stream.uniform())).collect();
    let rows = points.iter().enumerate().map(|(at, from)| {
        let mut all: Vec<(f64, u32)> = points
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(other, to)| ((from.0 - to.0).powi(2) + (from.1 - to.1).powi(2), other as u32))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all.truncate(near);
        all.into_iter().map(|(_, other)| (other, 1.0)).collect::<Vec<_>>()
    });
    Weights::from_rows(rows).expect("weights").row_standardised()
}

/// A response that follows the lag model with rho, and its two columns.
fn data(filter: &SpatialFilter, rho: f64, seed: u64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let places = filter.weights().len();
    let mut stream = Stream::new(seed, 0);
    let columns: Vec<Vec<f64>> = (0..2).map(|_| (0..places).map(|_| stream.normal()).collect()).collect();
    let signal: Vec<f64> =
        (0..places).map(|at| 1.0 + 2.0 * columns[0][at] - columns[1][at] + stream.normal()).collect();
    (filter.solve(rho, &signal).expect("a response"), columns)
}

fn lag(y: &[f64], columns: &[Vec<f64>], filter: &SpatialFilter) -> SpatialLag {
    spatial_lag(&Design::new(y, columns).expect("a design"), filter, PLAIN).expect("a model")
}

fn near(found: f64, wanted: f64, part: f64) {
    assert!((found - wanted).abs() <= part * wanted.abs().max(1e-3), "{found} is not {wanted}");
}

#[test]
fn determinants_agree_by_all_ways() {
    let queen = lattice(24);
    // Two islands and a place that only one other names.
    let mut rows: Vec<Vec<(u32, f64)>> =
        (0..queen.len()).map(|at| queen.neighbours(at).iter().map(|&to| (to, 1.0)).collect()).collect();
    rows.extend([vec![], vec![], vec![(3, 1.0)]]);
    let islands = Weights::from_rows(rows.clone()).expect("weights");
    rows[3].push((578, 2.0));
    let symmetric = Weights::from_rows(rows).expect("weights").row_standardised();
    for weights in [queen.clone(), queen.row_standardised(), islands, symmetric, nearest(300, 5, 1)] {
        let filter = SpatialFilter::new(&weights).expect("a filter");
        let of = |method| LogDeterminant::new(&filter, method).expect("a determinant");
        let (exact, factors, estimate) = (of(Method::Eigenvalues), of(Method::Factorisation), of(Method::Estimate));
        let (lower, upper) = filter.interval();
        for part in [0.02, 0.2, 0.4, 0.6, 0.8, 0.98] {
            let rho = lower + (upper - lower) * part;
            let wanted = exact.value(rho).expect("a value");
            let found = factors.value(rho).expect("a value");
            assert!((found - wanted).abs() < 1e-9 * wanted.abs().max(1.0), "{rho}: {found} {wanted}");
            let (found, error) =
                (estimate.value(rho).expect("a value"), estimate.standard_error(rho).expect("an error"));
            assert!((found - wanted).abs() < 5.0 * error + 1e-3, "{rho}: {found} {wanted} {error}");
            assert!(error < 0.05 * wanted.abs() + 1e-3, "{rho}: {error} of {wanted}");
        }
        assert_eq!(exact.value(0.0).expect("a value"), 0.0);
        assert!(exact.value(upper).is_err() && factors.value(upper + 0.1).is_err() && exact.value(lower).is_err());
    }
}

#[test]
fn curves_stand_for_functions_and_their_derivatives() {
    let filter = SpatialFilter::new(&lattice(12).row_standardised()).expect("a filter");
    let determinant = LogDeterminant::new(&filter, Method::Eigenvalues).expect("a determinant");
    for range in [(-0.2, 0.3), (-1.0, 4.0), (2.0, 8.0)] {
        let curve = Curve::new(filter.interval(), range, 72, |rho| determinant.value(rho)).expect("a curve");
        let (from, to) = curve.range();
        for part in [0.1, 0.5, 0.93] {
            let rho = from + part * (to - from);
            near(curve.value(rho), determinant.value(rho).expect("a value"), 1e-12);
            let step = 1e-4 * (to - from);
            let ahead = |by: f64| determinant.value(rho + by * step).expect("a value");
            let slope = (8.0 * (ahead(1.0) - ahead(-1.0)) - (ahead(2.0) - ahead(-2.0))) / (12.0 * step);
            near(curve.slope(rho), slope, 1e-7);
            let bend = (ahead(1.0) - 2.0 * ahead(0.0) + ahead(-1.0)) / (step * step);
            near(curve.bend(rho), bend, 1e-4);
        }
    }
    assert_eq!(root(|x| Ok(x * x * x - 2.0), 0.0, 2.0).expect("a root"), 2.0_f64.cbrt());
}

#[test]
fn traces_come_from_the_determinant_and_from_probes() {
    // Exact and estimated tr(G'G) on either side of the limit, against the dense inverse.
    let filter = SpatialFilter::new(&lattice(14).row_standardised()).expect("a filter");
    let rho = 0.55;
    let places = filter.weights().len();
    let column = |at: usize| {
        let unit: Vec<f64> = (0..places).map(|other| f64::from(u8::from(other == at))).collect();
        filter.weights().lag(&filter.solve(rho, &unit).expect("a solution"))
    };
    let g: Vec<Vec<f64>> = (0..places).map(column).collect();
    let product: f64 = g.iter().flatten().map(|value| value * value).sum();
    let square: f64 = (0..places).map(|a| (0..places).map(|b| g[a][b] * g[b][a]).sum::<f64>()).sum();
    let trace: f64 = (0..places).map(|at| g[at][at]).sum();
    let determinant = LogDeterminant::new(&filter, Method::Factorisation).expect("a determinant");
    let curve = around(&determinant, rho, 0.1).expect("a curve");
    near(-curve.slope(rho), trace, 1e-10);
    near(-curve.bend(rho), square, 1e-8);
    near(filter.trace_of_squares(rho, square).expect("a trace").0, product, 1e-10);
    let large = SpatialFilter::new(&lattice(48).row_standardised()).expect("a filter");
    let determinant = LogDeterminant::new(&large, Method::Automatic).expect("a determinant");
    assert_eq!(determinant.method(), Method::Factorisation);
    let curve = around(&determinant, rho, 0.02).expect("a curve");
    let (found, error) = large.trace_of_squares(rho, -curve.bend(rho)).expect("a trace");
    assert!(error > 0.0 && error < 0.01 * found, "{error} {found}");
}

#[test]
fn solutions_solve() {
    for weights in [lattice(20), lattice(20).row_standardised(), nearest(200, 6, 4)] {
        let filter = SpatialFilter::new(&weights).expect("a filter");
        let mut stream = Stream::new(3, 0);
        let b: Vec<f64> = (0..weights.len()).map(|_| stream.normal()).collect();
        for part in [-0.99, -0.4, 0.0, 0.5, 0.97] {
            let rho = part * if part < 0.0 { -filter.interval().0 } else { filter.interval().1 };
            let x = filter.solve(rho, &b).expect("a solution");
            let back = filter.apply(rho, &x);
            let most = x.iter().fold(1.0_f64, |most, value| most.max(value.abs()));
            let off = back.iter().zip(&b).fold(0.0_f64, |most, (back, b)| most.max((back - b).abs()));
            assert!(off < 1e-12 * most, "{part}: {off}");
        }
        assert_eq!(transpose(&transpose(&weights)), weights);
    }
}

#[test]
fn parameters_are_found_again() {
    let filter = SpatialFilter::new(&lattice(40).row_standardised()).expect("a filter");
    let (y, columns) = data(&filter, 0.6, 5);
    let design = Design::new(&y, &columns).expect("a design");
    let options = Options { draws: 500, ..Options::default() };
    let model = spatial_lag(&design, &filter, options).expect("a model");
    assert!((model.rho.estimate - 0.6).abs() < 4.0 * model.rho.standard_error);
    assert!(
        model.rho_likelihood_interval.0 < model.rho.estimate && model.rho_likelihood_interval.1 > model.rho.estimate
    );
    // Wald's interval and that of the likelihood ratio are close in large samples.
    assert!((model.rho_likelihood_interval.0 - model.rho.lower).abs() < 0.3 * model.rho.standard_error);
    let impact = model.impacts.columns[0];
    near(impact.total.estimate, model.coefficients[1].estimate / (1.0 - model.rho.estimate), 1e-12);
    near(impact.direct.estimate + impact.indirect.estimate, impact.total.estimate, 1e-12);
    let error = impact.total.standard_error.expect("an error");
    assert!(impact.total.lower.expect("an end") < impact.total.estimate - error);
    assert!((impact.total.estimate - 5.0).abs() < 4.0 * error);
    // The delta method, from the same covariance.
    let (slope, rho) = (model.coefficients[1].estimate, model.rho.estimate);
    let gradient = [1.0 / (1.0 - rho), slope / (1.0 - rho).powi(2)];
    let (v, at) = (&model.covariance, [1, 3]);
    let delta: f64 =
        (0..2).flat_map(|a| (0..2).map(move |b| gradient[a] * gradient[b] * v[at[a]][at[b]])).sum::<f64>().sqrt();
    near(error, delta, 0.15);
    let moments = lag_by_moments(&design, &filter, false, MomentOptions::default()).expect("a model");
    assert!((moments.rho.estimate - 0.6).abs() < 4.0 * moments.rho.standard_error);
    near(
        moments.impacts.expect("impacts").columns[0].total.estimate,
        moments.coefficients[1].estimate / (1.0 - moments.rho.estimate),
        1e-9,
    );
    let durbin = spatial_durbin(&design, &filter, PLAIN).expect("a model");
    assert!(durbin.log_likelihood >= model.log_likelihood);
    for lagged in &durbin.coefficients[3..] {
        assert!(lagged.estimate.abs() < 4.5 * lagged.standard_error);
    }
    let tests =
        spatial_tests(&design, &least_squares(&design, Errors::Classical).expect("ols").residuals, filter.weights());
    assert!(tests.expect("tests").lm_lag.p < 1e-9);
}

#[test]
fn error_models_find_their_lambda() {
    let filter = SpatialFilter::new(&lattice(35).row_standardised()).expect("a filter");
    let places = filter.weights().len();
    let mut stream = Stream::new(8, 0);
    let column: Vec<f64> = (0..places).map(|_| stream.normal()).collect();
    let noise: Vec<f64> = (0..places).map(|_| stream.normal()).collect();
    let errors = filter.solve(0.5, &noise).expect("errors");
    let y: Vec<f64> = column.iter().zip(&errors).map(|(x, u)| 3.0 + 2.0 * x + u).collect();
    let design = Design::new(&y, &[column]).expect("a design");
    let model = spatial_error(&design, &filter, Method::Automatic).expect("a model");
    assert!((model.lambda.estimate - 0.5).abs() < 4.0 * model.lambda.standard_error);
    let other = spatial_error(&design, &filter, Method::Eigenvalues).expect("a model");
    near(model.lambda.estimate, other.lambda.estimate, 1e-10);
    near(model.lambda.standard_error, other.lambda.standard_error, 1e-8);
    for moments in [ErrorMoments::Equal, ErrorMoments::Heteroskedastic] {
        let found = error_by_moments(&design, &filter, moments).expect("a model");
        assert!((found.lambda - 0.5).abs() < 0.15, "{}", found.lambda);
        near(found.coefficients[1].estimate, model.coefficients[1].estimate, 0.02);
        near(found.coefficients[1].standard_error, model.coefficients[1].standard_error, 0.1);
    }
    let combined = combined_by_moments(&design, &filter, MomentOptions::default()).expect("a model");
    assert!(combined.rho.estimate.abs() < 4.0 * combined.rho.standard_error);
    assert!((combined.lambda.expect("lambda") - 0.5).abs() < 0.2);
}

#[test]
fn islands_and_weights_of_every_kind_are_handled() {
    let mut rows: Vec<Vec<(u32, f64)>> =
        (0..100).map(|at| lattice(10).neighbours(at).iter().map(|&to| (to, 1.0)).collect()).collect();
    rows.extend([vec![], vec![]]);
    let islands = Weights::from_rows(rows).expect("weights").row_standardised();
    for weights in [islands, lattice(10), nearest(90, 4, 2)] {
        let filter = SpatialFilter::new(&weights).expect("a filter");
        let rho = 0.5 * filter.interval().1;
        let (y, columns) = data(&filter, rho, 11);
        let design = Design::new(&y, &columns).expect("a design");
        let options = Options { draws: 50, ..Options::default() };
        let model = spatial_lag(&design, &filter, options).expect("a model");
        let other =
            spatial_lag(&design, &filter, Options { method: Method::Factorisation, ..options }).expect("a model");
        near(model.rho.estimate, other.rho.estimate, 1e-9);
        near(model.rho.standard_error, other.rho.standard_error, 1e-7);
        // Effects by their definition, from the inverse.
        let places = weights.len();
        let rho = model.rho.estimate;
        let (mut trace, mut all) = (0.0, 0.0);
        for at in 0..places {
            let unit: Vec<f64> = (0..places).map(|other| f64::from(u8::from(other == at))).collect();
            let column = filter.solve(rho, &unit).expect("a column");
            trace += column[at];
            all += column.iter().sum::<f64>();
        }
        let (slope, impact) = (model.coefficients[1].estimate, model.impacts.columns[0]);
        near(impact.direct.estimate, slope * trace / places as f64, 1e-9);
        near(impact.total.estimate, slope * all / places as f64, 1e-9);
        assert!(impact.total.standard_error.expect("an error") > 0.0);
        let durbin = spatial_durbin(&design, &filter, options).expect("a model");
        assert_eq!((durbin.coefficients.len(), durbin.impacts.columns.len()), (5, 2));
        assert!(lag_by_moments(&design, &filter, true, MomentOptions::default()).is_ok());
    }
}

#[test]
fn what_cannot_be_computed_says_why() {
    let filter = SpatialFilter::new(&lattice(6).row_standardised()).expect("a filter");
    let (y, columns) = data(&filter, 0.3, 1);
    let both: Vec<f64> = columns[0].iter().zip(&columns[1]).map(|(a, b)| a - 2.0 * b).collect();
    let collinear = [columns.clone(), vec![both]].concat();
    assert!(matches!(Design::new(&y, &collinear), Err(Error::Singular { .. })));
    assert!(matches!(Design::new(&[2.0; 36], &columns), Err(Error::Constant { .. })));
    assert!(matches!(Design::new(&y, &[vec![1.0; 36]]), Err(Error::Constant { .. })));
    assert!(matches!(Design::new(&y, &[]), Err(Error::Parameter { .. })));
    assert!(matches!(
        Design::new(&y[..4], &[columns[0][..4].to_vec(), columns[1][..4].to_vec()]),
        Err(Error::TooFew { .. })
    ));
    assert!(matches!(Design::new(&y, &[columns[0][..5].to_vec()]), Err(Error::Length { .. })));
    let mut broken = y.clone();
    broken[7] = f64::INFINITY;
    assert!(matches!(Design::new(&broken, &columns), Err(Error::NotFinite { at: 7, .. })));
    assert!(Design::new(&[], &[]).is_err() && Design::new(&[1.0], &[vec![1.0]]).is_err());

    let none = Weights::from_rows(vec![Vec::<(u32, f64)>::new(); 36]).expect("weights");
    assert!(matches!(SpatialFilter::new(&none), Err(Error::NoNeighbours)));
    let own = Weights::from_rows((0..36).map(|at| [(at, 1.0), ((at + 1) % 36, 1.0)])).expect("weights");
    assert!(matches!(SpatialFilter::new(&own), Err(Error::Parameter { .. })));
    let design = Design::new(&y, &columns).expect("a design");
    let other = SpatialFilter::new(&lattice(5)).expect("a filter");
    assert!(matches!(spatial_lag(&design, &other, PLAIN), Err(Error::Length { .. })));
    assert!(matches!(spatial_error(&design, &other, Method::Automatic), Err(Error::Length { .. })));
    let residuals = least_squares(&design, Errors::Classical).expect("ols").residuals;
    assert!(matches!(spatial_tests(&design, &residuals, &none), Err(Error::NoNeighbours)));

    // A response that the columns explain without a residual.
    let exact: Vec<f64> = columns[0].iter().map(|x| 2.0 * x - 1.0).collect();
    let perfect = Design::new(&exact, &columns).expect("a design");
    assert!(least_squares(&perfect, Errors::Classical).is_err());
    assert!(spatial_lag(&perfect, &filter, PLAIN).is_err());
    assert!(spatial_error(&perfect, &filter, Method::Automatic).is_err());
    assert!(error_by_moments(&perfect, &filter, ErrorMoments::Heteroskedastic).is_err());
    assert!(lag_by_moments(&perfect, &filter, false, MomentOptions::default()).is_err());
    let options = MomentOptions { instrument_lags: 0, ..MomentOptions::default() };
    assert!(matches!(lag_by_moments(&design, &filter, false, options), Err(Error::Parameter { .. })));
}

#[test]
fn a_likelihood_that_rises_to_the_bound_is_an_error() {
    // All places are neighbours of all others: W y is a line in y, so that rho goes to its lower bound.
    let all = (0..12_u32).map(|at| (0..12).filter(|&to| to != at).map(|to| (to, 1.0)).collect::<Vec<_>>());
    let filter = SpatialFilter::new(&Weights::from_rows(all).expect("weights").row_standardised()).expect("a filter");
    let mut stream = Stream::new(2, 0);
    let mut list = || (0..12).map(|_| stream.normal()).collect::<Vec<f64>>();
    let design = Design::new(&list(), &[list()]).expect("a design");
    let found = spatial_lag(&design, &filter, PLAIN);
    assert!(matches!(found, Err(Error::Singular { .. })), "{found:?}");
}

#[test]
fn kernel_errors_hold_white_errors_as_their_limit() {
    let filter = SpatialFilter::new(&lattice(9).row_standardised()).expect("a filter");
    let (y, columns) = data(&filter, 0.3, 6);
    let design = Design::new(&y, &columns).expect("a design");
    let white = least_squares(&design, Errors::Hc0).expect("ols");
    let none = Weights::from_rows(vec![Vec::<(u32, f64)>::new(); 81]).expect("weights");
    let alone = spatial_covariance(&design, &white.residuals, &none).expect("a covariance");
    near(alone[1][1], white.covariance[1][1], 1e-12);
    let near_ones = lattice(9).map_rows(|_, _, row| row.fill(0.25));
    let found = spatial_covariance(&design, &white.residuals, &near_ones).expect("a covariance");
    // By the sum over all pairs.
    let inverse = design.basis().inverse_cross_product();
    let mut meat = [[0.0; 3]; 3];
    for a in 0..81 {
        for b in 0..81 {
            let kernel = if a == b {
                1.0
            } else if near_ones.neighbours(a).contains(&(b as u32)) {
                0.25
            } else {
                0.0
            };
            let both = kernel * white.residuals[a] * white.residuals[b];
            (0..3).for_each(|r| {
                (0..3).for_each(|c| meat[r][c] += both * design.columns()[r][a] * design.columns()[c][b])
            });
        }
    }
    let wanted: f64 = (0..3).map(|r| (0..3).map(|c| inverse[(1, r)] * meat[r][c] * inverse[(c, 1)]).sum::<f64>()).sum();
    near(found[1][1], wanted, 1e-10);
    assert!(spatial_covariance(&design, &white.residuals, &lattice(8)).is_err());
}

#[test]
fn robust_errors_agree_with_the_peer() {
    // statsmodels 0.15.0: OLS(y, X).fit(cov_type="HC0" | "HC1" | "HC2" | "HC3").bse.
    let x = [1.0, 2.0, 4.0, 5.0, 7.0, 11.0, 12.0];
    let y = [2.1, 2.9, 5.2, 4.1, 9.3, 10.2, 15.1];
    let design = Design::new(&y, &[x.to_vec()]).expect("a design");
    let error = |errors| least_squares(&design, errors).expect("ols").coefficients[1].standard_error;
    let robust = [
        (Errors::Hc0, 0.140_352_958_840_057_88),
        (Errors::Hc1, 0.166_067_860_458_375_8),
        (Errors::Hc2, 0.185_133_188_260_464_96),
        (Errors::Hc3, 0.245_453_417_601_964_3),
    ];
    for (errors, wanted) in robust {
        near(error(errors), wanted, 1e-12);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn models_follow_units_and_labels(seed in 0_u64..500, scale in 1e-3_f64..1e3, shift in -1e3_f64..1e3) {
        let weights = lattice(9).row_standardised();
        let filter = SpatialFilter::new(&weights)?;
        let (y, columns) = data(&filter, 0.4, seed);
        let plain = lag(&y, &columns, &filter);
        let error = spatial_error(&Design::new(&y, &columns)?, &filter, Method::Automatic)?;
        let y_scaled: Vec<f64> = y.iter().map(|value| value * scale).collect();
        let moved = vec![columns[0].iter().map(|x| x / scale + shift).collect(), columns[1].clone()];
        let scaled = lag(&y_scaled, &moved, &filter);
        prop_assert!((scaled.rho.estimate - plain.rho.estimate).abs() < 1e-8);
        let slope = plain.coefficients[1].estimate * scale * scale;
        prop_assert!((scaled.coefficients[1].estimate - slope).abs() < 1e-7 * slope.abs());
        let wanted = plain.coefficients[1].standard_error * scale * scale;
        prop_assert!((scaled.coefficients[1].standard_error - wanted).abs() < 1e-6 * wanted);
        let other = spatial_error(&Design::new(&y_scaled, &moved)?, &filter, Method::Automatic)?;
        prop_assert!((other.lambda.estimate - error.lambda.estimate).abs() < 1e-8);

        // Places in another order.
        let mut order: Vec<u32> = (0..81).collect();
        Stream::new(seed, 77).shuffle(&mut order);
        let mut number = vec![0_u32; 81];
        order.iter().enumerate().for_each(|(new, &old)| number[old as usize] = new as u32);
        let rows = order.iter().map(|&old| {
            let pairs = weights.neighbours(old as usize).iter().zip(weights.weights(old as usize));
            pairs.map(|(&to, &weight)| (number[to as usize], weight)).collect::<Vec<_>>()
        });
        let relabelled = SpatialFilter::new(&Weights::from_rows(rows)?)?;
        let pick = |values: &[f64]| order.iter().map(|&old| values[old as usize]).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = columns.iter().map(|column| pick(column)).collect();
        let other = lag(&pick(&y), &columns, &relabelled);
        prop_assert!((other.rho.estimate - plain.rho.estimate).abs() < 1e-10);
        prop_assert!((other.log_likelihood - plain.log_likelihood).abs() < 1e-9 * plain.log_likelihood.abs());
        prop_assert!((other.residuals[number[5] as usize] - plain.residuals[5]).abs() < 1e-9);
    }
}

#[test]
fn threads_give_the_same_bits() {
    let weights = lattice(60).row_standardised();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let filter = SpatialFilter::new(&weights).expect("a filter");
            let (y, columns) = data(&filter, 0.4, 3);
            let design = Design::new(&y, &columns).expect("a design");
            let options = Options { draws: 20, ..Options::default() };
            let model = spatial_lag(&design, &filter, options).expect("a model");
            let estimated =
                spatial_lag(&design, &filter, Options { method: Method::Estimate, ..options }).expect("a model");
            (model.covariance, model.rho, model.impacts, estimated.rho, estimated.log_determinant_error)
        })
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one, two);
    // The estimate is as near as its error says.
    assert!((one.1.estimate - one.3.estimate).abs() < 0.2 * one.1.standard_error, "{:?} {:?}", one.1, one.3);
}
