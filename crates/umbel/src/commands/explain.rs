//! `umbel explain`: what a finding means.

use crate::arguments::{Explain, TextOrJson};
use crate::output::{Console, Ended, Outcome, Stop, json};
use crate::render::codes;
use serde_json::json;
use std::io::Write;
use umbel_core::{CODES, Code};

/// Prints one code or all.
pub fn run(arguments: &Explain, console: &Console) -> Ended {
    let mut out = console.out();
    let object = |code: &&'static Code| json!({ "code": code.id, "title": code.title, "severity": code.severity, "meaning": code.meaning, "mend": code.mend });
    let found = match &arguments.code {
        None => None,
        Some(id) => Some(
            Code::find(id)
                .ok_or_else(|| Stop::Usage(format!("there is no code \"{id}\"; `umbel explain` lists them all")))?,
        ),
    };
    match (found, arguments.format) {
        (Some(code), TextOrJson::Text) => write!(out, "{}", codes::explain(code))?,
        (None, TextOrJson::Text) => write!(out, "{}", codes::list())?,
        (Some(code), TextOrJson::Json) => json(&mut out, &object(&code))?,
        (None, TextOrJson::Json) => json(&mut out, &CODES.iter().map(object).collect::<Vec<_>>())?,
    }
    out.flush()?;
    Ok(Outcome::Fine)
}
