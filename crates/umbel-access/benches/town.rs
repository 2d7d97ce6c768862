//! Made-up streets: a town of blocks, and a country of towns.

use umbel_access::streets::{Passage, Segment, StreetInput};
use umbel_core::random::Stream;

/// Blocks of about 100 m, every fifth street wide, some streets missing.
pub fn town(side: u32) -> StreetInput {
    let mut stream = Stream::new(1, 0);
    let mut input = StreetInput { shape_start: vec![0], classes: vec!["street".into()], ..StreetInput::default() };
    let mut jitter = || stream.uniform() * 0.0004;
    for junction in 0..side * side {
        input.longitude.push(f64::from(junction % side) * 0.001 + jitter());
        input.latitude.push(f64::from(junction / side) * 0.001 + jitter());
        input.junction.push(i64::from(junction));
    }
    for from in 0..side * side {
        for (to, wide, inside) in [
            (from + 1, (from / side).is_multiple_of(5), !(from + 1).is_multiple_of(side)),
            (from + side, (from % side).is_multiple_of(5), from + side < side * side),
        ] {
            if !inside || (!wide && stream.below(10) == 0) {
                continue;
            }
            let car_speed = if wide { 50.0 } else { 25.0 };
            let passage = Passage { walk: true, bike_speed: 15.0, car_speed, car_delay: 2.0 };
            let length = 80.0 + stream.uniform() * 50.0;
            input.segments.push(Segment { from, to, length, forward: passage, backward: passage, source: 0, class: 0 });
            input.shape_start.push(0);
        }
    }
    input
}
