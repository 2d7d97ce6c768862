//! Cases of `umbel_stats::autocorrelation`.

use crate::cases::{cases, number, numbers, weights};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::Weights;
use umbel_stats::autocorrelation::bivariate_moran::bivariate_moran;
use umbel_stats::autocorrelation::geary::{Geary, geary};
use umbel_stats::autocorrelation::getis_ord::getis_ord;
use umbel_stats::autocorrelation::join_count::join_count;
use umbel_stats::autocorrelation::local_bivariate_moran::local_bivariate_moran;
use umbel_stats::autocorrelation::local_g::local_g;
use umbel_stats::autocorrelation::local_geary::local_geary;
use umbel_stats::autocorrelation::local_moran::{Divisor, LocalMoran, LocalSimulated, local_moran};
use umbel_stats::autocorrelation::moran::{Moran, moran};
use umbel_stats::autocorrelation::moran_rate::{moran_rate, standardised_rates};
use umbel_stats::autocorrelation::significance::{Islands, Simulated, Test};
use umbel_stats::inference::Alternative;

/// Permutations of the cases, and here.
const PERMUTATIONS: u32 = 9_999;

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, case) in cases("moran_") {
        Case::of(&name, &case, &mut checks);
    }
    spdep(&mut checks);
    joins(&mut checks);
    checks
}

fn test(permutations: u32) -> Test {
    Test { alternative: Alternative::Directed, permutations, seed: 7 }
}

/// Relative to 1e-10, absolute to 1e-12 near zero: so small references go as sums with 1.
fn analytic(pairs: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    pairs.into_iter().map(|(a, b)| if b.abs() < 0.01 && (a - b).abs() <= 1e-12 { (1.0, 1.0) } else { (a, b) }).collect()
}

struct Case<'a> {
    name: &'a str,
    reference: String,
    values: Vec<f64>,
    binary: Weights,
    rows: Weights,
    expected: &'a Value,
    checks: &'a mut Vec<Check>,
}

