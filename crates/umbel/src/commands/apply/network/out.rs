//! Where results go: a file by its ending, or the standard output.

use crate::output::{Console, Stop};
use std::path::Path;
use umbel_table::stream::{Form, Kind, StreamWriter};
use umbel_table::write::WriteError;

/// A name that a form goes by.
pub fn form_named(name: &str) -> Option<Form> {
    match name {
        "csv" => Some(Form::Csv),
        "json" => Some(Form::Json),
        "parquet" => Some(Form::Parquet),
        _ => None,
    }
}

/// The form of a table: that named, else that of the ending, else CSV.
pub fn form(out: Option<&str>, format: Option<&str>) -> Result<Form, Stop> {
    let by_ending = out.map(|path| {
        let known = Form::of(Path::new(path));
        known.ok_or_else(|| Stop::Usage(format!("--out {path}: a table ends in .csv, .parquet or .json")))
    });
    match (format, by_ending) {
        (Some(name), _) => {
            form_named(name).ok_or_else(|| Stop::Usage(format!("--format {name}: a table is csv, json or parquet")))
        }
        (None, Some(form)) => form,
        (None, None) => Ok(Form::Csv),
    }
}

/// A table that is written while it is computed.
pub fn table(
    out: Option<&str>,
    format: Option<&str>,
    header: &[(String, Kind)],
    console: &Console,
) -> Result<StreamWriter<'static>, Stop> {
    let form = form(out, format)?;
    match out {
        Some(path) => StreamWriter::create(Path::new(path), form, header).map_err(wrong),
        None if form == Form::Parquet => Err(Stop::Usage("--out FILE says where Parquet is written".to_owned())),
        None => Ok(StreamWriter::to(Box::new(console.out()), form, header)),
    }
}

/// What went wrong in writing.
pub fn wrong(error: WriteError) -> Stop {
    match error.source.kind() {
        std::io::ErrorKind::BrokenPipe => Stop::Closed,
        _ => Stop::Failed(error.to_string()),
    }
}
