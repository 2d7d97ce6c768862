//! What must hold for every input: order and names of the parts change nothing, shares add up, an index starts at 100.

#![allow(clippy::expect_used)]

mod support;

use proptest::prelude::*;
use std::fmt::Write;
use support::open;
use umbel_core::{Period, Symbol};
use umbel_study::View;

/// A part: its figure now, its figure before, its weight, its jurisdiction (0 or 1).
type Part = (f64, f64, f64, usize);

const MEASURES: [(&str, &str); 9] = [
    (
        "total",
        "method = \"aggregate\"\nof = \"x\"\nfrom = { kind = \"part\" }\nto = [\"region\", \"j0\", \"j1\"]\nrule = \"sum\"",
    ),
    (
        "weighted",
        "method = \"aggregate\"\nof = \"x\"\nfrom = { kind = \"part\" }\nto = [\"region\", \"j0\", \"j1\"]\nrule = \"weighted_mean\"\nweight = \"w\"",
    ),
    (
        "median",
        "method = \"aggregate\"\nof = \"x\"\nfrom = { kind = \"part\" }\nto = [\"region\", \"j0\", \"j1\"]\nrule = \"median\"",
    ),
    (
        "apart",
        "method = \"gap\"\nof = \"x\"\namong = { kind = \"part\" }\nform = \"coefficient_of_variation\"\nweight = \"w\"",
    ),
    ("ranks", "method = \"rank\"\nof = \"x\"\namong = { kind = \"part\" }"),
    ("portion", "method = \"share\"\nof = \"x\"\nwhole = \"total\"\nwithin = \"region\""),
    ("indexed", "method = \"change\"\nof = \"x\"\nform = \"index\"\nbase = \"2010\""),
    ("reached", "method = \"coverage\"\nof = { kind = \"part\" }\nindicator = \"x\"\nat_most = 500\nweight = \"w\""),
    ("logarithm", "formula = \"ln(x / 1 't') + w / (w + 1 '{person}')\""),
];

/// Every figure of every measure: measure, part (by its number) or other place, period, value.
fn figures(parts: &[Part], order: &[usize]) -> Vec<(usize, String, String, u64)> {
    let mut places = "place_id,kind,name,parent_id,lon,lat,source_id\nregion,region,R,,,,s\nj0,jurisdiction,J,region,,,s\nj1,jurisdiction,J,region,,,s\n".to_owned();
    let mut observations = "indicator_id,place_id,period,value,source_id\n".to_owned();
    // The n-th part in the file is part order[n]; its name follows from n alone.
    for (name, &part) in order.iter().enumerate() {
        let (now, before, weight, above) = parts[part];
        writeln!(places, "p{name},part,P,j{above},,,s").expect("text");
        writeln!(observations, "x,p{name},2020,{now},s\nx,p{name},2010,{before},s").expect("text");
        writeln!(observations, "w,p{name},2020,{weight},s\nw,p{name},2010,{weight},s").expect("text");
    }
    let indicators =
        "indicator_id,title,unit,direction,kind,aggregation\nx,X,t,up,flow,sum\nw,W,{person},none,stock,sum\n";
    let sources = "source_id,title,published,licence,obtained,mark\ns,S,2020,CC0-1.0,typed,sourced\n";
    let tables = [
        ("places", places.as_str()),
        ("indicators", indicators),
        ("observations", &observations),
        ("sources", sources),
    ];
    let measures: String = MEASURES.iter().map(|(id, keys)| format!("[{id}]\ntitle = \"M\"\n{keys}\n")).collect();
    let report = "period = \"2020\"\nregion = \"region\"\nlanguages = [\"en\"]\ntitle = \"T\"\n";
    let (_folder, study, told) = open(&tables, &[("m", &measures)], report);
    assert_eq!(told, [""; 0]);
    let mut all = Vec::new();
    for measure in 0..MEASURES.len() {
        let node = study.measure_node(measure, View::default()).expect("it runs");
        for row in 0..node.series.len() {
            let name = study.region.id(node.series.place[row]);
            let place = match name.strip_prefix('p').map(|number| number.parse::<usize>().expect("a number")) {
                Some(number) => format!("part {}", order[number]),
                None => name.to_owned(),
            };
            assert_eq!(node.series.breakdown[row], Symbol::NONE);
            let bits = node.series.value(row).map_or(u64::MAX, f64::to_bits);
            all.push((measure, place, node.series.period[row].to_string(), bits));
        }
    }
    all.sort();
    all
}

fn of<'a>(
    all: &'a [(usize, String, String, u64)],
    measure: &str,
    period: Period,
) -> impl Iterator<Item = f64> + use<'a> {
    let measure = MEASURES.iter().position(|(id, _)| *id == measure).expect("a measure");
    let period = period.to_string();
    all.iter().filter(move |row| row.0 == measure && row.2 == period).map(|row| f64::from_bits(row.3))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn names_and_order_of_the_parts_change_nothing(
        (parts, order) in prop::collection::vec((0.001_f64..1e6, 0.001_f64..1e6, 0.5_f64..1e4, 0_usize..2), 2..25)
            .prop_flat_map(|parts| {
                let order: Vec<usize> = (0..parts.len()).collect();
                (Just(parts), Just(order).prop_shuffle())
            })
    ) {
        let plain: Vec<usize> = (0..parts.len()).collect();
        let all = figures(&parts, &plain);
        // To the last bit.
        prop_assert_eq!(&all, &figures(&parts, &order));
        for year in [2010, 2020] {
            let year = Period::year(year);
            let n = parts.len() as f64;
            prop_assert_eq!(of(&all, "ranks", year).sum::<f64>(), n * (n + 1.0) / 2.0);
            prop_assert!((of(&all, "portion", year).sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(of(&all, "reached", year).all(|share| (0.0..=1.0).contains(&share)));
            prop_assert!(of(&all, "apart", year).all(|gap| gap >= 0.0));
        }
        prop_assert!(of(&all, "indexed", Period::year(2010)).all(|index| index == 100.0));
        // A whole is the sum of its own parts.
        let wholes: Vec<f64> = of(&all, "total", Period::year(2020)).collect();
        let (region, below) = wholes.split_last().expect("the region is last");
        prop_assert!((below.iter().sum::<f64>() - region).abs() <= 1e-9 * region);
    }
}
