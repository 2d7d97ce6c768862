use super::*;
use proptest::prelude::*;
use umbel_core::{Bound, Status, Symbol};
use umbel_table::Series;

fn unit(text: &str) -> Unit {
    Unit::parse(text).expect("a unit")
}

/// The value of a formula whose references are named a, b, c ... and have these values and units.
fn worked(text: &str, values: &[(f64, &str)]) -> (f64, Unit) {
    let formula = Formula::parse(text).expect("a formula");
    let order: Vec<usize> =
        formula.references().iter().map(|r| usize::from(r.indicator.as_bytes()[0] - b'a')).collect();
    let units: Vec<Unit> = order.iter().map(|&at| unit(values[at].1)).collect();
    let program = formula.compile(&units).expect("units that fit");
    let columns: Vec<[f64; 1]> = order.iter().map(|&at| [values[at].0]).collect();
    let columns: Vec<&[f64]> = columns.iter().map(|c| c.as_slice()).collect();
    (program.evaluate(&columns)[0], program.unit)
}

fn plain(text: &str) -> f64 {
    worked(text, &[(0.0, "1")]).0
}

fn fails(text: &str, units: &[&str]) -> (u32, String) {
    let error = Formula::parse(text).and_then(|f| {
        let units: Vec<Unit> = units.iter().map(|u| unit(u)).collect();
        f.compile(&units).map(|_| ())
    });
    let error = error.expect_err("something wrong");
    (error.column, error.message)
}

#[test]
fn keeps_the_order_of_operations() {
    for (text, value) in [
        ("a + 1 + 2 * 3", 7.0),
        ("a + (1 + 2) * 3", 9.0),
        ("a - 2 - 3", -5.0),
        ("a + 12 / 2 / 3", 2.0),
        ("a + 2 ^ 3 ^ 2", 512.0),
        ("a - 2 ^ 2", -4.0),
        ("-2 ^ 2 + a", -4.0),
        ("a + 2 ^ -1", 0.5),
        ("a + 2 * -3", -6.0),
        ("a --3", 3.0),
        ("+a + 1.5e2 + .5", 150.5),
        ("max(1, min(5, 3), a) + abs(-2) + sqrt(9) + ln(exp(2))", 10.0),
    ] {
        assert_eq!(plain(text), value, "{text}");
    }
}

#[test]
fn reads_references() {
    let formula = Formula::parse("gdp@beijing@2022 - gdp@beijing@2013 + `pm2-5`@`a-b` + x@@2014/2022 + y[sex=F;age=65+] + y[_T] + gdp@beijing@2022").expect("a formula");
    let shown: Vec<String> = formula
        .references()
        .iter()
        .map(|r| {
            let period = r.period.map(|p| p.to_string()).unwrap_or_default();
            format!("{} {} {} {:?} {}", r.indicator, r.place.as_deref().unwrap_or("-"), period, r.breakdown, r.column)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "gdp beijing 2022 None 1",
            "gdp beijing 2013 None 20",
            "pm2-5 a-b  None 39",
            "x - 2014/2022 None 55",
            "y -  Some(\"sex=F;age=65+\") 70",
            "y -  Some(\"\") 89",
        ]
    );
}

#[test]
fn takes_the_longest_period() {
    let period = |text: &str| Formula::parse(text).expect("a formula").references()[0].period.map(|p| p.to_string());
    assert_eq!(period("a@p@2022-07").as_deref(), Some("2022-07"));
    assert_eq!(period("a@p@2022 - 7").as_deref(), Some("2022"));
    assert_eq!(period("a@p@2022/10").as_deref(), Some("2022"));
    assert_eq!(period("a@p@2014/2022*2").as_deref(), Some("2014/2022"));
    assert_eq!(period("a@p@2022-Q3-1").as_deref(), Some("2022-Q3"));
    assert_eq!(period("a@110000@2022").as_deref(), Some("2022"));
}

