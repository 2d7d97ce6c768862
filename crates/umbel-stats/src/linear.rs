//! Least squares, shared by the panels and the regressions: an orthonormal basis of the columns, solutions, and the
//! covariance matrices that are built from scores.
//!
//! Sums are taken over blocks of fixed length and added in order, so that they do not depend on the number of threads.

use crate::distribution::{normal_quantile, normal_two_sided, student_critical, student_two_sided};
use crate::{Error, error};
use faer::{Mat, Side};
use rayon::prelude::*;
use serde::Serialize;

/// Rows summed in one go.
const BLOCK: usize = 1 << 14;

/// The part of a column's length that the columns before it must leave over; below it the column counts as collinear.
/// R's `lm` uses 1e-7; the second orthogonalisation here leaves less noise.
pub const COLLINEAR: f64 = 1e-9;

/// Sum over rows of a function of each block of rows, blocks in parallel, added in order.
pub(crate) fn blocks(rows: usize, sum: impl Fn(std::ops::Range<usize>) -> f64 + Sync) -> f64 {
    let count = rows.div_ceil(BLOCK);
    let block = |number: usize| sum(number * BLOCK..rows.min((number + 1) * BLOCK));
    if count <= 4 {
        return (0..count).map(block).sum();
    }
    (0..count).into_par_iter().map(block).collect::<Vec<f64>>().into_iter().sum()
}

/// Eight sums side by side: fast, and with a smaller error than one after the other.
fn dot_block(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (eights_a, rest_a) = a.as_chunks::<8>();
    let (eights_b, rest_b) = b.as_chunks::<8>();
    for (a, b) in eights_a.iter().zip(eights_b) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7])) + rest
}

/// The inner product of two lists of the same length.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    blocks(a.len().min(b.len()), |rows| dot_block(&a[rows.clone()], &b[rows]))
}

/// `to += factor * from`.
pub fn add_scaled(to: &mut [f64], factor: f64, from: &[f64]) {
    let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += factor * from);
    if to.len() <= 4 * BLOCK {
        add(to, from);
    } else {
        to.par_chunks_mut(BLOCK).zip(from.par_chunks(BLOCK)).for_each(|(to, from)| add(to, from));
    }
}

/// An orthonormal basis Q of columns X with X = Q R, for the columns that do not depend on those before them.
///
/// By classical Gram-Schmidt, each column orthogonalised twice, which is as accurate as Householder's reflections and
/// finds collinear columns in their order. O(n k^2) for n rows and k columns.
///
/// Source: Giraud, Langou, Rozloznik, van den Eshof, Rounding error analysis of the classical Gram-Schmidt
/// orthogonalization process, Numerische Mathematik 101, 2005 ("twice is enough").
#[derive(Clone, Debug)]
pub struct Basis {
    rows: usize,
    given: usize,
    kept: Vec<usize>,
    collinear: Vec<usize>,
    q: Vec<Vec<f64>>,
    /// Upper triangle.
    r: Mat<f64>,
    /// Inverse of `r`.
    inverse: Mat<f64>,
}

/// A solution of least squares.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Coefficients of the columns that are kept, in their order.
    pub coefficients: Vec<f64>,
    /// Observed less fitted.
    pub residuals: Vec<f64>,
    /// Sum of squared residuals.
    pub squares: f64,
}

