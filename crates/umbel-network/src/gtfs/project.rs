//! Where stops lie along a shape.

use std::f64::consts::PI;

/// Radius of the earth, in metres: the one with which the reference distances of streets were computed.
pub(super) const RADIUS: f64 = 6_371_008.8;

/// Metres between two points given as longitude and latitude (haversine).
pub(super) fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x1, y1, x2, y2) = (a.0.to_radians(), a.1.to_radians(), b.0.to_radians(), b.1.to_radians());
    let (dx, dy) = (((x2 - x1) / 2.0).sin(), ((y2 - y1) / 2.0).sin());
    let h = dy * dy + y1.cos() * y2.cos() * dx * dx;
    2.0 * RADIUS * h.sqrt().min(1.0).asin()
}

/// A point upon a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Along {
    /// Metres from the beginning of the shape.
    pub position: f64,
    /// Metres between the point and the shape there.
    pub away: f64,
}

/// A shape in metres around its middle: true to scale within a few hundred kilometres.
pub(super) struct Line {
    points: Vec<(f64, f64)>,
    positions: Vec<f64>,
    origin: (f64, f64),
    scale: (f64, f64),
}

impl Line {
    /// A shape of points given as longitude and latitude.
    pub fn new(points: &[(f64, f64)]) -> Line {
        let middle = points.get(points.len() / 2).copied().unwrap_or((0.0, 0.0));
        let scale = (RADIUS * PI / 180.0 * middle.1.to_radians().cos(), RADIUS * PI / 180.0);
        let mut line = Line { points: Vec::new(), positions: Vec::new(), origin: middle, scale };
        line.points = points.iter().map(|&point| line.plane(point)).collect();
        let mut total = 0.0;
        for (index, &(x, y)) in line.points.iter().enumerate() {
            if let Some(&(px, py)) = index.checked_sub(1).and_then(|before| line.points.get(before)) {
                total += (x - px).hypot(y - py);
            }
            line.positions.push(total);
        }
        line
    }

    fn plane(&self, point: (f64, f64)) -> (f64, f64) {
        ((point.0 - self.origin.0) * self.scale.0, (point.1 - self.origin.1) * self.scale.1)
    }

    /// Length in metres.
    #[cfg(test)]
    pub fn length(&self) -> f64 {
        self.positions.last().copied().unwrap_or(0.0)
    }

    /// The nearest point of each segment.
    pub fn nearest(&self, point: (f64, f64)) -> impl Iterator<Item = Along> + '_ {
        let (x, y) = self.plane(point);
        self.points.windows(2).zip(&self.positions).map(move |(ends, &begin)| {
            let [(ax, ay), (bx, by)] = [ends[0], ends[1]];
            let (dx, dy) = (bx - ax, by - ay);
            let squared = dx * dx + dy * dy;
            let share = if squared > 0.0 { (((x - ax) * dx + (y - ay) * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
            let away = (x - ax - share * dx).hypot(y - ay - share * dy);
            Along { position: begin + share * squared.sqrt(), away }
        })
    }

    /// The point of the shape that is nearest.
    pub fn closest(&self, point: (f64, f64)) -> Option<Along> {
        self.nearest(point).min_by(|a, b| a.away.total_cmp(&b.away))
    }

    /// Where stops lie that are called at in their order: positions that never fall, with the least sum of squared
    /// distances from the shape (dynamic programming over segments, stops x points). `None` for a shape of one point.
    pub fn in_order(&self, stops: &[(f64, f64)]) -> Option<Vec<Along>> {
        let segments = self.points.len().checked_sub(1).filter(|&segments| segments > 0)?;
        let mut candidates: Vec<Vec<Along>> = Vec::with_capacity(stops.len());
        let mut costs = vec![0.0; segments];
        let mut from: Vec<Vec<u32>> = Vec::with_capacity(stops.len());
        for &stop in stops {
            let mut here: Vec<Along> = self.nearest(stop).collect();
            let mut chosen = vec![0; segments];
            let mut next = vec![f64::INFINITY; segments];
            let (mut best, mut least) = (0, f64::INFINITY);
            for segment in 0..segments {
                let along = &mut here[segment];
                // From an earlier segment any point of this one is ahead.
                let (mut from_segment, mut cost) = (best, least + along.away * along.away);
                if let Some(before) = candidates.last() {
                    // From the same one a point behind is moved up to the stop before.
                    let behind = (before[segment].position - along.position).max(0.0);
                    let moved = costs[segment] + (along.away + behind) * (along.away + behind);
                    if moved <= cost {
                        (from_segment, cost) = (segment, moved);
                        *along = Along { position: along.position + behind, away: along.away + behind };
                    }
                } else {
                    (from_segment, cost) = (segment, along.away * along.away);
                }
                if costs[segment] < least {
                    (best, least) = (segment, costs[segment]);
                }
                chosen[segment] = from_segment as u32;
                next[segment] = cost;
            }
            costs = next;
            candidates.push(here);
            from.push(chosen);
        }
        let end = (0..segments).min_by(|&a, &b| costs[a].total_cmp(&costs[b]))?;
        let mut at = end;
        let mut found = Vec::with_capacity(stops.len());
        for (here, chosen) in candidates.iter().zip(&from).rev() {
            found.push(here[at]);
            at = chosen[at] as usize;
        }
        found.reverse();
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_sphere() {
        // A degree of latitude.
        assert!((metres((0.0, 0.0), (0.0, 1.0)) - 111_195.08).abs() < 0.01);
        assert_eq!(metres((5.0, 5.0), (5.0, 5.0)), 0.0);
    }

    #[test]
    fn stops_of_a_way_there_and_back_keep_their_order() {
        // East by about 1.1 km and back again: the last stop is the first one.
        let shape = [(0.0, 50.0), (0.01, 50.0), (0.0, 50.0)];
        let line = Line::new(&shape);
        let stops = [(0.0, 50.0), (0.005, 50.0001), (0.01, 50.0), (0.005, 49.9999), (0.0, 50.0)];
        let found = line.in_order(&stops).expect("a line");
        let shares: Vec<f64> = found.iter().map(|along| along.position / line.length()).collect();
        for (share, right) in shares.iter().zip([0.0, 0.25, 0.5, 0.75, 1.0]) {
            assert!((share - right).abs() < 1e-9, "{shares:?}");
        }
        assert!(found.iter().all(|along| along.away < 12.0));
    }
}
