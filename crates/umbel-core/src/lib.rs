//! Periods, units, money, statuses, findings: the words every other crate speaks; no input or output.

pub mod bound;
pub mod code;
pub mod csv;
pub mod finding;
pub mod money;
pub mod period;
pub mod problems;
pub mod random;
pub mod status;
pub mod sum;
pub mod symbol;
pub mod text;
pub mod unit;
pub mod verdict;

pub use bound::Bound;
pub use code::{CODES, Code};
pub use finding::{Finding, Location, Severity};
pub use money::Money;
pub use period::{Atom, Period};
pub use status::Status;
pub use symbol::{Symbol, Symbols};
pub use text::Text;
pub use unit::Unit;
pub use verdict::{Comparator, Evidence, Mark, Verdict};

/// A civil date in the proleptic Gregorian calendar.
pub use jiff::civil::Date;
