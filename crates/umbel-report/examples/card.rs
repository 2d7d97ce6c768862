//! Writes the report of a region folder to standard output: `cargo run --example card -- FOLDER [LANGUAGE]`.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "regions/jing-jin-ji".into());
    let (study, findings) = umbel_study::Study::open(std::path::Path::new(&folder));
    eprintln!("{} findings", findings.len());
    for finding in findings.iter().take(5) {
        eprintln!("{finding:?}");
    }
    let options = umbel_report::ReportOptions { language: arguments.next() };
    let before = std::time::Instant::now();
    match umbel_report::report(&study, &options) {
        Ok(html) => print!("{html}"),
        Err(error) => eprintln!("{error}"),
    }
    eprintln!("{:?}", before.elapsed());
}
