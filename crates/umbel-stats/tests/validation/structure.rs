//! Cases of `umbel_stats::structure`.

use crate::cases::{cases, matrix, number, numbers};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::structure::Industries;
use umbel_stats::structure::catchment::{
    Costs, Decay, Reach, catchment_ratio, three_step, two_step, weighted_catchment,
};
use umbel_stats::structure::complexity::complexity;
use umbel_stats::structure::concentration::{concentration, specialisation};
use umbel_stats::structure::location_quotient::location_quotients;
use umbel_stats::structure::rational_agents::{Options, rational_agents};
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

fn access_checks() -> Vec<Check> {
    let (mut catchments, mut floating) = (Pairs::new(), Pairs::new());
    let (mut agents, mut mean) = (Pairs::new(), Pairs::new());
    for (name, case) in cases("access_") {
        let (meta, input, expected) = (&case["meta"], &case["input"], &case["expected"]);
        let (demand, supply) = (numbers(&input["demand"]), numbers(&input["supply"]));
        let cost = matrix(&input["cost"]);
        let costs = Costs::from_matrix(demand.len(), supply.len(), &cost.concat()).expect(&name);
        // The same table in rows.
        let rows = cost.iter().enumerate();
        let rows = rows.flat_map(|(from, row)| row.iter().enumerate().map(move |(to, &c)| (from as u32, to as u32, c)));
        let pairs: Vec<(u32, u32, f64)> = rows.collect();
        assert_eq!(Costs::from_pairs(demand.len(), supply.len(), &pairs).expect(&name), costs);
        let greatest = Some(number(&meta["max_cost"]));
        let reach = |decay: Decay| Reach { decay, greatest };
        let gaussian = || Decay::Gaussian { sigma: number(&meta["gaussian_sigma"]) };
        let mut steps: Vec<(f64, f64)> = meta["step_weights"]
            .as_object()
            .expect("steps")
            .iter()
            .map(|(cost, weight)| (cost.parse().expect("a cost"), number(weight)))
            .collect();
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let step = || Decay::Step(steps.clone());
        let of = &meta["gravity"];
        let gravity =
            Decay::Gravity { scale: number(&of["scale"]), alpha: number(&of["alpha"]), least: number(&of["min_dist"]) };
        let mut catchment =
            |found: Vec<f64>, key: &str| catchments.extend(found.into_iter().zip(numbers(&expected[key])));
        catchment(weighted_catchment(&costs, &supply, &reach(gaussian())).expect(&name), "weighted_catchment_gaussian");
        catchment(weighted_catchment(&costs, &supply, &reach(gravity)).expect(&name), "weighted_catchment_gravity");
        let ratio = catchment_ratio(&costs, &demand, &supply, &reach(Decay::Uniform)).expect(&name);
        floating.extend(beside(&ratio, &numbers(&expected["fca_ratio"])));
        let two = |reach: &Reach| two_step(&costs, &demand, &supply, reach).expect(&name).access;
        // The peer's enhanced run has no greatest cost but the last step.
        let to_the_last_step = Reach { decay: step(), greatest: None };
        for (found, key) in [
            (two(&reach(Decay::Uniform)), "2sfca"),
            (two(&to_the_last_step), "e2sfca_step"),
            (two(&reach(gaussian())), "e2sfca_gaussian"),
            (three_step(&costs, &demand, &supply, &reach(step())).expect(&name).access, "3sfca_step"),
        ] {
            floating.extend(found.into_iter().zip(numbers(&expected[key])));
        }
        let found = rational_agents(&costs, &demand, &supply, &Options::new(number(&meta["raam_tau"]))).expect(&name);
        let wanted = numbers(&expected["raam"]);
        agents.extend(beside(&found.cost, &wanted));
        let weighted = |costs: &mut dyn Iterator<Item = f64>| {
            costs.zip(&demand).map(|(cost, demand)| cost * demand).sum::<f64>() / demand.iter().sum::<f64>()
        };
        let ours = weighted(&mut found.cost.iter().map(|cost| cost.expect("a cost")));
        mean.push((ours, weighted(&mut wanted.iter().copied())));
    }
    let peer = "access 1.1.10.post3";
    let method = "floating_catchment";
    vec![
        check(method, "weighted catchment, Gaussian and gravity", peer, catchments, Kind::Relative, 1e-10),
        check(method, "ratio, two-step, enhanced and three-step", peer, floating, Kind::Relative, 1e-10),
        check(method, "rational agents", peer, agents, Kind::Relative, 0.005),
        check(method, "rational agents, weighted mean", peer, mean, Kind::Relative, 0.001),
    ]
}

pub fn checks() -> Vec<Check> {
    let mut checks = complexity_checks();
    checks.extend(shift_share_checks());
    checks.extend(access_checks());
    checks.extend(concentration_checks());
    checks
}