#[test]
fn says_what_is_wrong_and_where() {
    for (text, column, message) in [
        ("a +", 4, "the formula stops where a number, an indicator or \"(\" should stand"),
        ("(a", 3, "the formula stops where \")\" should stand"),
        ("a b", 3, "\"b\" stands where an operator should"),
        ("区 + a", 1, "\"区\" means nothing in a formula"),
        ("a + log(b)", 5, "\"log\" is not a function; there are min, max, abs, sqrt, ln and exp"),
        ("sqrt(a, b)", 1, "sqrt takes one argument, not 2"),
        ("1 + 2", 1, "the formula reads no indicator"),
        ("", 1, "the formula stops where a number, an indicator or \"(\" should stand"),
        ("a@", 3, "a place is missing after @"),
        ("a@p@soon", 5, "a period such as 2022, 2022-07 or 2014/2022 is missing after the second @"),
        ("a[x", 2, "the breakdown has no closing ]"),
        ("`a", 1, "the id has no closing `"),
        ("3rd * a", 1, "\"3r\" is neither a number nor an id; ids that start with a digit stand in backticks"),
        ("a * 3 'yuan'", 8, "\"yuan\" is not a unit; what is counted goes in braces, as in {person}"),
        ("min() + a", 5, "\")\" stands where a number, an indicator or \"(\" should"),
    ] {
        assert_eq!(fails(text, &["1"; 3]), (column, message.to_owned()), "{text}");
    }
}

#[test]
fn is_never_nested_too_deep_or_too_long() {
    let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(fails(&deep, &["1"]).1.contains("longer"));
    let deep = format!("{}a{}", "(".repeat(1000), ")".repeat(1000));
    assert!(fails(&deep, &["1"]).1.contains("nested deeper"));
    assert!(fails(&format!("{}a", "-".repeat(1000)), &["1"]).1.contains("nested deeper"));
    assert!(fails(&format!("a{}", "^a".repeat(1000)), &["1"]).1.contains("nested deeper"));
    let long = format!("a{}", "+a".repeat(4000));
    assert_eq!(worked(&long, &[(1.0, "1")]).0, 4001.0);
}

#[test]
fn units_are_inferred_and_converted_exactly() {
    let (value, result) = worked("a / b", &[(99_661.0, "10*8.{CNY}"), (10_967.0, "10*4.{person}")]);
    assert_eq!(result, unit("10*4.{CNY}/{person}"));
    assert!((value - 9.087_352_968).abs() < 1e-9);
    assert_eq!(worked("a + b", &[(1.0, "km"), (500.0, "m")]), (1.5, unit("km")));
    assert_eq!(worked("b - a", &[(1.0, "km"), (1500.0, "m")]).0, 500.0);
    assert_eq!(worked("max(a, b, 0)", &[(-1.0, "km"), (500.0, "m")]), (0.5, unit("km")));
    assert_eq!(worked("a - 30 'min'", &[(1.0, "h")]), (0.5, unit("h")));
    assert_eq!(worked("0 - a", &[(2.0, "{CNY}")]), (-2.0, unit("{CNY}")));
    assert_eq!(worked("sqrt(a)", &[(4.0, "km2")]), (2000.0, unit("m")));
    assert_eq!(worked("a ^ 2", &[(3.0, "km")]), (9.0, unit("km2")));
    assert_eq!(worked("a ^ -1", &[(4.0, "s")]), (0.25, unit("/s")));
    assert_eq!(worked("a ^ 2", &[(50.0, "%")]), (0.25, unit("1")));
    assert!((worked("exp(ln(a))", &[(66.5, "%")]).0 - 0.665).abs() < 1e-15);
    assert_eq!(worked("a / b", &[(1.0, "m"), (1.0, "km")]).1, unit("10*-3"));
}

