//! How far a long computation is, for a terminal.

use super::data::Data;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// A bar, where one is asked for and there is a terminal to see it.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// A bar of so many steps.
    pub fn new(data: &Data<'_>, steps: usize, what: &str) -> Progress {
        if !data.switch("progress") || data.console.quiet || !std::io::stderr().is_terminal() {
            return Progress(None);
        }
        let bar = ProgressBar::new(steps as u64);
        if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}} of {{len}} {what}, {{eta}} left"))
        {
            bar.set_style(style);
        }
        Progress(Some(bar))
    }

    /// One step is done.
    pub fn advance(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// All is done.
    pub fn done(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
