//! Edits against streets made again with the edits in their input.

use crate::Error;
use crate::streets::edit::{Edit, End, Road, Which};
use crate::streets::hierarchy::{Hierarchy, Order, Skeleton};
use crate::streets::properties::{MODES, network, points};
use crate::streets::{MOST, Mode, Passage, ProfileOptions, Segment, Snap, StreetInput, Streets, table};
use std::sync::Arc;
use umbel_core::random::Stream;

/// Streets made again: the input with roads appended, then cut at the new junctions.
struct Again {
    input: StreetInput,
    /// New junctions on each segment: share and junction.
    stops: Vec<Vec<(f64, u32)>>,
}

impl Again {
    fn end(&mut self, streets: &Streets, end: &End) -> u32 {
        let snap = match end {
            End::Junction(junction) if (*junction as usize) < streets.junction_count() => {
                return streets.input_of_junction(*junction);
            }
            End::Junction(junction) => return *junction,
            End::Point(snap) => snap,
        };
        let segment = self.input.segments[snap.segment as usize];
        let stops = &mut self.stops[snap.segment as usize];
        let ends = [(0.0, segment.from), (1.0, segment.to)];
        if let Some(&(_, junction)) = ends.iter().chain(stops.iter()).find(|(share, _)| *share == snap.fraction) {
            return junction;
        }
        let junction = self.input.longitude.len() as u32;
        stops.push((snap.fraction, junction));
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.input.longitude.push(snap.longitude);
        self.input.latitude.push(snap.latitude);
        self.input.junction.push(0);
        junction
    }

    fn change(&mut self, which: &Which, change: impl Fn(&mut Passage)) {
        for (number, segment) in self.input.segments.iter_mut().enumerate() {
            let meant = match which {
                Which::All => true,
                Which::Class(class) => segment.class == *class,
                Which::Source(source) => segment.source == *source,
                Which::Segments(segments) => segments.contains(&(number as u32)),
            };
            if meant {
                change(&mut segment.forward);
                change(&mut segment.backward);
            }
        }
    }

    fn apply(&mut self, streets: &Streets, edit: &Edit) {
        let faster = |factor: f64| {
            move |passage: &mut Passage| {
                passage.bike_speed *= factor as f32;
                passage.car_speed *= factor as f32;
            }
        };
        match edit {
            Edit::Close(which) => self.change(which, |passage| *passage = Passage::CLOSED),
            Edit::Speed(which, factor) => self.change(which, faster(*factor)),
            Edit::Congestion(polygon, factor) => {
                // The polygons here hold everything or nothing.
                if polygon[0][0] < 10.0 {
                    self.change(&Which::All, faster(*factor));
                }
            }
            Edit::Add(road) => {
                let (from, to) = (self.end(streets, &road.from), self.end(streets, &road.to));
                let Road { forward, backward, source, class, .. } = *road;
                let length = road.length.expect("roads here have a length");
                self.input.segments.push(Segment { from, to, length, forward, backward, source, class });
                self.input.shape_start.push(self.input.shape.len() as u32);
                self.stops.push(Vec::new());
            }
        }
    }

    /// The input cut at the new junctions, and what became of a point.
    fn cut(&self) -> (StreetInput, impl Fn(&Snap) -> Snap + '_) {
        let mut cut =
            StreetInput { segments: Vec::new(), shape: Vec::new(), shape_start: vec![0], ..self.input.clone() };
        let mut first = Vec::new();
        for (segment, stops) in self.input.segments.iter().zip(&self.stops) {
            first.push(cut.segments.len() as u32);
            let mut last = (0.0, segment.from);
            for &(share, junction) in stops.iter().chain([&(1.0, segment.to)]) {
                let mut piece =
                    Segment { from: last.1, to: junction, length: segment.length * (share - last.0), ..*segment };
                piece.forward.car_delay *= if share == 1.0 { 1.0 } else { 0.0 };
                piece.backward.car_delay *= if last.0 == 0.0 { 1.0 } else { 0.0 };
                cut.segments.push(piece);
                cut.shape_start.push(0);
                last = (share, junction);
            }
        }
        let moved = move |snap: &Snap| {
            let stops = &self.stops[snap.segment as usize];
            let before = stops.iter().filter(|(share, _)| *share <= snap.fraction && *share < 1.0).count();
            let low = if before == 0 { 0.0 } else { stops[before - 1].0 };
            let high = stops.get(before).map_or(1.0, |stop| stop.0);
            let fraction = (snap.fraction - low) / (high - low);
            Snap { segment: first[snap.segment as usize] + before as u32, fraction, ..*snap }
        };
        (cut, moved)
    }
}