#[test]
fn yuan_and_persons_never_meet() {
    let units = ["{CNY}", "{person}"];
    assert_eq!(fails("gdp + population", &units), (5, "adds {CNY} and {person}".to_owned()));
    assert_eq!(fails("gdp - population", &units), (5, "subtracts {person} from {CNY}".to_owned()));
    assert_eq!(fails("max(gdp, population)", &units), (1, "takes the larger of {CNY} and {person}".to_owned()));
    assert_eq!(fails("gdp + 1", &units), (5, "adds {CNY} and a plain number".to_owned()));
    assert_eq!(fails("2 * ln(gdp)", &units), (5, "takes ln of {CNY}, which has a unit".to_owned()));
    assert_eq!(
        fails("sqrt(gdp)", &units),
        (1, "takes the square root of {CNY}, whose dimension is no square".to_owned())
    );
    assert!(fails("gdp ^ 0.5", &units).1.contains("not a whole number"));
    assert!(fails("gdp ^ population", &units).1.contains("an exponent has no unit"));
    assert_eq!(fails("a + b", &["{CNY}", "{CNY_2022}"]).1, "adds {CNY} and {CNY_2022}");
}

#[test]
fn what_cannot_be_computed_is_missing() {
    for text in [
        "1 / a",
        "1 / (1 / a)",
        "ln(a)",
        "sqrt(a - 1)",
        "(a - 1) ^ 0.5",
        "max(1, 1 / a)",
        "(1 / a) ^ 0",
        "exp(exp(10 + a))",
    ] {
        assert!(plain(text).is_nan(), "{text}");
    }
    assert!(worked("max(a, 1)", &[(f64::NAN, "1")]).0.is_nan());
    assert!(worked("a ^ 0", &[(f64::NAN, "1")]).0.is_nan());
}

#[test]
fn bounds_follow_the_slope() {
    let bound = |text: &str, values: &[f64], bounds: &[Bound]| {
        let formula = Formula::parse(text).expect("a formula");
        let units = vec![Unit::one(); values.len()];
        formula.compile(&units).expect("fits").bound(values, bounds)
    };
    use Bound::{About, Above, Below, Exact};
    assert_eq!(bound("a + b", &[1.0, 2.0], &[Above, Exact]), Above);
    assert_eq!(bound("a - b", &[1.0, 2.0], &[Exact, Above]), Below);
    assert_eq!(bound("a - b", &[1.0, 2.0], &[Above, Above]), About);
    assert_eq!(bound("a / b", &[1.0, 2.0], &[Exact, Above]), Below);
    assert_eq!(bound("a / b", &[-1.0, 2.0], &[Exact, Above]), Above);
    assert_eq!(bound("a / b", &[1.0, 2.0], &[Above, Below]), Above);
    assert_eq!(bound("a * b", &[1.0, -2.0], &[Above, Exact]), Below);
    assert_eq!(bound("a * 0", &[1.0], &[Above]), Exact);
    assert_eq!(bound("-a", &[1.0], &[About]), About);
    assert_eq!(bound("a ^ -1", &[2.0], &[Above]), Below);
    assert_eq!(bound("0.5 ^ a", &[2.0], &[Above]), Below);
    assert_eq!(bound("abs(a)", &[-2.0], &[Above]), Below);
    assert_eq!(bound("max(a, 3)", &[2.0], &[Above]), Above);
    assert_eq!(bound("ln(a)", &[2.0], &[Below]), Below);
}

fn series(rows: &[(u32, i16, u32)]) -> Series {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let mut series = Series::new(Unit::one());
    for (place, year, breakdown) in rows {
        let value = Some(f64::from(place) * 1e6 + f64::from(year) + f64::from(breakdown) / 10.0);
        series.push(Symbol(place), Period::year(year), Symbol(breakdown), value, Status::Normal, Bound::Exact);
    }
    series
}

type Fixed = (Option<u32>, Option<i16>, Option<u32>);

