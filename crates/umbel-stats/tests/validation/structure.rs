//! Cases of `umbel_stats::structure`.

use crate::cases::{cases, matrix, number, numbers};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::structure::Industries;
use umbel_stats::structure::complexity::complexity;
use umbel_stats::structure::concentration::{concentration, specialisation};
use umbel_stats::structure::location_quotient::location_quotients;
use umbel_stats::structure::shift_share::shift_share;

type Pairs = Vec<(f64, f64)>;

fn check(method: &'static str, what: &'static str, reference: &str, pairs: Pairs, kind: Kind, limit: f64) -> Check {
    Check { method, what, reference: reference.to_owned(), pairs, kind, limit }
}

/// Figures beside expected ones; what is undefined must be so on both sides.
fn beside(found: &[Option<f64>], wanted: &[f64]) -> Pairs {
    assert_eq!(found.len(), wanted.len());
    let pairs = found.iter().zip(wanted);
    pairs
        .filter_map(|(found, &wanted)| {
            assert_eq!(found.is_none(), wanted.is_nan());
            found.map(|found| (found, wanted))
        })
        .collect()
}

fn complexity_checks() -> Vec<Check> {
    let (mut quotients, mut counts, mut indices, mut outlook) =
        (Pairs::new(), Pairs::new(), Pairs::new(), Pairs::new());
    for (name, case) in cases("complexity") {
        let (rows, expected) = (matrix(&case["input"]["X"]), &case["expected"]);
        let products = rows[0].len();
        let found = complexity(&rows.concat(), products, 1.0).expect(&name);
        let table = rows.concat();
        let lq = location_quotients(&Industries::new(&table, products).expect(&name));
        for (found, key) in [(&lq, "location_quotient"), (&found.advantage, "rca")] {
            let wanted = matrix(&expected[key]).concat();
            quotients.extend(found.iter().zip(wanted).map(|(found, wanted)| (found.unwrap_or(f64::NAN), wanted)));
        }
        let whole = |list: &[u32]| -> Vec<Option<f64>> { list.iter().map(|&n| Some(f64::from(n))).collect() };
        counts.extend(beside(&whole(&found.diversity), &numbers(&expected["diversity"])));
        counts.extend(beside(&whole(&found.ubiquity), &numbers(&expected["ubiquity"])));
        indices.extend(beside(&found.eci, &numbers(&expected["eci"])));
        indices.extend(beside(&found.pci, &numbers(&expected["pci"])));
        outlook.extend(beside(&found.density, &matrix(&expected["density"]).concat()));
        outlook.extend(beside(&found.coi, &numbers(&expected["coi"])));
    }
    let peer = "ecomplexity 0.5.3";
    vec![
        check("location_quotient", "quotients", peer, quotients, Kind::Relative, 1e-12),
        check("economic_complexity", "diversity and ubiquity", peer, counts, Kind::Absolute("places"), 0.0),
        check("economic_complexity", "indices of places and products", peer, indices, Kind::Relative, 1e-8),
        check("economic_complexity", "density and outlook", peer, outlook, Kind::Relative, 1e-8),
    ]
}

fn concentration_checks() -> Vec<Check> {
    let (mut of_places, mut of_industries) = (Pairs::new(), Pairs::new());
    let mut reference = String::new();
    for (name, case) in cases("concentration_") {
        reference = case["meta"]["produced_by"].as_str().expect("a program").to_owned();
        let values = matrix(&case["input"]["values"]);
        let (industries, expected) = (values[0].len(), &case["expected"]);
        let places = specialisation(&values.concat(), industries).expect(&name);
        assert_eq!(places.len(), expected["places"].as_array().expect("places").len());
        for (place, wanted) in places.iter().zip(expected["places"].as_array().expect("places")) {
            let (place, of) = (place.expect("a place"), |key: &str| number(&wanted[key]));
            of_places.extend([
                (place.krugman.expect("others"), of("krugman")),
                (place.hoover, of("hoover")),
                (place.herfindahl, of("herfindahl")),
                (place.herfindahl_normalised.expect("industries"), of("herfindahl_normalised")),
                (place.theil, of("theil")),
                (place.entropy, of("entropy")),
            ]);
        }
        let found = concentration(&values.concat(), industries).expect(&name);
        assert_eq!(found.len(), expected["industries"].as_array().expect("industries").len());
        for (industry, wanted) in found.iter().zip(expected["industries"].as_array().expect("industries")) {
            let (industry, of) = (industry.expect("an industry"), |key: &str| number(&wanted[key]));
            of_industries.extend([
                (industry.gini, of("gini")),
                (industry.hoover, of("hoover")),
                (industry.herfindahl, of("herfindahl")),
                (industry.theil, of("theil")),
                (industry.raw, of("raw")),
            ]);
        }
    }
    let kind = || Kind::Absolute("");
    vec![
        check("concentration", "six indices of twelve places", &reference, of_places, kind(), 1e-12),
        check("concentration", "five indices of five industries", &reference, of_industries, kind(), 1e-12),
    ]
}

fn shift_share_checks() -> Vec<Check> {
    let (mut classic, mut homothetic) = (Pairs::new(), Pairs::new());
    let mut quotients = Pairs::new();
    for (name, case) in cases("shift_share") {
        let (before, after) = (matrix(&case["input"]["E0"]), matrix(&case["input"]["E1"]));
        let (industries, expected) = (before[0].len(), &case["expected"]);
        let found = shift_share(&before.concat(), &after.concat(), industries).expect(&name);
        let further = &expected["esteban_marquillas"];
        let mut push =
            |found: &[f64], wanted: &Value| classic.extend(found.iter().copied().zip(matrix(wanted).concat()));
        push(&found.national, &expected["national"]);
        push(&found.industry_mix, &expected["industry_mix"]);
        push(&found.regional, &expected["regional"]);
        homothetic.extend(found.homothetic.iter().copied().zip(matrix(&further["homothetic"]).concat()));
        homothetic.extend(beside(&found.competitive, &matrix(&further["competitive"]).concat()));
        homothetic.extend(beside(&found.allocation, &matrix(&further["allocation"]).concat()));
        if let Some(wanted) = expected.get("location_quotient") {
            let table = before.concat();
            let lq = location_quotients(&Industries::new(&table, industries).expect(&name));
            quotients.extend(beside(&lq, &matrix(wanted).concat()));
        }
    }
    let by = "the identity";
    let mut checks = vec![
        check("shift_share", "national, mix and regional", by, classic, Kind::Relative, 1e-12),
        check("shift_share", "homothetic, competitive and allocation", by, homothetic, Kind::Relative, 1e-12),
    ];
    if !quotients.is_empty() {
        checks.push(check("location_quotient", "quotients of employment", by, quotients, Kind::Relative, 1e-12));
    }
    checks
}

pub fn checks() -> Vec<Check> {
    let mut checks = complexity_checks();
    checks.extend(shift_share_checks());
    checks.extend(concentration_checks());
    checks
}
