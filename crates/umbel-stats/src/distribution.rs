//! Tails of the distributions that tests refer to, to twelve digits (ten where degrees of freedom go beyond
//! 100,000).

use libm::{erfc, exp, lgamma, log, log1p};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// P(Z > z) of a standard normal.
pub fn normal_above(z: f64) -> f64 {
    0.5 * erfc(z * FRAC_1_SQRT_2)
}

/// P(Z <= z) of a standard normal.
pub fn normal_below(z: f64) -> f64 {
    normal_above(-z)
}

/// P(|Z| > |z|) of a standard normal.
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() * FRAC_1_SQRT_2)
}

/// The z below which a standard normal lies with this probability: infinite at 0 and 1, NaN outside.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability > 0.5 {
        return -normal_quantile(1.0 - probability);
    }
    if probability == 0.0 {
        return f64::NEG_INFINITY;
    }
    // Newton on the logarithm of the tail, which is concave: from the left it rises to the root.
    let mut z = -(-2.0 * log(probability)).sqrt();
    for _ in 0..60 {
        let below = normal_below(z);
        let density = exp(-0.5 * z * z) / (2.0 * PI).sqrt();
        let step = (log(probability) - log(below)) * below / density;
        z += step;
        if step.abs() <= 1e-16 * z.abs() {
            break;
        }
    }
    z
}

/// P(X > x) of chi-squared with these degrees of freedom; NaN when they are not above 0.
pub fn chi_squared_above(x: f64, degrees: f64) -> f64 {
    gamma_upper(degrees / 2.0, x / 2.0)
}

/// P(|T| > |t|) of Student's t with these degrees of freedom; NaN when they are not above 0.
pub fn student_two_sided(t: f64, degrees: f64) -> f64 {
    if degrees.is_infinite() {
        return normal_two_sided(t);
    }
    beta(degrees / 2.0, 0.5, degrees / (degrees + t * t), t * t / (degrees + t * t))
}

