//! Seconds of travel: an amount, or "not reached".

use serde::{Deserialize, Serialize};

/// Seconds of travel or of the clock since the midnight of the day searched, or [`Seconds::UNREACHED`].
///
/// The order of the numbers puts what is not reached behind every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(transparent)]
pub struct Seconds(pub u32);

impl Seconds {
    /// Not reached: behind every time, and unchanged by [`Seconds::plus`].
    pub const UNREACHED: Seconds = Seconds(u32::MAX);
    /// None at all.
    pub const ZERO: Seconds = Seconds(0);

    /// The number of seconds, if reached.
    pub fn get(self) -> Option<u32> {
        (self != Seconds::UNREACHED).then_some(self.0)
    }

    /// Whether it is a time.
    pub fn is_reached(self) -> bool {
        self != Seconds::UNREACHED
    }

    /// Later by so many seconds; what is not reached stays so.
    pub fn plus(self, seconds: u32) -> Seconds {
        Seconds(self.0.saturating_add(seconds))
    }
}