impl Basis {
    /// From columns of the same length. For weighted least squares multiply columns and response by the square roots
    /// of the weights first.
    ///
    /// `lengths` are the Euclidean lengths that [`COLLINEAR`] is measured against; the columns' own where `None`. Give
    /// those from before demeaning where columns were demeaned.
    ///
    /// # Errors
    /// Columns of different length or with values that are not finite; more columns kept than rows; no column kept.
    pub fn of(columns: Vec<Vec<f64>>, lengths: Option<&[f64]>) -> Result<Basis, Error> {
        let (given, rows) = (columns.len(), columns.first().map_or(0, Vec::len));
        for column in &columns {
            error::length("a column", rows, column.len())?;
            error::finite("a column", column)?;
        }
        let (mut q, mut kept, mut collinear): (Vec<Vec<f64>>, _, _) =
            (Vec::with_capacity(given), Vec::new(), Vec::new());
        let mut r: Vec<Vec<f64>> = Vec::new();
        for (number, mut column) in columns.into_iter().enumerate() {
            // Scaled by the largest value, so that squares neither overflow nor vanish.
            let most = column.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            let scale = if most > 0.0 { most } else { 1.0 };
            if most != 0.0 && !(1e-100..1e100).contains(&most) {
                column.iter_mut().for_each(|value| *value /= scale);
            }
            let scale = if most != 0.0 && !(1e-100..1e100).contains(&most) { scale } else { 1.0 };
            let length = lengths.map_or_else(|| dot(&column, &column).sqrt(), |lengths| lengths[number] / scale);
            let mut entries = vec![0.0; q.len()];
            for _ in 0..2 {
                let inner: Vec<f64> = q.iter().map(|base| dot(base, &column)).collect();
                for ((entry, inner), base) in entries.iter_mut().zip(inner).zip(&q) {
                    add_scaled(&mut column, -inner, base);
                    *entry += inner;
                }
            }
            let left = dot(&column, &column).sqrt();
            if left <= COLLINEAR * length || q.len() >= rows {
                collinear.push(number);
                continue;
            }
            column.iter_mut().for_each(|value| *value /= left);
            entries.push(left);
            entries.iter_mut().for_each(|entry| *entry *= scale);
            r.push(entries);
            q.push(column);
            kept.push(number);
        }
        if q.is_empty() {
            let why = if given == 0 { "there is no column" } else { "no column varies" };
            return Err(Error::Singular { what: "least squares", why: why.to_owned() });
        }
        let size = q.len();
        let r = Mat::from_fn(size, size, |row, column| if row <= column { r[column][row] } else { 0.0 });
        let mut inverse = Mat::zeros(size, size);
        for column in 0..size {
            inverse[(column, column)] = 1.0 / r[(column, column)];
            for row in (0..column).rev() {
                let sum: f64 = (row + 1..=column).map(|at| r[(row, at)] * inverse[(at, column)]).sum();
                inverse[(row, column)] = -sum / r[(row, row)];
            }
        }
        Ok(Basis { rows, given, kept, collinear, q, r, inverse })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns kept: the rank.
    pub fn rank(&self) -> usize {
        self.q.len()
    }

    /// Positions of the columns kept, ascending.
    pub fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// Positions of the columns left out since they depend on those before them.
    pub fn collinear(&self) -> &[usize] {
        &self.collinear
    }

    /// The orthonormal columns.
    pub fn q(&self) -> &[Vec<f64>] {
        &self.q
    }

    /// The upper triangle R of the columns kept.
    pub fn r(&self) -> &Mat<f64> {
        &self.r
    }

    /// Least squares. O(n k).
    ///
    /// # Errors
    /// A response of another length, or with a value that is not finite.
    pub fn solve(&self, response: &[f64]) -> Result<Solution, Error> {
        error::length("the response", self.rows, response.len())?;
        error::finite("the response", response)?;
        let mut residuals = response.to_vec();
        let mut projected = vec![0.0; self.rank()];
        for _ in 0..2 {
            let inner: Vec<f64> = self.q.iter().map(|base| dot(base, &residuals)).collect();
            for ((entry, inner), base) in projected.iter_mut().zip(inner).zip(&self.q) {
                add_scaled(&mut residuals, -inner, base);
                *entry += inner;
            }
        }
        let coefficients = self.back(&projected);
        let squares = dot(&residuals, &residuals);
        Ok(Solution { coefficients, residuals, squares })
    }

    /// Solves R b = c.
    fn back(&self, projected: &[f64]) -> Vec<f64> {
        let mut solution = projected.to_vec();
        for row in (0..self.rank()).rev() {
            let known: f64 = (row + 1..self.rank()).map(|at| self.r[(row, at)] * solution[at]).sum();
            solution[row] = (solution[row] - known) / self.r[(row, row)];
        }
        solution
    }

    /// (X'X)^-1 of the columns kept. O(k^3).
    pub fn inverse_cross_product(&self) -> Mat<f64> {
        &self.inverse * self.inverse.transpose()
    }

    /// The diagonal of the hat matrix X (X'X)^-1 X'. O(n k).
    pub fn leverages(&self) -> Vec<f64> {
        let mut leverages = vec![0.0; self.rows];
        for base in &self.q {
            leverages.iter_mut().zip(base).for_each(|(sum, value)| *sum += value * value);
        }
        leverages
    }

    /// (X'X)^-1 M (X'X)^-1, where `meat` is M in terms of Q: the sum of outer products of scores of Q, not of X.
    pub fn sandwich(&self, meat: &Mat<f64>) -> Mat<f64> {
        &self.inverse * meat * self.inverse.transpose()
    }

    /// The sum over rows of `factor(row)^2` q_row q_row': the meat of heteroskedasticity-robust errors where `factors`
    /// are the residuals (divided by 1 - leverage, and so on). O(n k^2).
    pub fn meat_rows(&self, factors: &[f64]) -> Mat<f64> {
        let rank = self.rank();
        let mut meat = Mat::zeros(rank, rank);
        for row in 0..rank {
            for column in 0..=row {
                let (a, b) = (&self.q[row], &self.q[column]);
                let sum = blocks(self.rows, |rows| {
                    let pairs = a[rows.clone()].iter().zip(&b[rows.clone()]);
                    pairs.zip(&factors[rows]).map(|((a, b), factor)| a * b * factor * factor).sum()
                });
                meat[(row, column)] = sum;
                meat[(column, row)] = sum;
            }
        }
        meat
    }

    /// Sums of `factor(row) q_row` over the rows of each group: a list of `groups` sums for each column of Q. O(n k).
    pub fn group_scores(&self, factors: &[f64], group: &[u32], groups: usize) -> Vec<Vec<f64>> {
        let one = |base: &Vec<f64>| {
            let mut sums = vec![0.0; groups];
            for ((&group, value), factor) in group.iter().zip(base).zip(factors) {
                sums[group as usize] += value * factor;
            }
            sums
        };
        self.q.par_iter().map(one).collect()
    }

    /// Puts a list for the columns kept (coefficients, errors) at the places of all columns given; `None` for those
    /// that are collinear.
    pub fn spread<T: Clone>(&self, kept: &[T]) -> Vec<Option<T>> {
        let mut all = vec![None; self.given];
        for (&at, value) in self.kept.iter().zip(kept) {
            all[at] = Some(value.clone());
        }
        all
    }
}

/// The sum of outer products of columns with each other: entry (i, j) is the inner product of lists i and j.
pub fn cross_product(columns: &[Vec<f64>]) -> Mat<f64> {
    let mut product = Mat::zeros(columns.len(), columns.len());
    for row in 0..columns.len() {
        for column in 0..=row {
            let value = dot(&columns[row], &columns[column]);
            product[(row, column)] = value;
            product[(column, row)] = value;
        }
    }
    product
}

/// The inverse of a symmetric positive definite matrix, by Cholesky's factors of the matrix scaled to a unit diagonal.
/// O(k^3).
///
/// # Errors
/// [`Error::Singular`] when it is not positive definite.
pub fn symmetric_inverse(what: &'static str, matrix: &Mat<f64>) -> Result<Mat<f64>, Error> {
    let singular = || Error::Singular { what, why: "its matrix is not positive definite".to_owned() };
    let size = matrix.nrows();
    let scale: Vec<f64> = (0..size).map(|at| 1.0 / matrix[(at, at)].sqrt()).collect();
    if !scale.iter().all(|scale| scale.is_finite() && *scale > 0.0) {
        return Err(singular());
    }
    let scaled = Mat::from_fn(size, size, |row, column| matrix[(row, column)] * scale[row] * scale[column]);
    let factors = scaled.llt(Side::Lower).map_err(|_| singular())?;
    let lower = factors.L();
    if (0..size).any(|at| lower[(at, at)] < 1e-8 || !lower[(at, at)].is_finite()) {
        return Err(singular());
    }
    let mut inverse = Mat::zeros(size, size);
    for column in 0..size {
        inverse[(column, column)] = 1.0 / lower[(column, column)];
        for row in column + 1..size {
            let sum: f64 = (column..row).map(|at| lower[(row, at)] * inverse[(at, column)]).sum();
            inverse[(row, column)] = -sum / lower[(row, row)];
        }
    }
    let product = inverse.transpose() * &inverse;
    Ok(Mat::from_fn(size, size, |row, column| product[(row, column)] * scale[row] * scale[column]))
}

/// Wald's statistic b' V^-1 b of the hypothesis that all of `estimates` are zero.
///
/// # Errors
/// When their covariance matrix cannot be inverted (more restrictions than clusters, a perfect fit).
pub fn wald(estimates: &[f64], covariance: &Mat<f64>) -> Result<f64, Error> {
    let inverse = symmetric_inverse("the joint test", covariance)?;
    let size = estimates.len();
    let rows =
        (0..size).map(|row| estimates[row] * (0..size).map(|at| inverse[(row, at)] * estimates[at]).sum::<f64>());
    Ok(rows.sum())
}

/// An estimate with its error and test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Estimate by error: t, or z where no degrees of freedom are given. `None` where the error is zero.
    pub statistic: Option<f64>,
    /// P of a statistic as far from zero under the hypothesis of zero.
    pub p_two_sided: Option<f64>,
    /// Lower end of the interval of confidence.
    pub lower: f64,
    /// Upper end of the interval of confidence.
    pub upper: f64,
}

