//! Drawings with made-up content, for the eye: `cargo run -p umbel-report --example drawings > drawings.html`.

use umbel_core::{Evidence, Verdict};
use umbel_report::umbel::{self, Floret, Stalk};

fn stalks(labels: &[(&str, usize)]) -> Vec<Stalk> {
    let florets = |count: usize| {
        (0..count).map(|i| Floret {
            href: "#top".into(),
            title: format!("Claim {i}"),
            verdict: [Verdict::Kept, Verdict::Depends, Verdict::Missed, Verdict::Undecidable, Verdict::Undecidable]
                [(i * i + i / 3) % 5],
            evidence: [Evidence::None, Evidence::Independent, Evidence::Unverified][i % 3],
        })
    };
    labels
        .iter()
        .map(|(label, n)| Stalk { href: "#top".into(), label: (*label).into(), florets: florets(*n).collect() })
        .collect()
}

fn main() {
    let fourteen = [
        ("The region as one", 10),
        ("Relief of functions", 12),
        ("Two wings", 10),
        ("Transport", 8),
        ("Gateways", 7),
        ("Ecology", 4),
        ("Industry and innovation", 13),
        ("Computing", 3),
        ("Care", 6),
        ("Schooling", 7),
        ("Jobs", 3),
        ("Water", 5),
        ("Energy", 6),
        ("Culture and sport", 3),
    ];
    let chinese = [
        ("区域一体", 10),
        ("非首都功能疏解", 12),
        ("两翼", 10),
        ("交通", 8),
        ("门户", 7),
        ("生态", 4),
        ("产业与创新", 13),
        ("算力", 3),
        ("医疗", 6),
        ("教育", 7),
        ("就业", 3),
        ("水", 5),
        ("能源", 6),
        ("文化与体育", 3),
    ];
    let many: Vec<(String, usize)> = (0..30).map(|i| (format!("Chapter number {i} of many"), 1 + i * 7 % 60)).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|(l, n)| (l.as_str(), *n)).collect();
    println!(
        "<!doctype html><meta charset=utf-8><style>{}body{{max-width:760px}}</style>",
        include_str!("../src/style.css")
    );
    println!("<svg width=0 height=0><defs>{}</defs></svg>", umbel::definitions());
    for set in [&fourteen[..], &chinese[..], &fourteen[2..5], &many[..]] {
        println!("{}", umbel::draw(&stalks(set), "example"));
    }
}
