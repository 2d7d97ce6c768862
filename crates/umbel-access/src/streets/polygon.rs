//! How much of a line lies inside a polygon.

use crate::streets::graph::frame_of;
use crate::streets::sphere::distance;

/// Whether a point is inside (even-odd rule).
fn contains(polygon: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    let mut last = polygon[polygon.len() - 1];
    for &corner in polygon {
        if (corner[1] > y) != (last[1] > y) {
            let crossing = corner[0] + (y - corner[1]) / (last[1] - corner[1]) * (last[0] - corner[0]);
            inside ^= x < crossing;
        }
        last = corner;
    }
    inside
}

/// The share of a line's length that lies inside a polygon of at least three corners, whose box is `frame`; straight in
/// degrees between points. A line of no length counts as its first point.
pub(crate) fn share_inside(line: impl Iterator<Item = [f64; 2]> + Clone, polygon: &[[f64; 2]], frame: [f64; 4]) -> f64 {
    let [west, south, east, north] = frame_of(line.clone());
    if west > frame[2] || east < frame[0] || south > frame[3] || north < frame[1] {
        return 0.0;
    }
    let (mut inside, mut length) = (0.0, 0.0);
    let mut cuts: Vec<f64> = Vec::new();
    for (a, b) in line.clone().zip(line.clone().skip(1)) {
        let along = [b[0] - a[0], b[1] - a[1]];
        cuts.clear();
        cuts.extend([0.0, 1.0]);
        let mut last = polygon[polygon.len() - 1];
        for &corner in polygon {
            let edge = [corner[0] - last[0], corner[1] - last[1]];
            let across = along[0] * edge[1] - along[1] * edge[0];
            if across != 0.0 {
                let to = [last[0] - a[0], last[1] - a[1]];
                let (share, on_edge) =
                    ((to[0] * edge[1] - to[1] * edge[0]) / across, (to[0] * along[1] - to[1] * along[0]) / across);
                if share > 0.0 && share < 1.0 && (0.0..=1.0).contains(&on_edge) {
                    cuts.push(share);
                }
            }
            last = corner;
        }
        cuts.sort_unstable_by(f64::total_cmp);
        let piece = distance(a, b);
        length += piece;
        for pair in cuts.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            if contains(polygon, [a[0] + middle * along[0], a[1] + middle * along[1]]) {
                inside += piece * (pair[1] - pair[0]);
            }
        }
    }
    if length > 0.0 {
        return (inside / length).min(1.0);
    }
    line.clone().next().map_or(0.0, |point| if contains(polygon, point) { 1.0 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::random::Stream;

    #[test]
    fn shares_equal_those_of_many_points() {
        let mut stream = Stream::new(9, 1);
        for _ in 0..100 {
            let mut some = |count: u64| -> Vec<[f64; 2]> {
                (0..count).map(|_| [stream.uniform(), 60.0 + stream.uniform()]).collect()
            };
            let (line, polygon) = (some(4), some(6));
            let (mut inside, mut length) = (0.0, 0.0);
            for piece in line.windows(2) {
                let metres = distance(piece[0], piece[1]);
                length += metres;
                for step in 0..2000 {
                    let share = (f64::from(step) + 0.5) / 2000.0;
                    let point = [0, 1].map(|axis| piece[0][axis] + share * (piece[1][axis] - piece[0][axis]));
                    inside += if contains(&polygon, point) { metres / 2000.0 } else { 0.0 };
                }
            }
            let share = share_inside(line.iter().copied(), &polygon, frame_of(polygon.iter().copied()));
            assert!((share - inside / length).abs() < 0.005, "{share} {}", inside / length);
        }
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let frame = [0.0, 0.0, 1.0, 1.0];
        let share = |line: &[[f64; 2]]| share_inside(line.iter().copied(), &square, frame);
        assert!((share(&[[-0.5, 0.0001], [0.5, 0.0001]]) - 0.5).abs() < 1e-9);
        assert_eq!(share(&[[0.5, 0.5], [0.5, 0.5]]), 1.0);
        assert_eq!(share(&[[2.0, 0.5], [3.0, 0.5]]), 0.0);
    }
}
