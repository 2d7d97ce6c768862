//! What is wrong with a feed although each of its files can be read: the rules of the canonical validator that look at
//! several rows or files. One family of rules a file.

mod days;
mod names;
mod runs;
mod shapes;
mod stations;

use super::feed::Feed;
use jiff::civil::Date;
use umbel_core::problems::Problems;
use umbel_core::{Code, Finding};

impl Feed {
    /// Checks the feed. What reading it found is not said again. With `today`, also whether the timetable is out of date
    /// on that day; the clock is never asked.
    ///
    /// Cost: for each shape and list of stops once the stops times the points of the shape; else linear.
    pub fn check(&self, today: Option<Date>) -> Vec<Finding> {
        let rules: [&(dyn Fn() -> Vec<Finding> + Sync); 5] = [
            &|| names::check(self),
            &|| runs::check(self),
            &|| shapes::check(self),
            &|| stations::check(self),
            &|| today.map_or_else(Vec::new, |today| days::check(self, today)),
        ];
        use rayon::prelude::*;
        let found: Vec<Vec<Finding>> = rules.par_iter().map(|rule| rule()).collect();
        found.concat()
    }
}

/// The findings about one file of a feed.
struct About {
    problems: Problems,
}

impl About {
    fn new(feed: &Feed, file: &str) -> About {
        About { problems: Problems::new(&format!("{}/{file}", feed.name)) }
    }

    /// Adds a finding about a row.
    fn row(&mut self, code: &'static Code, line: u32, message: impl Into<String>) {
        self.problems.add(code, "", (line, 0), message, code.mend);
    }

    fn finish(self) -> Vec<Finding> {
        self.problems.finish()
    }
}
