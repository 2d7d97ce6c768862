//! Convergence and mobility.

use crate::{apply, folder};

const HISTORY: &str = "id,time,income\n\
    a,2000,100\na,2010,200\na,2020,400\n\
    b,2000,200\nb,2010,300\nb,2020,500\n\
    c,2000,400\nc,2010,500\nc,2020,600\n\
    d,2000,800\nd,2010,850\nd,2020,900\n";

#[test]
fn sigma_and_beta_of_a_file() {
    let folder = folder(&[("a.csv", HISTORY)]);
    let sigma = apply(folder.path(), "sigma-convergence --values a.csv:income --format json").json();
    assert_eq!(sigma["n"], 4);
    let ratio = sigma["variance_ratio"].as_f64().unwrap_or(f64::NAN);
    assert!(ratio < 0.3 && sigma["trend_per_year"].as_f64().unwrap_or(f64::NAN) < 0.0, "{sigma}");
    let beta = apply(folder.path(), "beta-convergence --values a.csv:income --format json").json();
    // By hand: growth (ln 4, ln 2.5, ln 1.5, ln 1.125) / 20 on ln of 100, 200, 400, 800.
    let growth = [4.0_f64, 2.5, 1.5, 1.125].map(|ratio| ratio.ln() / 20.0);
    let slope = (-1.5 * growth[0] - 0.5 * growth[1] + 0.5 * growth[2] + 1.5 * growth[3]) / 5.0 / 2_f64.ln();
    let found = beta["slope"].as_f64().unwrap_or(f64::NAN);
    assert!((found - slope).abs() < 1e-14, "{beta}");
    let speed = -(1.0 + slope * 20.0).ln() / 20.0;
    assert!((beta["speed"].as_f64().unwrap_or(f64::NAN) - speed).abs() < 1e-13, "{beta}");
    assert!((beta["half_life"].as_f64().unwrap_or(f64::NAN) - 2_f64.ln() / speed).abs() < 1e-9, "{beta}");
}

#[test]
fn chains_and_ranks_of_a_file() {
    let folder = folder(&[("a.csv", HISTORY)]);
    let found = apply(folder.path(), "markov --values a.csv:income --cuts 250,550 --format json").json();
    assert_eq!(found["transitions"], serde_json::json!([[1, 2, 0], [0, 2, 1], [0, 0, 2]]));
    assert_eq!(found["steady_states"], serde_json::json!([[0.0, 0.0, 1.0]]));
    assert_eq!(found["mean_first_passage"][2], serde_json::json!([null, null, 1.0]));
    let ranks = apply(folder.path(), "rank-mobility --values a.csv:income --format json").json();
    assert_eq!((ranks["tau"].as_f64(), ranks["concordant"].as_i64()), (Some(1.0), Some(6)));
}

#[test]
fn what_cannot_be_computed_says_so() {
    let folder = folder(&[
        ("zero.csv", "id,time,income\na,1,0\na,2,5\nb,1,3\nb,2,4\n"),
        ("one.csv", "id,time,income\na,1,3\nb,1,3\n"),
        ("gap.csv", "id,time,income\na,1,3\na,2,4\nb,1,3\n"),
    ]);
    let sigma = apply(folder.path(), "sigma-convergence --values zero.csv:income");
    assert!(sigma.code == 3 && sigma.err.contains("a has 0; it must be above 0"), "{}", sigma.err);
    let ranks = apply(folder.path(), "rank-mobility --values one.csv:income");
    assert!(ranks.code == 3 && ranks.err.contains("2 periods"), "{}", ranks.err);
    let sigma = apply(folder.path(), "sigma-convergence --values gap.csv:income");
    assert!(sigma.code == 3 && sigma.err.contains("at least 2 places"), "{}", sigma.err);
    let cuts = apply(folder.path(), "markov --values zero.csv:income --cuts 5,2");
    assert!(cuts.code == 3 && cuts.err.contains("ascend"), "{}", cuts.err);
}
