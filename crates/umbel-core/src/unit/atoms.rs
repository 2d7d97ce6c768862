//! The unit codes: UCUM's tables, as far as regional planning meets them.

use super::{Dimension, Unit};

/// Code, whether it takes a metric prefix, numerator, denominator, exponents of (m, g, s, C).
type Row = (&'static str, bool, i128, i128, [i8; 4]);

const ATOMS: &[Row] = &[
    ("m", true, 1, 1, [1, 0, 0, 0]),
    ("g", true, 1, 1, [0, 1, 0, 0]),
    ("s", true, 1, 1, [0, 0, 1, 0]),
    ("C", true, 1, 1, [0, 0, 0, 1]),
    ("min", false, 60, 1, [0, 0, 1, 0]),
    ("h", false, 3600, 1, [0, 0, 1, 0]),
    ("d", false, 86_400, 1, [0, 0, 1, 0]),
    ("wk", false, 604_800, 1, [0, 0, 1, 0]),
    // The Julian year of 365.25 days and its twelfth (UCUM a_j, mo_j).
    ("mo", false, 2_629_800, 1, [0, 0, 1, 0]),
    ("a", false, 31_557_600, 1, [0, 0, 1, 0]),
    ("t", true, 1_000_000, 1, [0, 1, 0, 0]),
    ("l", true, 1, 1000, [3, 0, 0, 0]),
    ("L", true, 1, 1000, [3, 0, 0, 0]),
    ("ar", true, 100, 1, [2, 0, 0, 0]),
    ("har", false, 10_000, 1, [2, 0, 0, 0]),
    ("Hz", true, 1, 1, [0, 0, -1, 0]),
    ("N", true, 1000, 1, [1, 1, -2, 0]),
    ("Pa", true, 1000, 1, [-1, 1, -2, 0]),
    ("bar", true, 100_000_000, 1, [-1, 1, -2, 0]),
    ("J", true, 1000, 1, [2, 1, -2, 0]),
    ("W", true, 1000, 1, [2, 1, -3, 0]),
    ("A", true, 1, 1, [0, 0, -1, 1]),
    ("V", true, 1000, 1, [2, 1, -2, -1]),
    ("%", false, 1, 100, [0; 4]),
    ("[ppth]", false, 1, 1000, [0; 4]),
    ("[ppm]", false, 1, 1_000_000, [0; 4]),
    ("[ppb]", false, 1, 1_000_000_000, [0; 4]),
    ("[in_i]", false, 254, 10_000, [1, 0, 0, 0]),
    ("[ft_i]", false, 3048, 10_000, [1, 0, 0, 0]),
    ("[yd_i]", false, 9144, 10_000, [1, 0, 0, 0]),
    ("[mi_i]", false, 1_609_344, 1000, [1, 0, 0, 0]),
    ("[nmi_i]", false, 1852, 1, [1, 0, 0, 0]),
    ("[kn_i]", false, 1852, 3600, [1, 0, -1, 0]),
    ("[sft_i]", false, 9_290_304, 100_000_000, [2, 0, 0, 0]),
    // 160 square US survey rods: 160 (16.5 x 1200 / 3937)^2 square metres.
    ("[acr_us]", false, 62_726_400_000, 15_499_969, [2, 0, 0, 0]),
    ("[lb_av]", false, 45_359_237, 100_000, [0, 1, 0, 0]),
    ("[gal_us]", false, 3_785_411_784, 1_000_000_000_000, [3, 0, 0, 0]),
];

/// Codes of one dimension of their own.
const OWN: &[(&str, bool, i128, Dimension)] = &[
    ("K", true, 1, Dimension::Kelvin),
    ("Cel", false, 1, Dimension::Celsius),
    ("cd", true, 1, Dimension::Candela),
    ("rad", true, 1, Dimension::Radian),
    ("bit", true, 1, Dimension::Bit),
    ("By", true, 8, Dimension::Bit),
];

const PREFIXES: &[(&str, i8)] = &[
    ("da", 1),
    ("Y", 24),
    ("Z", 21),
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
];

fn exact(code: &str, prefixed: bool) -> Option<Unit> {
    if let Some((_, _, factor, dimension)) = OWN.iter().find(|row| row.0 == code && (row.1 || !prefixed)) {
        return Some(Unit::build(*factor, 1, vec![(dimension.clone(), 1)]));
    }
    let row = ATOMS.iter().find(|row| row.0 == code && (row.1 || !prefixed))?;
    let bases = [Dimension::Metre, Dimension::Gram, Dimension::Second, Dimension::Coulomb];
    let dimensions = bases.into_iter().zip(row.4).filter(|(_, exponent)| *exponent != 0).collect();
    Some(Unit::build(row.2, row.3, dimensions))
}

/// The unit of a code without exponent, with or without prefix.
pub(super) fn find(code: &str) -> Option<Unit> {
    if let Some(unit) = exact(code, false) {
        return Some(unit);
    }
    PREFIXES.iter().find_map(|(prefix, exponent)| {
        let unit = exact(code.strip_prefix(prefix)?, true)?;
        let power = 10_i128.checked_pow(u32::from(exponent.unsigned_abs()))?;
        let scale = if *exponent < 0 { Unit::build(1, power, vec![]) } else { Unit::build(power, 1, vec![]) };
        scale.times(&unit).ok()
    })
}