fn random_edit(stream: &mut Stream, streets: &Streets, roads: &mut u32) -> Edit {
    let segments = streets.segment_count() as u64 + u64::from(*roads);
    let which = |stream: &mut Stream| match stream.below(4) {
        0 => Which::Class(stream.below(2) as u16),
        1 => Which::Source(stream.below(streets.segment_count() as u64) as i64 / 2),
        2 => Which::Segments((0..3).map(|_| stream.below(segments) as u32).collect()),
        _ => Which::All,
    };
    let factor = |stream: &mut Stream| [0.5, 2.0][stream.below(2) as usize];
    match stream.below(8) {
        0 => Edit::Close(Which::Segments(vec![stream.below(segments) as u32])),
        1 => Edit::Close(Which::Source(stream.below(streets.segment_count() as u64) as i64 / 2)),
        2 => Edit::Speed(which(stream), factor(stream)),
        3 => {
            let west = [0.0, 50.0][stream.below(2) as usize];
            Edit::Congestion(vec![[west, 40.0], [west + 20.0, 40.0], [west + 20.0, 50.0], [west, 50.0]], factor(stream))
        }
        _ => {
            let end = |stream: &mut Stream| {
                if stream.below(3) == 0 {
                    return End::Junction(stream.below(streets.junction_count() as u64) as u32);
                }
                let (segment, fraction) = (stream.below(segments) as u32, stream.below(5) as f64 / 4.0);
                End::Point(Snap { segment, fraction, distance: 0.0, longitude: 10.01, latitude: 45.01 })
            };
            let (from, to) = (end(stream), end(stream));
            let pattern = network(stream.bits(), 4, 2).segments[0];
            *roads += 1;
            Edit::Add(Road {
                from,
                to,
                shape: Vec::new(),
                length: Some(64.0 * stream.below(20) as f64),
                forward: pattern.forward,
                backward: pattern.backward,
                source: 5000,
                class: 1,
            })
        }
    }
}

#[test]
fn edits_equal_streets_made_again() {
    for seed in 0..200_u64 {
        let mut stream = Stream::new(seed, 31);
        let input = network(seed, 8 + seed % 30, 20 + seed % 50);
        let streets = Streets::new(&input).expect("streets");
        let mode = MODES[seed as usize % 3];
        let base = streets.profile(mode, &ProfileOptions::default()).expect("profile");
        let mut again = Again { stops: vec![Vec::new(); input.segments.len()], input };
        let mut roads = 0;
        let edits: Vec<Edit> = (0..1 + seed % 5).map(|_| random_edit(&mut stream, &streets, &mut roads)).collect();
        let edited = base.edited(&streets, &edits).expect("edits");
        edits.iter().for_each(|edit| again.apply(&streets, edit));
        let (input, moved) = again.cut();
        let new_streets = Streets::new(&input).expect("streets");
        let new_profile = new_streets.profile(mode, &ProfileOptions::default()).expect("profile");
        let places = points(&mut stream, &edited, streets.segment_count() + roads as usize, 15);
        let new_places: Vec<_> = places.iter().map(|point| point.as_ref().map(&moved)).collect();
        let costs = table(&streets, &edited, &places, &places, MOST);
        assert_eq!(costs, table(&new_streets, &new_profile, &new_places, &new_places, MOST), "seed {seed}: {edits:?}");
        // The order made before the edits serves after them.
        let skeleton = Arc::new(Skeleton::new(&Order::new(&streets, &base), &streets, &edited));
        let hierarchy = Hierarchy::customise(&skeleton, &streets, &edited).expect("hierarchy");
        assert_eq!(hierarchy.table(&streets, &edited, &places, &places), costs, "seed {seed}");
        // One edit after the other is the same.
        let apart = edits
            .iter()
            .fold(base, |profile, edit| profile.edited(&streets, std::slice::from_ref(edit)).expect("edit"));
        assert_eq!(table(&streets, &apart, &places, &places, MOST), costs, "seed {seed}");
    }
}

