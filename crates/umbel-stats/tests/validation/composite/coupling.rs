//! Coupling coordination, by the formulae and against the published table.

use crate::cases::{cases, matrix, numbers};
use crate::check::{Check, Kind};
use umbel_stats::composite::coupling::{Formula, Variant, coupling, identify};

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, case) in cases("ccd") {
        for part in case["expected"].as_array().expect("parts") {
            let rows = matrix(&part["U"]);
            let count = rows[0].len();
            assert_eq!(part["n"].as_u64(), Some(count as u64));
            let systems: Vec<Vec<f64>> = (0..count).map(|at| rows.iter().map(|row| row[at]).collect()).collect();
            let weights = numbers(&part["weights"]);
            let equal = vec![1.0; count];
            let mut fits = Vec::new();
            for (key, variant, formula) in [
                ("standard", Variant::Standard, Formula::Standard),
                ("wang2021", Variant::Wang2021, Formula::Wang2021),
                ("fan", Variant::Fan, Formula::Fan),
            ] {
                let wanted = &part[key];
                let mut pairs = Vec::new();
                let mut add = |found: Vec<f64>, wanted: Vec<f64>| {
                    assert_eq!(found.len(), wanted.len());
                    pairs.extend(found.into_iter().zip(wanted));
                };
                let even = coupling(&systems, &[], &equal, variant).expect("degrees");
                let uneven = coupling(&systems, &[], &weights, variant).expect("degrees");
                add(even.iter().map(|found| found.coupling).collect(), numbers(&wanted["C"]));
                add(even.iter().map(|found| found.development).collect(), numbers(&part["T_equal"]));
                add(uneven.iter().map(|found| found.development).collect(), numbers(&part["T_weighted"]));
                add(even.iter().map(|found| found.coordination).collect(), numbers(&wanted["D_equal"]));
                add(uneven.iter().map(|found| found.coordination).collect(), numbers(&wanted["D_weighted"]));
                checks.push(Check {
                    method: "coupling_coordination",
                    what: Box::leak(format!("{key}, {count} systems: C, T and D").into_boxed_str()),
                    reference: "the formulae, in numpy".to_owned(),
                    pairs,
                    kind: Kind::Relative,
                    limit: 1e-12,
                });
                fits.push((identify(&systems, &numbers(&wanted["C"]), 1e-9).expect("levels"), formula));
            }
            let lost = numbers(&part["lost_coefficient_error"]["C"]);
            fits.push((identify(&systems, &lost, 1e-9).expect("levels"), Formula::LostCoefficient));
            for (found, formula) in fits {
                assert_eq!(found, [formula], "{name}");
            }
        }
        checks.extend(published(&case["published_check"]));
    }
    checks
}

/// From a printed pair (C of the standard form, C of the modified one) follow the two levels; both degrees of these
/// levels have to be the printed ones.
fn published(table: &serde_json::Value) -> Option<Check> {
    if table.is_null() {
        return None;
    }
    let implied = matrix(&table["implied_U_pairs_in_order"]);
    let mut pairs = Vec::new();
    let mut at = 0;
    for year in ["y2008", "y2009"] {
        for (original, modified) in numbers(&table[year]["original"]).into_iter().zip(numbers(&table[year]["modified"]))
        {
            let ratio = ((1.0 - (1.0 - original * original).sqrt()) / original).powi(2);
            let gap = 1.0 - modified * modified / ratio;
            let upper = gap / (1.0 - ratio);
            let levels = [vec![ratio * upper], vec![upper]];
            let of = |variant| coupling(&levels, &[], &[1.0, 1.0], variant).expect("levels in (0, 1]")[0].coupling;
            pairs.extend([(of(Variant::Standard), original), (of(Variant::Wang2021), modified)]);
            for (level, implied) in levels.iter().zip(&implied[at]) {
                assert!((level[0] - implied).abs() < 1e-4, "{levels:?} {implied}");
            }
            at += 1;
        }
    }
    assert_eq!(at, implied.len());
    Some(Check {
        method: "coupling_coordination",
        what: "standard and modified C of 13 cities in two years, from the levels that follow from both",
        reference: "Wang et al. 2021, table 8".to_owned(),
        pairs,
        kind: Kind::Rounded(4),
        limit: 0.0,
    })
}