/// The join as its definition says: every combination of rows that agree wherever both are free.
fn naive(series: &[Series], fixed: &[Fixed]) -> Vec<Vec<u32>> {
    type Part = [Option<(u32, i16)>; 3];
    let mut result: Vec<(Part, Vec<u32>)> = vec![([None; 3], Vec::new())];
    for (series, fixed) in series.iter().zip(fixed) {
        let mut next = Vec::new();
        for (key, rows) in &result {
            for row in 0..series.len() {
                let (place, year, breakdown) =
                    (series.place[row].0, series.period[row].as_year().expect("a year"), series.breakdown[row].0);
                if fixed.0.is_some_and(|p| p != place) || fixed.1.is_some_and(|y| y != year) {
                    continue;
                }
                if fixed.2.is_some_and(|b| b != breakdown) {
                    continue;
                }
                let own: Part = [
                    fixed.0.is_none().then_some((place, 0)),
                    fixed.1.is_none().then_some((0, year)),
                    fixed.2.is_none().then_some((breakdown, 0)),
                ];
                if key.iter().zip(&own).all(|(a, b)| a.is_none() || b.is_none() || a == b) {
                    let merged = std::array::from_fn(|part| key[part].or(own[part]));
                    let mut rows = rows.clone();
                    rows.push(row as u32);
                    next.push((merged, rows));
                }
            }
        }
        result = next;
    }
    result.sort();
    result.into_iter().map(|(_, rows)| rows).collect()
}

proptest! {
    #[test]
    fn never_panics(text in "[-a-c0-9 +*/^(),@.\\[\\]`'{}eé]{0,40}") {
        if let Ok(formula) = Formula::parse(&text) {
            let units = vec![unit("km"); formula.references().len()];
            if let Ok(program) = formula.compile(&units) {
                let column = [1.0, 0.0, -2.0, f64::NAN];
                let columns = vec![&column[..]; units.len()];
                let result = program.evaluate(&columns);
                prop_assert!(result.iter().all(|v| v.is_nan() || v.is_finite()));
                program.bound(&vec![1.0; units.len()], &vec![Bound::Above; units.len()]);
            }
        }
    }

    #[test]
    fn joins_as_defined(
        rows in prop::collection::vec(prop::collection::vec((1_u32..4, 2000_i16..2004, 0_u32..3), 0..12), 1..4),
        fixed in prop::collection::vec((prop::option::of(1_u32..4), prop::option::of(2000_i16..2004), prop::option::of(0_u32..3)), 3),
    ) {
        let all: Vec<Series> = rows.iter().map(|rows| series(rows)).collect();
        let relations: Vec<Relation<'_>> = all
            .iter()
            .zip(&fixed)
            .map(|(s, f)| Relation::new(s, f.0.map(Symbol), f.1.map(Period::year), f.2.map(Symbol)))
            .collect();
        let ranks: Vec<u32> = (0..10).collect();
        let aligned = align(&relations, &ranks);
        let joined: Vec<Vec<u32>> =
            (0..aligned.len()).map(|at| aligned.rows.iter().map(|rows| rows[at]).collect()).collect();
        prop_assert_eq!(joined, naive(&all, &fixed[..all.len()]));
    }

    #[test]
    fn agrees_with_plain_arithmetic(a in -1e6_f64..1e6, b in -1e6_f64..1e6, c in 1e-3_f64..1e6) {
        let given = [(a, "1"), (b, "1"), (c, "1")];
        prop_assert_eq!(worked("(a + b) * c - a / c + min(a, b)", &given).0, (a + b) * c - a / c + a.min(b));
        prop_assert_eq!(worked("-a ^ 2 / sqrt(c)", &given).0, -(a.powi(2)) / c.sqrt());
    }

    #[test]
    fn a_column_is_worked_out_as_its_rows(values in prop::collection::vec(-1e3_f64..1e3, 1..3000)) {
        let program = Formula::parse("a ^ 2 - 3 * a + 1").expect("a formula").compile(&[Unit::one()]).expect("fits");
        let whole = program.evaluate(&[&values]);
        for (value, result) in values.iter().zip(whole) {
            prop_assert_eq!(program.evaluate(&[&[*value]])[0], result);
        }
    }
}
