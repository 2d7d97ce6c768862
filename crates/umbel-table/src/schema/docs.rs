//! The tables as Markdown, for the page on the region format.

use super::{ColumnSpec, TABLES, TableSpec, Type};
use std::fmt::Write;

/// The line before the generated part of a page.
pub const BEGIN: &str = "<!-- generated from the schema; UMBEL_BLESS=1 cargo test -p umbel-table writes it anew -->";
/// The line after it.
pub const END: &str = "<!-- end of the generated part -->";

/// Every table as a section with its columns.
pub fn markdown() -> String {
    let mut page = String::new();
    for table in TABLES {
        section(&mut page, table);
    }
    page
}

/// The page with its generated part replaced; `None` when it has no markers.
pub fn refreshed(page: &str) -> Option<String> {
    let begin = page.find(BEGIN)? + BEGIN.len();
    let end = begin + page.get(begin..)?.find(END)?;
    Some(format!("{}\n{}\n{}", &page[..begin], markdown(), &page[end..]))
}

fn section(page: &mut String, table: &TableSpec) {
    // Writing to a String does not fail.
    let _ = writeln!(page, "\n## {}\n{}", table.name, table.doc);
    if table.attributes {
        let _ = writeln!(page, "Further columns are attributes.");
    }
    let _ = writeln!(page, "\n| column | type | meaning |\n| --- | --- | --- |");
    for column in table.columns {
        let mut name = column.name.to_owned();
        if column.required {
            name.push('*');
        }
        if column.key {
            name = format!("**{name}**");
        }
        if column.multilingual {
            let _ = write!(name, ", {}_zh ...", column.name);
        }
        let _ = writeln!(page, "| {name} | {} | {} |", type_of(column), column.doc);
    }
}

fn type_of(column: &ColumnSpec) -> String {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
    let mut text = match column.kind {
        Type::Id => "id".to_owned(),
        Type::IdList => "ids, `;` between".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Number => "number".to_owned(),
        Type::NumberOrPercent => "number or percent".to_owned(),
        Type::Integer => "whole number".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Period => "period".to_owned(),
        Type::Bool => "`true` `false`".to_owned(),
        Type::Unit => "unit".to_owned(),
        Type::Status => "SDMX letter".to_owned(),
        Type::Breakdown => "breakdown".to_owned(),
        Type::Word(all) => words(all),
        Type::Reference(table) => format!("id in {table}"),
        Type::ReferenceList(table) => format!("ids in {table}, `;` between"),
    };
    if !column.unit.is_empty() {
        let _ = write!(text, ", {}", column.unit);
    }
    text
}