impl Case<'_> {
    fn of(name: &str, case: &Value, checks: &mut Vec<Check>) {
        let meta = &case["meta"];
        let values = numbers(&case["input"]["y"]);
        let binary = weights(&case["input"]["w"]);
        assert_eq!(values.len() as f64, number(&meta["n"]), "{name}: places");
        assert_eq!(binary.islands().len() as f64, number(&meta["islands"]), "{name}: islands");
        assert_eq!(number(&meta["permutations"]), f64::from(PERMUTATIONS), "{name}: permutations");
        let (rows, expected) = (binary.row_standardised(), &case["expected"]);
        let reference = meta["produced_by"].as_str().expect("produced_by").to_owned();
        let mut case = Case { name, reference, values, binary, rows, expected, checks };
        case.global_moran("moran_r");
        case.global_moran("moran_b");
        case.geary();
        case.getis_ord();
        case.local_moran();
        case.local_g("g_local_b", false);
        case.local_g("g_local_b_star", true);
        case.local_geary();
        case.bivariate();
        case.rate();
        let known = ["moran_r", "moran_b", "geary_r", "getis_ord_G_b", "moran_local_r", "g_local_b", "g_local_b_star"];
        let known = known.into_iter().chain(["geary_local_r", "moran_bv", "moran_rate_EB"]).collect::<Vec<_>>();
        for block in expected.as_object().expect("blocks").keys() {
            assert!(known.contains(&block.as_str()), "{name}: nothing checks {block}");
        }
    }

    fn push(&mut self, method: &'static str, what: &'static str, kind: Kind, limit: f64, pairs: Vec<(f64, f64)>) {
        let reference = format!("{}: {}", self.reference, self.name);
        let pairs = if matches!(kind, Kind::Relative) { analytic(pairs) } else { pairs };
        self.checks.push(Check { method, what, reference, pairs, kind, limit });
    }

    fn exact(&mut self, method: &'static str, what: &'static str, pairs: Vec<(f64, f64)>) {
        self.push(method, what, Kind::Relative, 1e-10, pairs);
    }

    /// Figures that the block has.
    fn given(block: &Value, figures: &[(&str, f64)]) -> Vec<(f64, f64)> {
        let there = figures.iter().filter(|(key, _)| block.get(key).is_some());
        there.map(|&(key, found)| (found, number(&block[key]))).collect()
    }

    fn simulated(&mut self, method: &'static str, block: &Value, keys: [&str; 2], found: Simulated) {
        let p = (peer(found.greater, found.lesser, number(&block["p_sim"])), number(&block["p_sim"]));
        self.push(method, "permutation p", Kind::Permutation(PERMUTATIONS), 1.0, vec![p]);
        if block.get(keys[0]).is_some() {
            let (mean, variance) = (number(&block[keys[0]]), number(&block[keys[1]]));
            let pairs = vec![((found.mean - mean) / variance.sqrt(), 0.0)];
            self.push(method, "permutation mean", Kind::Absolute("standard deviations"), 0.05, pairs);
            self.push(method, "permutation variance", Kind::Relative, 0.08, vec![(found.variance, variance)]);
            if let Some(z) = block.get("z_sim") {
                let pairs = vec![(found.z.expect("z"), number(z))];
                self.push(method, "permutation z", Kind::Relative, 0.08, pairs);
            }
        }
    }

    fn global_moran(&mut self, key: &str) {
        let Some(block) = self.expected.get(key) else { return };
        let weights = if key == "moran_r" { &self.rows } else { &self.binary };
        let test = Test { alternative: Alternative::TwoSided, ..test(PERMUTATIONS) };
        let found = moran(&self.values, weights, &test).expect("Moran's I");
        self.exact("moran", "I, moments, z and p", moran_figures(block, &found));
        self.simulated("moran", block, ["EI_sim", "VI_sim"], found.permutation.expect("permutations"));
    }

    fn geary(&mut self) {
        let Some(block) = self.expected.get("geary_r") else { return };
        let found = geary(&self.values, &self.rows, &test(PERMUTATIONS)).expect("Geary's C");
        self.exact("geary", "C, moments, z and p", geary_figures(block, &found));
        self.simulated("geary", block, ["EC_sim", "VC_sim"], found.permutation.expect("permutations"));
    }

    fn getis_ord(&mut self) {
        let Some(block) = self.expected.get("getis_ord_G_b") else { return };
        let found = getis_ord(&self.values, &self.binary, &test(PERMUTATIONS)).expect("G");
        let figures = [
            ("G", found.g),
            ("EG", found.expected),
            ("VG", found.variance.expect("variance")),
            ("z_norm", found.z.expect("z")),
            ("p_norm", found.p.expect("p")),
        ];
        self.exact("getis_ord", "G, moments, z and p", Self::given(block, &figures));
        self.simulated("getis_ord", block, ["EG_sim", "VG_sim"], found.permutation.expect("permutations"));
    }

    fn local_moran(&mut self) {
        let Some(block) = self.expected.get("moran_local_r") else { return };
        let run = |divisor| {
            local_moran(&self.values, &self.rows, divisor, Islands::Smallest, &test(PERMUTATIONS)).expect("local I")
        };
        // The peer's analytic moments are those of I with the divisor n, its I has n - 1.
        let (found, other) = (run(Divisor::PlacesLessOne), run(Divisor::Places));
        assert_eq!(found.len(), numbers(&block["Is"]).len());
        for (place, quadrant) in found.iter().zip(numbers(&block["quadrant_1HH_2LH_3LL_4HL"])) {
            assert_eq!(f64::from(place.quadrant.number()), quadrant, "{}: quadrants", self.name);
        }
        let beside = |key: &str, places: &[LocalMoran], of: fn(&LocalMoran) -> f64| {
            places.iter().map(of).zip(numbers(&block[key])).collect::<Vec<_>>()
        };
        self.exact("local_moran", "I", beside("Is", &found, |place| place.i));
        let moments = [
            beside("EI_total", &other, |place| place.expected_total),
            beside("VI_total", &other, |place| place.variance_total),
            beside("EI_conditional", &other, |place| place.expected_conditional),
            beside("VI_conditional", &other, |place| place.variance_conditional),
        ];
        self.exact("local_moran", "total and conditional moments", moments.concat());
        let simulated: Vec<LocalSimulated> = found.iter().map(|place| place.permutation.expect("simulated")).collect();
        self.local("local_moran", block, "p_sim_one_sided_directed", &simulated, &self.binary.islands());
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for (at, place) in simulated.iter().enumerate() {
            let (mean, variance) = (number(&block["EI_sim"][at]), number(&block["VI_sim"][at]));
            if variance > 0.0 {
                means.push(((place.mean - mean) / variance.sqrt(), 0.0));
                variances.push((place.variance, variance));
            } else {
                assert_eq!((place.mean, place.variance), (mean, variance), "{}: {at}", self.name);
            }
        }
        self.push("local_moran", "permutation means", Kind::Absolute("standard deviations"), 0.05, means);
        self.push("local_moran", "permutation variances", Kind::Relative, 0.08, variances);
        // An island has no p-value unless the peer's is asked for.
        let strict = local_moran(&self.values, &self.rows, Divisor::Places, Islands::Undefined, &test(99)).expect("I");
        for (at, place) in strict.iter().enumerate() {
            let island = self.binary.degree(at) == 0;
            assert_eq!((place.island, place.p().is_none()), (island, island));
        }
    }

    fn local_g(&mut self, key: &str, star: bool) {
        let Some(block) = self.expected.get(key) else { return };
        let run = |alternative| {
            let test = Test { alternative, ..test(PERMUTATIONS) };
            local_g(&self.values, &self.binary, star, Islands::Smallest, &test).expect("local G")
        };
        let found = run(Alternative::Directed);
        let mut pairs = Vec::new();
        for (at, place) in found.iter().enumerate() {
            let known = [("Gs", place.g), ("EGs", place.expected), ("VGs", place.variance)];
            pairs.extend(known.map(|(key, found)| (found.expect("G"), number(&block[key][at]))));
            // Undefined with the peer (a division of 0 by 0), none here.
            assert_eq!(place.z.is_none(), block["Zs"][at].is_null(), "{}: {at}", self.name);
            if let (Some(z), Some(p)) = (place.z, place.p) {
                pairs.extend([(z, number(&block["Zs"][at])), (p, number(&block["p_norm_one_sided"][at]))]);
            }
        }
        let what = if star { "G*, moments, z and p" } else { "G, moments, z and p" };
        self.exact("local_g", what, pairs);
        let simulated: Vec<LocalSimulated> = found.iter().map(|place| place.permutation.expect("simulated")).collect();
        self.local("local_g", block, "p_sim_one_sided_directed", &simulated, &self.binary.islands());
    }

    fn local_geary(&mut self) {
        let Some(block) = self.expected.get("geary_local_r") else { return };
        let islands = Islands::Undefined;
        let found = local_geary(&self.values, &self.rows, Divisor::Places, islands, &test(0)).expect("local C");
        let pairs = found.iter().map(|place| place.c).zip(numbers(&block["localG"])).collect();
        self.exact("local_geary", "C", pairs);
    }

    fn bivariate(&mut self) {
        let Some(block) = self.expected.get("moran_bv") else { return };
        assert_eq!(block["x"], "input.y");
        let second = numbers(&block["y"]);
        let found = bivariate_moran(&self.values, &second, &self.rows, &test(PERMUTATIONS)).expect("bivariate I");
        // The peer divides by n, also where there are islands.
        let n = self.values.len() as f64;
        let scale = (n - found.islands as f64) / n;
        self.exact("bivariate_moran", "I", vec![(found.i * scale, number(&block["I"]))]);
        self.simulated("bivariate_moran", block, ["EI_sim", "VI_sim"], found.permutation.expect("permutations"));
    }

    fn rate(&mut self) {
        let Some(block) = self.expected.get("moran_rate_EB") else { return };
        let (events, population) = (numbers(&block["events"]), numbers(&block["population"]));
        let rates = standardised_rates(&events, &population).expect("rates");
        let pairs = rates.into_iter().zip(numbers(&block["eb_rates"])).collect();
        self.exact("moran_rate", "empirical Bayes standardised rates", pairs);
        let found = moran_rate(&events, &population, &self.rows, &test(PERMUTATIONS)).expect("Moran's I of rates");
        self.exact("moran_rate", "I and z", moran_figures(block, &found.moran));
        self.simulated("moran_rate", block, ["EI_sim", "VI_sim"], found.moran.permutation.expect("permutations"));
    }

    fn local(&mut self, method: &'static str, block: &Value, key: &str, found: &[LocalSimulated], islands: &[u32]) {
        let pairs = found.iter().zip(numbers(&block[key])).enumerate().map(|(at, (place, wanted))| {
            let found = if islands.contains(&(at as u32)) {
                place.p.expect("the peer's p of an island")
            } else {
                assert_eq!(place.p, Some((f64::from(place.greater.min(place.lesser)) + 1.0) / 10_000.0));
                peer(place.greater, place.lesser, wanted)
            };
            (found, wanted)
        });
        let pairs: Vec<(f64, f64)> = pairs.collect();
        assert_eq!(pairs.len(), numbers(&block[key]).len());
        self.push(method, "permutation p of places", Kind::Permutation(PERMUTATIONS), 1.0, pairs);
    }
}