/// The t above 0 that |T| exceeds with this probability (bisection to the last digit).
pub fn student_critical(two_sided: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while student_two_sided(high, degrees) > two_sided && high < 1e300 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        if student_two_sided(middle, degrees) > two_sided { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// P(F > f) of Fisher's F; NaN when degrees are not above 0.
pub fn fisher_above(f: f64, numerator: f64, denominator: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    let all = denominator + numerator * f;
    beta(denominator / 2.0, numerator / 2.0, denominator / all, numerator * f / all)
}

/// A number kept away from 0, which the continued fractions divide by.
fn off_zero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

/// ln Γ(x) less its Stirling approximation, for x of at least 10 (DLMF 5.11.1).
fn stirling_rest(x: f64) -> f64 {
    let y = 1.0 / (x * x);
    const TERMS: [f64; 7] =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    TERMS.iter().rev().fold(0.0, |sum, term| sum * y + term) / x
}

/// ln (Γ(a + b) / Γ(a)) without the loss of digits that the difference of two large numbers brings.
fn log_gamma_ratio(a: f64, b: f64) -> f64 {
    if a < 10.0 {
        return lgamma(a + b) - lgamma(a);
    }
    (a - 0.5) * log1p(b / a) + b * log(a + b) - b + stirling_rest(a + b) - stirling_rest(a)
}

/// The upper incomplete gamma function over the complete one, Q(a, x).
///
/// Source: NIST Digital Library of Mathematical Functions, 8.11.4 (series below a + 1) and 8.9.2 (continued fraction
/// above, by the method of Lentz, 3.10(iii)).
fn gamma_upper(a: f64, x: f64) -> f64 {
    if a <= 0.0 || a.is_nan() || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    let front = if a < 10.0 {
        exp(a * log(x) - x - lgamma(a))
    } else {
        let over = (x - a) / a;
        exp(a * (log1p(over) - over) - stirling_rest(a)) * (a / (2.0 * PI)).sqrt()
    };
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - front * sum;
    }
    let mut b = x + 1.0 - a;
    let mut c = f64::INFINITY;
    let mut d = 1.0 / off_zero(b);
    let mut h = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / off_zero(an * d + b);
        c = off_zero(b + an / c);
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * h
}

/// The incomplete beta function over the complete one, I_x(a, b); `rest` is 1 - x, given so that none of it is lost.
///
/// Source: NIST Digital Library of Mathematical Functions, 8.17.4 (symmetry) and 8.17.22 (continued fraction, by the
/// method of Lentz).
fn beta(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    if a <= 0.0 || b <= 0.0 || (a + b + x).is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta(b, a, rest, x);
    }
    let ratio = if a > b { log_gamma_ratio(a, b) - lgamma(b) } else { log_gamma_ratio(b, a) - lgamma(a) };
    let log_of = |x: f64, rest: f64| if rest < 0.5 { log1p(-rest) } else { log(x) };
    let front = exp(ratio + a * log_of(x, rest) + b * log_of(rest, x)) / a;
    let mut c = 1.0;
    let mut d = 1.0 / off_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / off_zero(1.0 + even * d);
        c = off_zero(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / off_zero(1.0 + odd * d);
        c = off_zero(1.0 + odd / c);
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * h
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearly(found: f64, wanted: f64) {
        assert!(((found - wanted) / wanted).abs() < 1e-10, "{found} is not {wanted}");
    }

    fn near(found: f64, wanted: f64) {
        assert!(((found - wanted) / wanted).abs() < 2e-13, "{found} is not {wanted}");
    }

    #[test]
    fn agrees_with_the_peer() {
        // scipy 1.17.1: norm, chi2, t, f.
        near(normal_above(1.0), 0.15865525393145707);
        near(normal_above(5.0), 2.866515718791933e-07);
        near(normal_above(-2.5), 0.9937903346742238);
        near(normal_above(30.0), 4.906713927147908e-198);
        near(normal_quantile(0.975), 1.959963984540054);
        near(normal_quantile(0.5001), 0.0002506628300880075);
        near(normal_quantile(1e-12), -7.034483825301131);
        near(normal_quantile(0.05), -1.6448536269514729);
        near(chi_squared_above(18.3, 10.0), 0.050109061411462506);
        near(chi_squared_above(0.1, 1.0), 0.7518296340458492);
        near(chi_squared_above(211.2, 80.0), 8.87900429303447e-14);
        near(chi_squared_above(3.0, 2.0), 0.22313016014842982);
        near(chi_squared_above(50.0, 1.0), 1.537459794428033e-12);
        near(chi_squared_above(500.0, 480.0), 0.25520841903693425);
        near(student_two_sided(2.2, 10.0), 0.05244106844935316);
        near(student_two_sided(0.1, 3.0), 0.9266523488008059);
        near(student_two_sided(24.19, 46.0), 8.398643514516344e-28);
        nearly(student_two_sided(1.96, 1000000.0), 0.04999606758526985);
        near(student_two_sided(12.0, 2.0), 0.00687293367715846);
        near(student_critical(0.05, 10.0), 2.2281388519862753);
        near(student_critical(0.01, 3.0), 5.840909309733357);
        near(fisher_above(4.96, 1.0, 10.0), 0.05008765056646815);
        near(fisher_above(17.8, 4.0, 221.0), 1.1058142016280218e-12);
        near(fisher_above(0.3, 5.0, 50.0), 0.9105560139726513);
        near(fisher_above(60.0, 3.0, 1000.0), 1.1359138753703621e-35);
    }

    #[test]
    fn the_ends_are_defined() {
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!(
            (chi_squared_above(0.0, 3.0), fisher_above(0.0, 1.0, 2.0), student_two_sided(0.0, 4.0)),
            (1.0, 1.0, 1.0)
        );
        assert!(chi_squared_above(1.0, 0.0).is_nan() && normal_quantile(1.5).is_nan());
    }
}
