//! The `umbel` binary: commands, rendering of findings, exit codes.

mod arguments;
mod commands;
mod output;
#[cfg(test)]
mod page;
mod render;

use arguments::{Arguments, Command};
use clap::Parser;
use output::{Console, Outcome, Stop};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe must not make the help panic.
            let code = if error.use_stderr() { 2 } else { 0 };
            let text = error.to_string();
            let _ = match code {
                0 => std::io::stdout().write_all(text.as_bytes()),
                _ => std::io::stderr().write_all(text.as_bytes()),
            };
            return ExitCode::from(code);
        }
    };
    let console = Console { quiet: arguments.quiet };
    if let Some(threads) = arguments.threads {
        // The pool is made here for the first time, so this cannot fail; if it did, the default would do.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
    let ended = match &arguments.command {
        Command::Init(arguments) => commands::init::run(arguments, &console),
        Command::Add(arguments) => commands::add::run(arguments, &console),
        Command::Check(arguments) => commands::check::run(arguments, &console),
        Command::List(arguments) => commands::list::run(arguments, &console),
        Command::Run(arguments) => commands::run::run(arguments, &console),
        Command::Report(arguments) => commands::report::run(arguments, &console),
        Command::Compare(arguments) => commands::compare::run(arguments, &console),
        Command::Verify(arguments) => commands::verify::run(arguments, &console),
        Command::Trace(arguments) => commands::trace::run(arguments, &console),
        Command::Apply(arguments) => commands::apply::run(&arguments.matches, &console),
        Command::Methods(arguments) => commands::methods::run(arguments, &console),
        Command::Explain(arguments) => commands::explain::run(arguments, &console),
    };
    let said = |text: &str| {
        let _ = writeln!(std::io::stderr(), "umbel: {text}");
    };
    match ended {
        Ok(Outcome::Fine) | Err(Stop::Closed) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Stop::Usage(text)) => {
            said(&text);
            ExitCode::from(2)
        }
        Err(Stop::Failed(text)) => {
            said(&text);
            ExitCode::from(3)
        }
    }
}
