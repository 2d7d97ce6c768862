//! Floating catchments against the programs of others.
//!
//! Inputs and expected figures are in ../cases; further files of the same form, `stats/access_*.json`, are taken from the
//! folder that the variable UMBEL_CASES names. The deviations are published in docs/validation.md.

#![allow(clippy::expect_used)]

#[path = "../../../../tests/support/check.rs"]
mod check;

use check::{Check, Kind};
use serde_json::Value;
use std::fs;
use std::path::Path;
use umbel_access::opportunities::catchment::{Decay, Reach, catchment_ratio, three_step, two_step, weighted_catchment};
use umbel_access::opportunities::costs::Costs;
use umbel_access::opportunities::rational_agents::{Options, rational_agents};

type Pairs = Vec<(f64, f64)>;

/// The cases, in order of name: name without its ending, content.
fn cases() -> Vec<(String, Value)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let further = std::env::var_os("UMBEL_CASES").map(|folder| Path::new(&folder).join("stats"));
    let mut found = Vec::new();
    for folder in std::iter::once(own).chain(further).filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(&folder).expect("the folder of the cases").flatten() {
            let path = entry.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if name.starts_with("access_") && path.extension().is_some_and(|ending| ending == "json") {
                let text = fs::read_to_string(&path).expect("a case");
                found.push((name.clone(), serde_json::from_str(&text).expect(&name)));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "there is no case");
    found
}

/// A number; NaN for null.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn matrix(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list of lists").iter().map(numbers).collect()
}

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

fn checks() -> Vec<Check> {
    let (mut catchments, mut floating) = (Pairs::new(), Pairs::new());
    let (mut agents, mut mean) = (Pairs::new(), Pairs::new());
    for (name, case) in cases() {
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

#[test]
fn floating_catchments_agree_with_their_references() {
    let checks = checks();
    let rows = check::rows(&checks.iter().collect::<Vec<_>>());
    // Further cases are checked, but change nothing that is published.
    if std::env::var_os("UMBEL_CASES").is_none() {
        check::section(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), "opportunities", &rows);
    }
}