impl Estimate {
    /// From an estimate and its variance, by Student's t with degrees of freedom, or the normal distribution for
    /// `None`; `confidence` is the level of the interval, such as 0.95. A variance that rounding made negative is 0.
    pub fn new(estimate: f64, variance: f64, degrees: Option<f64>, confidence: f64) -> Estimate {
        let error = variance.max(0.0).sqrt();
        // A perfect fit leaves only noise of rounding as its error: no test.
        let tested = error > 1e-14 * estimate.abs() && error > 0.0 && degrees.is_none_or(|degrees| degrees > 0.0);
        let statistic = tested.then(|| estimate / error);
        let p = statistic.map(|statistic| match degrees {
            Some(degrees) => student_two_sided(statistic, degrees),
            None => normal_two_sided(statistic),
        });
        let critical = match degrees {
            Some(degrees) if degrees > 0.0 => student_critical(1.0 - confidence, degrees),
            _ => normal_quantile(0.5 + confidence / 2.0),
        };
        let (lower, upper) = (estimate - critical * error, estimate + critical * error);
        Estimate { estimate, standard_error: error, statistic, p_two_sided: p, lower, upper }
    }

    /// For each coefficient and the diagonal of its covariance matrix.
    pub fn all(coefficients: &[f64], covariance: &Mat<f64>, degrees: Option<f64>, confidence: f64) -> Vec<Estimate> {
        let pairs = coefficients.iter().enumerate();
        pairs.map(|(at, &value)| Estimate::new(value, covariance[(at, at)], degrees, confidence)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use umbel_core::random::Stream;

    fn near(found: f64, wanted: f64, part: f64) {
        assert!((found - wanted).abs() <= part * wanted.abs().max(1e-300), "{found} is not {wanted}");
    }

    #[test]
    fn longley_is_solved_to_the_certified_digits() {
        // NIST Statistical Reference Datasets, Longley: certified to 15 digits, a badly conditioned design.
        let rows = [
            [60323.0, 83.0, 234_289.0, 2356.0, 1590.0, 107_608.0, 1947.0],
            [61122.0, 88.5, 259_426.0, 2325.0, 1456.0, 108_632.0, 1948.0],
            [60171.0, 88.2, 258_054.0, 3682.0, 1616.0, 109_773.0, 1949.0],
            [61187.0, 89.5, 284_599.0, 3351.0, 1650.0, 110_929.0, 1950.0],
            [63221.0, 96.2, 328_975.0, 2099.0, 3099.0, 112_075.0, 1951.0],
            [63639.0, 98.1, 346_999.0, 1932.0, 3594.0, 113_270.0, 1952.0],
            [64989.0, 99.0, 365_385.0, 1870.0, 3547.0, 115_094.0, 1953.0],
            [63761.0, 100.0, 363_112.0, 3578.0, 3350.0, 116_219.0, 1954.0],
            [66019.0, 101.2, 397_469.0, 2904.0, 3048.0, 117_388.0, 1955.0],
            [67857.0, 104.6, 419_180.0, 2822.0, 2857.0, 118_734.0, 1956.0],
            [68169.0, 108.4, 442_769.0, 2936.0, 2798.0, 120_445.0, 1957.0],
            [66513.0, 110.8, 444_546.0, 4681.0, 2637.0, 121_950.0, 1958.0],
            [68655.0, 112.6, 482_704.0, 3813.0, 2552.0, 123_366.0, 1959.0],
            [69564.0, 114.2, 502_601.0, 3931.0, 2514.0, 125_368.0, 1960.0],
            [69331.0, 115.7, 518_173.0, 4806.0, 2572.0, 127_852.0, 1961.0],
            [70551.0, 116.9, 554_894.0, 4007.0, 2827.0, 130_081.0, 1962.0],
        ];
        let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let mut columns = vec![vec![1.0; 16]];
        columns.extend((1..7).map(column));
        let basis = Basis::of(columns, None).expect("a basis");
        let solution = basis.solve(&column(0)).expect("a solution");
        let wanted = [
            (-3_482_258.634_595_82, 890_420.383_607_373),
            (15.061_872_271_373_3, 84.914_925_774_743_0),
            (-0.358_191_792_925_910E-01, 0.334_910_077_722_432E-01),
            (-2.020_229_803_816_83, 0.488_399_681_651_699),
            (-1.033_226_867_173_59, 0.214_274_163_161_675),
            (-0.511_041_056_535_807E-01, 0.226_073_200_069_370),
            (1_829.151_464_613_55, 455.478_499_142_212),
        ];
        let variance = solution.squares / 9.0;
        let inverse = basis.inverse_cross_product();
        for (at, (coefficient, error)) in wanted.into_iter().enumerate() {
            near(solution.coefficients[at], coefficient, 1e-9);
            near((inverse[(at, at)] * variance).sqrt(), error, 1e-9);
        }
        near(solution.squares, 836_424.055_505_915, 1e-11);
    }

    #[test]
    fn collinear_columns_are_named() {
        let mut stream = Stream::new(3, 0);
        let a: Vec<f64> = (0..40).map(|_| stream.normal()).collect();
        let b: Vec<f64> = (0..40).map(|_| stream.normal() * 1e6).collect();
        let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 3.0 * a - b / 7.0).collect();
        let zero = vec![0.0; 40];
        let basis = Basis::of(vec![zero, a.clone(), b, both, vec![1.0; 40]], None).expect("a basis");
        assert_eq!((basis.kept(), basis.collinear()), (&[1, 2, 4][..], &[0, 3][..]));
        assert_eq!(basis.spread(&[1, 2, 3]), [None, Some(1), Some(2), None, Some(3)]);
        assert!(Basis::of(vec![vec![0.0; 3]], None).is_err() && Basis::of(Vec::new(), None).is_err());
        assert!(Basis::of(vec![vec![f64::NAN; 3]], None).is_err());
        assert!(Basis::of(vec![vec![1.0; 3], vec![1.0; 2]], None).is_err());
        assert_eq!(Basis::of(vec![vec![1e-200, 2e-200], vec![1e200, -1e200]], None).expect("a basis").rank(), 2);
        assert_eq!(Basis::of(vec![vec![1.0], a[..1].to_vec()], None).expect("a basis").collinear(), [1]);
    }

    #[test]
    fn what_cannot_be_inverted_says_so() {
        let one = Mat::from_fn(2, 2, |_, _| 1.0);
        assert!(symmetric_inverse("a test", &one).is_err());
        assert!(symmetric_inverse("a test", &Mat::zeros(2, 2)).is_err());
        let inverse = symmetric_inverse("a test", &Mat::from_fn(2, 2, |a, b| if a == b { 2.0 } else { 1.0 }));
        let inverse = inverse.expect("an inverse");
        near(inverse[(0, 0)], 2.0 / 3.0, 1e-15);
        near(inverse[(1, 0)], -1.0 / 3.0, 1e-15);
        assert_eq!(Estimate::new(1.0, 0.0, None, 0.95).p_two_sided, None);
    }

    proptest! {
        #[test]
        fn solutions_follow_scales_and_threads(seed in 0_u64..1000, scale in 1e-3_f64..1e3) {
            let mut stream = Stream::new(seed, 1);
            let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..100).map(|_| stream.normal()).collect()).collect();
            let response: Vec<f64> = (0..columns[0].len()).map(|_| stream.normal()).collect();
            let plain = Basis::of(columns.clone(), None)?.solve(&response)?;
            let mut other = columns.clone();
            other[1].iter_mut().for_each(|value| *value *= scale);
            let scaled = Basis::of(other, None)?.solve(&response)?;
            prop_assert!((plain.coefficients[1] - scaled.coefficients[1] * scale).abs() < 1e-12);
            prop_assert!((plain.coefficients[0] - scaled.coefficients[0]).abs() < 1e-12);
            for column in &columns {
                prop_assert!(dot(column, &plain.residuals).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn threads_give_the_same_bits() {
        let mut stream = Stream::new(5, 0);
        let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..200_001).map(|_| stream.normal()).collect()).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| {
                let basis = Basis::of(columns[..2].to_vec(), None).expect("a basis");
                let solution = basis.solve(&columns[2]).expect("a solution");
                let meat = basis.meat_rows(&solution.residuals);
                (solution.coefficients, solution.squares, meat[(0, 1)])
            })
        };
        assert_eq!(run(1), run(2));
    }
}