fn moran_figures(block: &Value, found: &Moran) -> Vec<(f64, f64)> {
    let variance = found.variance_randomization.expect("variance");
    let figures = [
        ("I", found.i),
        ("EI", found.expected),
        ("VI_norm", found.variance_normal),
        ("seI_norm", found.variance_normal.sqrt()),
        ("VI_rand", variance),
        ("seI_rand", variance.sqrt()),
        ("z_norm", found.z_normal.expect("z")),
        ("z_rand", found.z_randomization.expect("z")),
        ("p_norm", found.p_normal.expect("p")),
        ("p_rand", found.p_randomization.expect("p")),
    ];
    Case::given(block, &figures)
}

fn geary_figures(block: &Value, found: &Geary) -> Vec<(f64, f64)> {
    let figures = [
        ("C", found.c),
        ("EC", found.expected),
        ("VC_norm", found.variance_normal),
        ("VC_rand", found.variance_randomization.expect("variance")),
        ("z_norm", found.z_normal.expect("z")),
        ("z_rand", found.z_randomization.expect("z")),
        ("p_norm", found.p_normal.expect("p")),
        ("p_rand", found.p_randomization.expect("p")),
    ];
    Case::given(block, &figures)
}

/// The directed p of the peer. It counts simulated statistics of at least the observed one on one side and the rest on the
/// other, and rounding decides whether it sees ties as such; so of both ways the one that is closer.
fn peer(greater: u32, lesser: u32, wanted: f64) -> f64 {
    let p = |greater: u32| (f64::from(greater.min(PERMUTATIONS - greater)) + 1.0) / (f64::from(PERMUTATIONS) + 1.0);
    let (with, without) = (p(greater), p(PERMUTATIONS - lesser));
    if (with - wanted).abs() <= (without - wanted).abs() { with } else { without }
}

