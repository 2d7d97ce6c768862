//! Hot paths of a study on a generated region: reading observations, views, measures, paths, verdicts.
//!
//! `cargo bench -p umbel-study`. The sizes are arguments, so that the table shows how cost grows.

#![allow(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use umbel_study::Study;
use umbel_study::results::View;
use umbel_table::{Region, Series};

fn main() {
    divan::main();
}

const YEARS: usize = 20;

/// Writes a region of `counties` in ten provinces, four indicators, twenty years, a ring of links and a claim.
fn write(folder: &Path, counties: usize) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("data"))?;
    std::fs::create_dir_all(folder.join("measures"))?;
    let data = |name: &str, text: &str| std::fs::write(folder.join("data").join(name), text);
    let mut places = String::from("place_id,kind,name,parent_id,source_id\ncountry,country,Country,,s\n");
    for province in 0..10 {
        let _ = writeln!(places, "p{province},province,Province {province},country,s");
    }
    let mut links = String::from("link_id,kind,from_place_id,to_place_id,length,source_id\n");
    for county in 0..counties {
        let _ = writeln!(places, "c{county},county,County {county},p{},s", county % 10);
        let _ = writeln!(links, "l{county},road,c{county},c{},{},s", (county + 1) % counties, 1 + county % 7);
        let _ = writeln!(links, "m{county},road,c{county},c{},{},s", (county * 7 + 3) % counties, 5 + county % 11);
    }
    data("places.csv", &places)?;
    data("links.csv", &links)?;
    data("kinds.csv", "table,kind,title,divides\nplaces,province,Province,true\nplaces,county,County,true\n")?;
    data("sources.csv", "source_id,title,licence,obtained,mark\ns,Generated,CC0-1.0,generated,synthetic\n")?;
    let mut indicators = String::from("indicator_id,title,unit,direction,kind,aggregation\n");
    let mut observations = String::from("indicator_id,place_id,period,vintage,value,source_id\n");
    for indicator in 0..4 {
        let _ = writeln!(indicators, "i{indicator},Indicator {indicator},{{person}},up,stock,sum");
        for county in 0..counties {
            for year in 0..YEARS {
                let value = (county * 31 + year * 17 + indicator * 7) % 1000 + 1;
                let _ =
                    writeln!(observations, "i{indicator},c{county},{},{}-06-30,{value}.5,s", 2003 + year, 2004 + year);
            }
        }
    }
    data("indicators.csv", &indicators)?;
    data("observations.csv", &observations)?;
    data(
        "claims.csv",
        "claim_id,system,statement,indicator_id,place_id,period,comparator,value,source_id\n\
         1,main,The total is above one,total,country,2022,>,1,s\n",
    )?;
    std::fs::write(
        folder.join("measures/measures.toml"),
        "[total]\nmethod = \"aggregate\"\nof = \"i0\"\nfrom = { kind = \"county\" }\nto = { kind = [\"province\", \"country\"] }\n\
         rule = \"sum\"\ntitle = \"Total\"\n\n\
         [quotient]\nformula = \"i0 / i1\"\ntitle = \"Quotient\"\n\n\
         [place_in_order]\nmethod = \"rank\"\nof = \"i0\"\namong = { kind = \"county\" }\norder = \"high_first\"\ntitle = \"Rank\"\n\n\
         [path]\nmethod = \"network_sum\"\nlinks = { kind = \"road\" }\nattribute = \"length\"\nfrom = { kind = \"county\" }\n\
         to = [\"c0\"]\nperiods = [\"2022\"]\ntitle = \"Path\"\n",
    )?;
    let resources: Vec<String> = ["places", "links", "kinds", "sources", "indicators", "observations", "claims"]
        .iter()
        .map(|table| format!("{{\"name\":\"{table}\",\"path\":\"data/{table}.csv\",\"umbel:table\":\"{table}\"}}"))
        .collect();
    let package = format!("{{\"name\":\"bench\",\"resources\":[{}]}}", resources.join(","));
    std::fs::write(folder.join("datapackage.json"), package)
}

/// A region on disk, removed when dropped.
fn region(counties: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write(folder.path(), counties).expect("the generated region can be written");
    folder
}

/// Opens the region and makes sure that nothing is wrong with it: a benchmark of an error path tells nothing.
fn open(folder: &Path) -> Study {
    let (study, findings) = Study::open(folder);
    assert!(findings.is_empty(), "the generated region has findings: {findings:?}");
    study
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn read_region(bencher: divan::Bencher<'_, '_>, counties: usize) {
    let folder = region(counties);
    bencher
        .counter(divan::counter::ItemsCount::new(counties * YEARS * 4))
        .bench(|| black_box(Region::read(folder.path())));
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn latest_view(bencher: divan::Bencher<'_, '_>, counties: usize) {
    let folder = region(counties);
    let study = open(folder.path());
    let indicator = study.region.symbols.get("i0").expect("i0 is an indicator");
    let rows = study.region.observations.rows(indicator).expect("i0 has rows");
    let unit = umbel_core::Unit::one();
    bencher
        .counter(divan::counter::ItemsCount::new(rows.len()))
        .bench(|| black_box(Series::view(rows, unit.clone(), None, study.ranks())));
}

/// One measure of a study that has evaluated nothing yet (its folder is removed first, so nothing is stored).
fn measure(bencher: divan::Bencher<'_, '_>, counties: usize, name: &str) {
    let folder = region(counties);
    bencher
        .counter(divan::counter::ItemsCount::new(counties * YEARS))
        .with_inputs(|| {
            let _ = std::fs::remove_dir_all(folder.path().join(".umbel"));
            open(folder.path())
        })
        .bench_local_values(|study| {
            let indicator = study.region.symbols.get(name).expect("the measure is declared");
            black_box(study.node(indicator, View::default()).expect("the measure can be evaluated"));
            study
        });
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn aggregate(bencher: divan::Bencher<'_, '_>, counties: usize) {
    measure(bencher, counties, "total");
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn formula(bencher: divan::Bencher<'_, '_>, counties: usize) {
    measure(bencher, counties, "quotient");
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn rank(bencher: divan::Bencher<'_, '_>, counties: usize) {
    measure(bencher, counties, "place_in_order");
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn network_sum(bencher: divan::Bencher<'_, '_>, counties: usize) {
    measure(bencher, counties, "path");
}

#[divan::bench(args = [100, 1_000])]
fn claim_on_every_release(bencher: divan::Bencher<'_, '_>, counties: usize) {
    let folder = region(counties);
    bencher
        .with_inputs(|| {
            let _ = std::fs::remove_dir_all(folder.path().join(".umbel"));
            open(folder.path())
        })
        .bench_local_values(|study| {
            black_box(study.claims());
            study
        });
}
