//! `umbel trace`: a figure down to the lines it rests on.

use super::figures::look;
use super::{open, under, warn_of_networks};
use crate::arguments::{TextOrJson, Trace};
use crate::output::{Console, Ended, Outcome, Stop, json};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;
use umbel_core::Bound;
use umbel_study::format::Format;
use umbel_study::{RunError, Study, TraceStep, View};

/// Prints the derivation of a figure.
pub fn run(arguments: &Trace, console: &Console) -> Ended {
    let study = under(open(&arguments.region, console)?, &arguments.under)?;
    let view = View { as_of: arguments.as_of };
    let figure = study.figure(&arguments.figure, view).map_err(|error| match error {
        RunError::Broken { .. } | RunError::Failed { .. } | RunError::Cycle => Stop::Failed(error.to_string()),
        other => Stop::Usage(other.to_string()),
    })?;
    warn_of_networks(&study, &arguments.region, console);
    let step = study.trace(&figure, arguments.limit.max(1));
    let mut out = console.out();
    match arguments.format {
        TextOrJson::Json => json(&mut out, &object(&study, &step))?,
        TextOrJson::Text => tree(&mut out, &study, &arguments.region, &step)?,
    }
    out.flush()?;
    Ok(Outcome::Fine)
}

fn object(study: &Study, step: &TraceStep) -> Value {
    let row = step.row.map(|(origin, source, vintage)| {
        json!({
            "file": study.region.path(origin), "line": origin.line, "source": study.region.id(source),
            "released": vintage.map(|day| day.to_string()),
        })
    });
    let mut value = json!({
        "label": step.label,
        "value": step.value,
        "unit": step.unit.text(),
        "status": step.status.letter(),
        "bound": if step.bound == Bound::Exact { Value::Null } else { json!(step.bound.as_str()) },
    });
    if let (Some(at), Value::Object(object)) = (step.measure, &mut value) {
        let measure = &study.measures[at];
        object.insert("measure".into(), json!(study.region.id(measure.id)));
        object.insert("method".into(), json!(measure.registration.name));
        object.insert("how".into(), json!(step.how));
        object.insert("citation".into(), json!(step.citation));
    }
    if let Value::Object(object) = &mut value {
        object.extend(row.map(|row| ("row".to_owned(), row)));
        if !step.from.is_empty() {
            object.insert("from".into(), step.from.iter().map(|step| self::object(study, step)).collect());
        }
        if step.more > 0 {
            object.insert("more".into(), json!(step.more));
        }
    }
    value
}

fn tree(out: &mut dyn Write, study: &Study, folder: &Path, top: &TraceStep) -> io::Result<()> {
    let language = study.region.languages.first().map_or("en", String::as_str);
    let format = Format::new(&study.region, language);
    let printer = Printer { study, folder, format };
    printer.step(out, top, "", "")
}

struct Printer<'a> {
    study: &'a Study,
    folder: &'a Path,
    format: Format<'a>,
}

impl Printer<'_> {
    /// Writes a step: `first` stands before its own line, `rest` before all that hangs from it.
    fn step(&self, out: &mut dyn Write, step: &TraceStep, first: &str, rest: &str) -> io::Result<()> {
        let indicator = step.label.split('@').next().unwrap_or_default();
        let symbol = self.study.region.symbols.get(indicator);
        let look = look(symbol.and_then(|symbol| self.study.indicator_info(symbol)));
        write!(out, "{first}{}", step.label)?;
        match step.value {
            Some(value) if step.label.contains('@') => {
                write!(out, " = {}", self.format.value(value, &step.unit, look, step.bound).text())?;
                let plain = format!("{value} {}", step.unit);
                write!(out, "  [{}]", plain.trim_end_matches(" 1"))?;
            }
            None if step.status.is_missing() => write!(out, "  ({})", step.status.meaning())?,
            _ => {}
        }
        writeln!(out)?;
        let bar = if step.from.is_empty() && step.more == 0 { "   " } else { "│  " };
        if let Some(at) = step.measure {
            let measure = &self.study.measures[at];
            let name = self.study.region.id(measure.id);
            writeln!(out, "{rest}{bar}measure {name} ({}): {}", measure.registration.name, step.how)?;
            if !step.citation.is_empty() {
                writeln!(out, "{rest}{bar}source of the method: {}", step.citation)?;
            }
        }
        if let Some((origin, source, vintage)) = step.row {
            let path = self.folder.join(self.study.region.path(origin));
            write!(out, "{rest}{bar}{}:{}", path.display(), origin.line)?;
            if source.is_some() {
                write!(out, "  {}", self.study.source_title(source))?;
                if let Some(known) =
                    self.study.region.source(source).filter(|known| known.mark != umbel_core::Mark::Sourced)
                {
                    write!(out, " ({})", known.mark.as_str())?;
                }
            }
            match vintage {
                Some(day) => writeln!(out, ", released {day}")?,
                None => writeln!(out)?,
            }
        }
        for (at, part) in step.from.iter().enumerate() {
            let last = at + 1 == step.from.len() && step.more == 0;
            let (elbow, next) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.step(out, part, &format!("{rest}{elbow}"), &format!("{rest}{next}"))?;
        }
        if step.more > 0 {
            writeln!(out, "{rest}└─ and {} more (--limit)", step.more)?;
        }
        Ok(())
    }
}