/// Join counts, and local I between two variables.
fn joins(checks: &mut Vec<Check>) {
    for (name, case) in cases("joins_") {
        let (meta, expected) = (&case["meta"], &case["expected"]);
        assert_eq!(number(&meta["permutations"]), f64::from(PERMUTATIONS), "{name}: permutations");
        let input = |at: usize| cases(meta["inputs"][at].as_str().expect("an input"))[0].1["input"].clone();
        let (first, second) = (input(0), input(1));
        let (values, others, binary) = (numbers(&first["y"]), numbers(&second["y"]), weights(&first["w"]));
        let reference = format!("{}: {name}", meta["produced_by"].as_str().expect("produced_by"));
        let mut push = |method, what, kind, limit, pairs| {
            checks.push(Check { method, what, reference: reference.clone(), pairs, kind, limit });
        };
        let deviations = Kind::Absolute("standard deviations");
        let (mut counts, mut means, mut variances, mut ps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for wanted in expected["joins"].as_array().expect("joins") {
            let of = |key: &str| number(&wanted[key]);
            let yes: Vec<f64> = values.iter().map(|&value| f64::from(value > of("level"))).collect();
            let test = Test { alternative: Alternative::Greater, ..test(PERMUTATIONS) };
            let found = join_count(&yes, &binary, &test).expect("joins");
            counts.extend([
                (found.black as f64, of("black")),
                (found.black_black.joins, of("bb")),
                (found.white_white.joins, of("ww")),
                (found.black_white.joins, of("bw")),
                (found.all, of("all")),
            ]);
            for (joins, kind) in [(&found.black_black, "bb"), (&found.black_white, "bw")] {
                let simulated = joins.permutation.expect("permutations");
                let (mean, variance) = (of(&format!("mean_{kind}")), of(&format!("variance_{kind}")));
                means.push(((simulated.mean - mean) / variance.sqrt(), 0.0));
                // Those over all permutations, too.
                means.push(((joins.expected - mean) / variance.sqrt(), 0.0));
                variances
                    .extend([simulated.variance, joins.variance.expect("variance")].map(|found| (found, variance)));
                ps.push((simulated.p, of(&format!("p_{kind}_upper"))));
            }
        }
        push("join_count", "joins at three levels", Kind::Absolute(""), 0.0, counts);
        push("join_count", "means, permuted and expected", deviations, 0.05, means);
        push("join_count", "variances, permuted and expected", Kind::Relative, 0.08, variances);
        push("join_count", "permutation p", Kind::Permutation(PERMUTATIONS), 1.0, ps);

        let block = &expected["moran_local_bv_r"];
        let rows = binary.row_standardised();
        let test = test(PERMUTATIONS);
        let run = |divisor| local_bivariate_moran(&values, &others, &rows, divisor, Islands::Undefined, &test);
        let (found, other) = (run(Divisor::PlacesLessOne).expect("local I"), run(Divisor::Places).expect("local I"));
        assert_eq!(found.len(), numbers(&block["Is"]).len());
        let (mut own, mut quadrants, mut ps) = (Vec::new(), Vec::new(), Vec::new());
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for (at, place) in found.iter().enumerate() {
            let of = |key: &str| number(&block[key][at]);
            own.push((place.i, of("Is")));
            quadrants.push((f64::from(place.quadrant.number()), of("quadrant_1HH_2LH_3LL_4HL")));
            let simulated = place.permutation.expect("permutations");
            ps.push((
                peer(simulated.greater, simulated.lesser, of("p_sim_one_sided_directed")),
                of("p_sim_one_sided_directed"),
            ));
            let deviation = of("VI_sim").sqrt();
            means.push(((simulated.mean - of("EI_sim")) / deviation, 0.0));
            variances.push((simulated.variance, of("VI_sim")));
        }
        assert!(other.iter().zip(&found).all(|(a, b)| (a.i - b.i * 49.0 / 48.0).abs() < 1e-12));
        push("local_bivariate_moran", "I", Kind::Relative, 1e-10, analytic(own));
        push("local_bivariate_moran", "quadrants", Kind::Absolute(""), 0.0, quadrants);
        push("local_bivariate_moran", "permutation p", Kind::Permutation(PERMUTATIONS), 1.0, ps);
        push("local_bivariate_moran", "permutation means", Kind::Absolute("standard deviations"), 0.05, means);
        push("local_bivariate_moran", "permutation variances", Kind::Relative, 0.08, variances);
    }
}

/// A second opinion on the same data, where scales and divisors differ.
fn spdep(checks: &mut Vec<Check>) {
    for (name, case) in cases("spdep_") {
        let expected = &case["expected"];
        let input = case["meta"]["inputs"].as_array().expect("inputs").iter().filter_map(Value::as_str);
        let input = input.filter(|input| input.starts_with("moran_")).collect::<Vec<_>>();
        let inputs = cases(input.first().expect("a case of Moran"));
        let input = &inputs[0].1["input"];
        let (values, binary) = (numbers(&input["y"]), weights(&input["w"]));
        let rows = binary.row_standardised();
        let test = Test { alternative: Alternative::TwoSided, ..test(0) };
        let mut push = |method, what, pairs| {
            let reference = format!("spdep 1.2.7: {name}");
            checks.push(Check { method, what, reference, pairs: analytic(pairs), kind: Kind::Relative, limit: 1e-9 });
        };
        // Statistic, expected value, variance, standard deviate, p.
        let five = |key: &str, found: [f64; 5]| {
            let wanted = numbers(&expected[key]);
            assert_eq!(wanted.len(), 5, "{key}");
            found.into_iter().zip(wanted).collect::<Vec<_>>()
        };
        let found = moran(&values, &rows, &test).expect("Moran's I");
        let (z, p) = (found.z_randomization.expect("z"), found.p_randomization.expect("p"));
        let variance = found.variance_randomization.expect("variance");
        let mut pairs = five("moran_randomisation", [found.i, found.expected, variance, z, p]);
        let (z, p) = (found.z_normal.expect("z"), found.p_normal.expect("p"));
        pairs.extend(five("moran_normality", [found.i, found.expected, found.variance_normal, z, p]));
        push("moran", "I under randomisation and normality", pairs);
        // Its standard deviate of C has the other sign: positive where neighbours are alike.
        let found = geary(&values, &rows, &test).expect("Geary's C");
        let (z, p) = (found.z_randomization.expect("z"), found.p_randomization.expect("p"));
        let variance = found.variance_randomization.expect("variance");
        let mut pairs = five("geary_randomisation", [found.c, found.expected, variance, -z, p]);
        let (z, p) = (found.z_normal.expect("z"), found.p_normal.expect("p"));
        pairs.extend(five("geary_normality", [found.c, found.expected, found.variance_normal, -z, p]));
        push("geary", "C under randomisation and normality", pairs);
        let found = getis_ord(&values, &binary, &test).expect("G");
        let (variance, z, p) = (found.variance.expect("variance"), found.z.expect("z"), found.p.expect("p"));
        push("getis_ord", "G", five("globalG", [found.g, found.expected, variance, z, p]));
        let found = local_moran(&values, &rows, Divisor::Places, Islands::Undefined, &test).expect("local I");
        let (conditional, total) = (&expected["localmoran_conditional"], &expected["localmoran_total"]);
        let mut pairs = Vec::new();
        for (at, place) in found.iter().enumerate() {
            pairs.extend([
                (place.i, number(&conditional["Ii"][at])),
                (place.expected_conditional, number(&conditional["E"][at])),
                (place.variance_conditional, number(&conditional["Var"][at])),
                (place.z_conditional.expect("z"), number(&conditional["Z"][at])),
                (place.p_conditional.expect("p"), number(&conditional["p"][at])),
                (place.expected_total, number(&total["E"][at])),
                (place.variance_total, number(&total["Var"][at])),
            ]);
        }
        push("local_moran", "I with the divisor n, moments, z and p", pairs);
        for (key, star) in [("localG", false), ("localGstar", true)] {
            let found = local_g(&values, &binary, star, Islands::Undefined, &test).expect("local G");
            let pairs = found.iter().map(|place| place.z.expect("z")).zip(numbers(&expected[key])).collect();
            push("local_g", if star { "z of G*" } else { "z of G" }, pairs);
        }
    }
}