#[test]
fn points_join_new_roads_and_half_a_street_is_slowed() {
    let input = network(1, 30, 60);
    let streets = Streets::new(&input).expect("streets");
    let car = streets.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
    let passage = Passage { walk: true, bike_speed: 18.0, car_speed: 36.0, car_delay: 0.0 };
    let road = Road {
        from: End::Junction(0),
        to: End::Junction(1),
        shape: vec![[9.0, 46.0], [9.1, 46.0]],
        length: None,
        forward: passage,
        backward: Passage::CLOSED,
        source: 9,
        class: 0,
    };
    let edited = car.edited(&streets, &[Edit::Add(road)]).expect("edits");
    let snap = streets.snap(&edited, 9.05, 46.0001, 100.0).expect("on the new road");
    assert_eq!(snap.segment as usize, streets.segment_count());
    assert!((snap.longitude - 9.05).abs() < 1e-6 && (snap.distance - 11.12).abs() < 0.01);
    assert_eq!(streets.snap(&car, 9.05, 46.0001, 100.0), None);

    let one = (0..60).find(|&segment| car.travel(segment)[0] < MOST && car.travel(segment)[0] > 0).expect("a street");
    let line: Vec<[f64; 2]> = streets.line(one).collect();
    let middle = (line[0][0] + line[1][0]) / 2.0;
    let (low, high) = if line.len() == 2 { (line[0][0].min(line[1][0]), middle) } else { (0.0, 20.0) };
    let corners = vec![[low, 0.0], [high, 0.0], [high, 60.0], [low, 60.0]];
    let share = if line.len() == 2 { 0.5 } else { 1.0 };
    let slow = car.edited(&streets, &[Edit::Congestion(corners, 0.5)]).expect("edits");
    let expected = f64::from(car.travel(one)[0]) * (1.0 + share);
    assert!((f64::from(slow.travel(one)[0]) - expected).abs() <= 2.0);
}

#[test]
fn wrong_edits_are_named() {
    let streets = Streets::new(&network(1, 30, 60)).expect("streets");
    let car = streets.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
    let place = |segment, fraction| Snap { segment, fraction, distance: 0.0, longitude: 10.0, latitude: 45.0 };
    let road = |from, to| Road {
        from,
        to,
        shape: Vec::new(),
        length: None,
        forward: Passage::CLOSED,
        backward: Passage::CLOSED,
        source: 0,
        class: 0,
    };
    let ends = (End::Junction(0), End::Junction(1));
    let fast = Passage { car_speed: f32::NAN, ..Passage::CLOSED };
    for wrong in [
        Edit::Close(Which::Source(-4)),
        Edit::Close(Which::Class(2)),
        Edit::Close(Which::Segments(vec![60])),
        Edit::Speed(Which::All, 0.0),
        Edit::Speed(Which::All, f64::NAN),
        Edit::Congestion(vec![[0.0, 0.0], [1.0, 1.0]], 0.5),
        Edit::Congestion(vec![[0.0, 0.0], [1.0, 1.0], [f64::NAN, 0.0]], 0.5),
        Edit::Add(road(End::Junction(30), ends.1)),
        Edit::Add(road(ends.0, End::Point(place(60, 0.5)))),
        Edit::Add(road(ends.0, End::Point(place(0, 1.5)))),
        Edit::Add(Road { length: Some(-1.0), ..road(ends.0, ends.1) }),
        Edit::Add(Road { class: 7, ..road(ends.0, ends.1) }),
        Edit::Add(Road { forward: fast, ..road(ends.0, ends.1) }),
        Edit::Add(Road { shape: vec![[200.0, 0.0]], ..road(ends.0, ends.1) }),
    ] {
        let edits = [Edit::Close(Which::All), wrong];
        let result = car.edited(&streets, &edits);
        assert!(matches!(result, Err(Error::Input { array: "edits", at: 1, .. })), "{edits:?}");
    }
}
