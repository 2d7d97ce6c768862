//! `umbel init`: a region folder to begin with.

use crate::arguments::Init;
use crate::output::{Console, Ended, Outcome, Stop};
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use umbel_table::import::{columns_of, slug};
use umbel_table::package::{self, Description, FileDescription};
use umbel_table::schema::{TABLES, is_id};
use umbel_table::write::{CsvText, write_together};

/// Makes the folder; everything in it or nothing.
pub fn run(arguments: &Init, console: &Console) -> Ended {
    let folder = &arguments.folder;
    let failed = |text: String| Stop::Failed(text);
    if folder.join(package::FILE).exists() {
        return Err(failed(format!("{} is a region already: it has a datapackage.json", folder.display())));
    }
    if folder.exists() && !folder.is_dir() {
        return Err(failed(format!("{} is not a folder", folder.display())));
    }
    let own_name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let own_name = own_name.or_else(|| {
        let path = folder.canonicalize().ok()?;
        path.file_name().map(|name| name.to_string_lossy().into_owned())
    });
    let own_name = own_name.unwrap_or_else(|| "region".to_owned());
    let name = match &arguments.name {
        Some(name) if is_id(name) => name.clone(),
        Some(name) => {
            let better = slug(name).map_or_else(String::new, |better| format!(", such as {better}"));
            return Err(Stop::Usage(format!(
                "--name {name}: lower-case letters, digits, \".\", \"-\" and \"_\" only{better}"
            )));
        }
        None => slug(&own_name).unwrap_or_else(|| "region".to_owned()),
    };
    let title = arguments.title.clone().unwrap_or(own_name);
    let languages: Vec<String> = arguments.languages.iter().map(|language| language.trim().to_lowercase()).collect();
    let is_tag = |tag: &str| tag.len() >= 2 && tag.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if let Some(wrong) = languages.iter().find(|language| !is_tag(language)) {
        return Err(Stop::Usage(format!("--languages: \"{wrong}\" is no language code such as en or zh")));
    }
    let mut files = tables(&languages, &title);
    let described = files.iter().map(|(path, text)| FileDescription {
        path: path.clone(),
        table: path.trim_start_matches("data/").trim_end_matches(".csv").to_owned(),
        columns: text.lines().next().unwrap_or_default().split(',').map(str::to_owned).collect(),
        ..FileDescription::default()
    });
    let description =
        Description { name, title: title.clone(), languages: languages.clone(), files: described.collect() };
    let text = package::render(folder, None, &description).map_err(|error| failed(error.to_string()))?;
    files.push((package::FILE.to_owned(), text));
    files.push(("report.toml".to_owned(), layout(&title, &languages)));
    files.push(("measures/measures.toml".to_owned(), MEASURES.to_owned()));
    files.push((".gitignore".to_owned(), ".umbel/\n".to_owned()));
    // What is there already is the user's, whatever it is.
    let new: Vec<(PathBuf, Vec<u8>)> =
        files.into_iter().map(|(path, text)| (folder.join(path), text.into_bytes())).collect();
    if let Some((path, _)) = new.iter().find(|(path, _)| path.exists() && !path.ends_with(".gitignore")) {
        return Err(failed(format!("{} is there already and would be overwritten", path.display())));
    }
    let new: Vec<_> = new.into_iter().filter(|(path, _)| !path.exists()).collect();
    write_together(&new).map_err(|error| failed(error.to_string()))?;
    if !console.quiet {
        let mut out = console.out();
        let shown = folder.display();
        writeln!(out, "made {shown}: {} empty tables, report.toml, measures/measures.toml", TABLES.len())?;
        writeln!(out, "its places begin with the region itself (id region); next:")?;
        writeln!(out, "  umbel add FILE --as places --into {shown} --set parent_id=region ...")?;
        writeln!(out, "  umbel check {shown}")?;
        out.flush()?;
    }
    Ok(Outcome::Fine)
}

/// The tables: headers only, but for the region itself and the source that its row needs.
fn tables(languages: &[String], title: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for table in TABLES {
        let header = columns_of(table, languages);
        let mut text = CsvText::new(&header);
        let mut row = |cells: &[(&str, &str)]| {
            let cell = |name: &String| cells.iter().find(|(column, _)| column == name).map_or("", |(_, text)| text);
            text.row(&header.iter().map(cell).collect::<Vec<_>>());
        };
        match table.name {
            "places" => row(&[("place_id", "region"), ("kind", "region"), ("name", title), ("source_id", "own")]),
            "sources" => row(&[
                ("source_id", "own"),
                ("title", "Written in this folder"),
                ("licence", "none needed"),
                ("obtained", "Written by hand."),
                ("mark", "unverified"),
            ]),
            _ => {}
        }
        files.push((format!("data/{}.csv", table.name), text.finish()));
    }
    files
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

fn layout(title: &str, languages: &[String]) -> String {
    let titles: Vec<String> = languages.iter().map(|language| format!("{language} = {}", quoted(title))).collect();
    let codes: Vec<String> = languages.iter().map(|language| quoted(language)).collect();
    format!(
        "# The report card: what stands in it, in which order, in which words.\n\
         title = {{ {} }}\n\
         languages = [{}]\n\
         region = \"region\"\n\
         # period = \"2022\"                          # the period the card speaks of\n\
         # base_period = \"2012\"                     # changes are counted from here\n\
         # jurisdictions = {{ kind = \"county\" }}      # places with a page of their own\n\
         # headlines = [\"population\"]               # figures of the front page: an indicator, or indicator@place\n\
         \n\
         # [[chapter]]\n\
         # id = \"people\"                            # the `system` of its indicators and claims\n\
         # title = {{ en = \"People\" }}\n\
         # summary = {{ en = \"What is measured and why.\" }}\n\
         # figures = [\"population\"]\n\
         # series = [{{ indicator = \"population\", places = {{ kind = \"county\" }} }}]\n\
         # maps = [{{ indicator = \"population\", places = {{ kind = \"county\" }}, period = \"2022\" }}]\n",
        titles.join(", "),
        codes.join(", ")
    )
}

const MEASURES: &str = "\
# A measure reads the tables and writes figures; its name in brackets is its id. `umbel methods` lists the methods.
# Take the marks off to begin:

# [density]
# formula = \"population / area\"
# unit = \"{person}/km2\"
# title = { en = \"People per square kilometre\" }
";
