//! Times of all departures side by side, as small numbers that a processor handles many at a time.

/// A number of seconds of travel in a lane.
pub trait Lane: Copy + Ord + Send + Sync + 'static {
    /// Not reached.
    const MAX: Self;
    /// From seconds below [`Lane::MAX`].
    fn of(seconds: u32) -> Self;
    /// The seconds.
    fn seconds(self) -> u32;
    /// Longer by so much; not reached stays so.
    fn plus(self, more: Self) -> Self;
}

impl Lane for i16 {
    const MAX: i16 = i16::MAX;
    fn of(seconds: u32) -> i16 {
        seconds as i16
    }
    fn seconds(self) -> u32 {
        self as u32
    }
    #[inline]
    fn plus(self, more: i16) -> i16 {
        self.saturating_add(more)
    }
}

impl Lane for i32 {
    const MAX: i32 = i32::MAX;
    fn of(seconds: u32) -> i32 {
        seconds as i32
    }
    fn seconds(self) -> u32 {
        self as u32
    }
    #[inline]
    fn plus(self, more: i32) -> i32 {
        self.saturating_add(more)
    }
}

/// Lanes handled at once: the least of these that holds all departures, or a number of the largest.
pub fn width(departures: usize) -> usize {
    [8, 16, 32].into_iter().find(|&width| departures <= width).unwrap_or(64)
}

/// Number of lanes of a row: the departures, filled up to whole widths.
pub fn padded(departures: usize) -> usize {
    departures.next_multiple_of(width(departures)).max(8)
}

/// `best = min(best, row + more)` lane by lane.
#[inline(always)]
pub fn relax<T: Lane, const WIDTH: usize>(best: &mut [T; WIDTH], row: &[T; WIDTH], more: T) {
    for lane in 0..WIDTH {
        best[lane] = best[lane].min(row[lane].plus(more));
    }
}
