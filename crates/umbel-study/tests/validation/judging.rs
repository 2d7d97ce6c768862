//! Targets and claims against their definition.

use crate::check::{Check, Kind};
use crate::peers::{number, peer, values};
use crate::region::Region;
use std::fmt::Write;

/// Judgements are agreed on or not: 1 for an agreement, beside the 1 that is wanted.
fn agreement(agrees: bool) -> (f64, f64) {
    (f64::from(u8::from(agrees)), 1.0)
}

pub fn progress() -> Vec<Check> {
    let rows = values("targets");
    let mut region = Region::new(rows.len());
    region.indicator("x", "t");
    for (at, row) in rows.iter().enumerate() {
        region.figure("x", &row[0], "2010", &row[3]);
        region.figure("x", &row[0], &row[2], &row[4]);
        writeln!(region.targets, "t{at},T,x,{},2024,{},{},expected,2010,s", row[0], row[1], row[5]).expect("text");
    }
    let (_folder, study) = region.study();
    let (mut statuses, mut paces) = (Vec::new(), Vec::new());
    for (row, result) in rows.iter().zip(study.targets()) {
        statuses.push(agreement(format!("{:?}", result.status) == row[8]));
        paces.push((result.pace_achieved.expect("a pace"), number(&row[6])));
        assert_eq!(result.pace_needed.is_none(), row[7].is_empty(), "{row:?}");
        paces.extend(result.pace_needed.map(|needed| (needed, number(&row[7]))));
    }
    let of = |what: &'static str, pairs, limit| Check {
        method: "progress",
        what,
        reference: format!("the definition written out in exact fractions ({})", peer("Python")),
        pairs,
        kind: Kind::Relative,
        limit,
    };
    vec![of("status of random targets", statuses, 0.0), of("pace achieved and needed", paces, 1e-14)]
}

pub fn verdict() -> Vec<Check> {
    let rows = values("claims");
    let mut region = Region::new(rows.len());
    region.indicator("x", "t");
    for (at, row) in rows.iter().enumerate() {
        for (year, release) in row[4].split_whitespace().enumerate() {
            writeln!(region.observations, "x,{},2020,{}-01-20,{release},s", row[0], 2021 + year).expect("text");
        }
        writeln!(region.claims, "c{at},main,C,x,{},2020,{},{},{},s", row[0], row[1], row[2], row[3]).expect("text");
    }
    let (_folder, study) = region.study();
    let results = study.claims();
    let pairs = rows.iter().zip(&results).map(|(row, result)| agreement(result.verdict.as_str() == row[5]));
    vec![Check {
        method: "verdict",
        what: "random claims on up to three releases",
        reference: format!("the definition written out in exact fractions ({})", peer("Python")),
        pairs: pairs.collect(),
        kind: Kind::Relative,
        limit: 0.0,
    }]
}
