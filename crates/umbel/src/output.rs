//! What the commands print with, and how they end.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::time::Duration;

/// Why a command ends without having done what was asked.
#[derive(Debug)]
pub enum Stop {
    /// The command line makes no sense: exit code 2.
    Usage(String),
    /// Something failed: exit code 3.
    Failed(String),
    /// Whoever reads the output has gone; nothing more is said.
    Closed,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::Closed,
            _ => Stop::Failed(format!("the output cannot be written: {error}")),
        }
    }
}

/// How a command ends when it has done what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1.
    Findings,
}

/// What a command gives back.
pub type Ended = Result<Outcome, Stop>;

/// Where a command prints: results to standard output, remarks to standard error.
#[derive(Debug)]
pub struct Console {
    /// Only results.
    pub quiet: bool,
}

impl Console {
    /// Standard output, buffered. Whatever is written must be flushed.
    pub fn out(&self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::new(io::stdout().lock())
    }

    /// A line for people beside the results; not shown with `--quiet`.
    pub fn remark(&self, text: impl Display) {
        if !self.quiet {
            // Nobody to read it is no reason to stop.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Does something that may last; a terminal shows what, once it has lasted two seconds.
    pub fn while_doing<T: Send>(&self, what: &'static str, work: impl FnOnce() -> T + Send) -> T {
        if self.quiet || !io::stderr().is_terminal() {
            return work();
        }
        std::thread::scope(|scope| {
            let (done, waiting) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                let timeout = waiting.recv_timeout(Duration::from_secs(2));
                if timeout == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    let bar = indicatif::ProgressBar::new_spinner().with_message(what);
                    bar.enable_steady_tick(Duration::from_millis(120));
                    // Until the work is done, which drops the sender.
                    let _ = waiting.recv();
                    bar.finish_and_clear();
                }
            });
            let result = work();
            drop(done);
            result
        })
    }
}

/// Terminal cells that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(crate::render::width).sum()
}

/// Writes rows as aligned columns; columns listed in `right` are set flush right. The first row is the header.
pub fn columns(out: &mut dyn Write, rows: &[Vec<String>], right: &[usize], indent: &str) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    for row in rows {
        let mut line = String::from(indent);
        for (at, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[at].saturating_sub(width(cell)));
            let (before, after) = if right.contains(&at) { (pad.as_str(), "") } else { ("", pad.as_str()) };
            line.push_str(before);
            line.push_str(cell);
            line.push_str(after);
            line.push_str("  ");
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Writes JSON, indented, with a line end.
pub fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), Stop> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| match error.io_error_kind() {
        Some(kind) => Stop::from(io::Error::from(kind)),
        None => Stop::Failed(format!("the result cannot be written as JSON: {error}")),
    })?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

/// `1 row`, `2 rows`.
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ if one.ends_with('y') => format!("{number} {}ies", &one[..one.len() - 1]),
        _ => format!("{number} {one}s"),
    }
}
