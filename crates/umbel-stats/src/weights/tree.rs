//! A k-d tree over points: the nearest ones, and those within a distance.

/// Points of a leaf. Small enough to scan, large enough that few boxes are looked at.
const LEAF: usize = 8;

/// A balanced k-d tree with a box around the points of each node. Built in O(n log n); a search of the k nearest of
/// points that are spread at all takes O(k + log n).
pub(super) struct Tree<const D: usize> {
    /// Points in the order of the leaves.
    points: Vec<[f64; D]>,
    /// Number of each of them.
    numbers: Vec<u32>,
    nodes: Vec<Node<D>>,
}

struct Node<const D: usize> {
    low: [f64; D],
    high: [f64; D],
    begin: u32,
    end: u32,
    /// Number of the second child, 0 for a leaf; the first child follows its parent.
    second: u32,
}

/// Squared distance of two points.
#[inline]
pub(super) fn squared<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    let mut sum = 0.0;
    for axis in 0..D {
        sum += (a[axis] - b[axis]) * (a[axis] - b[axis]);
    }
    sum
}

impl<const D: usize> Node<D> {
    /// Squared distance of the box from a point. Rounding keeps order, so it is never above that of a point within.
    #[inline]
    fn squared(&self, point: &[f64; D]) -> f64 {
        let mut sum = 0.0;
        for (at, (low, high)) in point.iter().zip(self.low.iter().zip(&self.high)) {
            let apart = (low - at).max(at - high).max(0.0);
            sum += apart * apart;
        }
        sum
    }
}

impl<const D: usize> Tree<D> {
    /// The tree of finite points.
    pub(super) fn new(all: &[[f64; D]]) -> Tree<D> {
        let mut entries: Vec<([f64; D], u32)> = all.iter().zip(0..).map(|(point, number)| (*point, number)).collect();
        let mut nodes = Vec::with_capacity(all.len() / LEAF * 4 + 1);
        if !entries.is_empty() {
            build(&mut entries, 0, &mut nodes);
        }
        let (points, numbers) = entries.into_iter().unzip();
        Tree { points, numbers, nodes }
    }

    /// Numbers of the points in the order of the leaves: those near in it are near in space.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The point at a position in the order of the leaves.
    pub(super) fn point(&self, position: usize) -> &[f64; D] {
        &self.points[position]
    }

    /// The `k` nearest to a point, but for number `but`: (squared distance, number), ascending, equal distances by
    /// number. Written to `found`.
    pub(super) fn nearest(&self, point: &[f64; D], but: u32, k: usize, found: &mut Vec<(f64, u32)>) {
        found.clear();
        if k == 0 || self.nodes.is_empty() {
            return;
        }
        let mut stack = [(0_u32, 0.0_f64); 64];
        let mut height = 1;
        while height > 0 {
            height -= 1;
            let (mut at, mut bound) = stack[height];
            loop {
                if found.len() == k && bound > found[k - 1].0 {
                    break;
                }
                let node = &self.nodes[at as usize];
                if node.second == 0 {
                    for position in node.begin as usize..node.end as usize {
                        let candidate = (squared(point, &self.points[position]), self.numbers[position]);
                        if candidate.1 == but || (found.len() == k && !before(&candidate, &found[k - 1])) {
                            continue;
                        }
                        if found.len() == k {
                            found.pop();
                        }
                        let mut slot = found.len();
                        found.push(candidate);
                        while slot > 0 && before(&candidate, &found[slot - 1]) {
                            found[slot] = found[slot - 1];
                            slot -= 1;
                        }
                        found[slot] = candidate;
                    }
                    break;
                }
                let (first, second) = (at + 1, node.second);
                let near = self.nodes[first as usize].squared(point);
                let far = self.nodes[second as usize].squared(point);
                let (next, other) =
                    if near <= far { ((first, near), (second, far)) } else { ((second, far), (first, near)) };
                // A balanced tree of fewer than 2^32 points is less than 33 levels deep.
                stack[height] = other;
                height += 1;
                (at, bound) = next;
            }
        }
    }

    /// Calls `visit(number, squared distance)` for every point within a squared distance of a point, in any order.
    pub(super) fn within(&self, point: &[f64; D], limit: f64, mut visit: impl FnMut(u32, f64)) {
        if self.nodes.is_empty() {
            return;
        }
        let mut stack = vec![0_u32];
        while let Some(at) = stack.pop() {
            let node = &self.nodes[at as usize];
            if node.squared(point) > limit {
                continue;
            }
            if node.second != 0 {
                stack.push(node.second);
                stack.push(at + 1);
                continue;
            }
            for position in node.begin as usize..node.end as usize {
                let distance = squared(point, &self.points[position]);
                if distance <= limit {
                    visit(self.numbers[position], distance);
                }
            }
        }
    }
}

#[inline]
fn before(a: &(f64, u32), b: &(f64, u32)) -> bool {
    a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
}

fn build<const D: usize>(entries: &mut [([f64; D], u32)], begin: usize, nodes: &mut Vec<Node<D>>) {
    let (mut low, mut high) = ([f64::INFINITY; D], [f64::NEG_INFINITY; D]);
    for (point, _) in entries.iter() {
        for axis in 0..D {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let at = nodes.len();
    nodes.push(Node { low, high, begin: begin as u32, end: (begin + entries.len()) as u32, second: 0 });
    if entries.len() <= LEAF {
        return;
    }
    let axis = (0..D).max_by(|&a, &b| (high[a] - low[a]).total_cmp(&(high[b] - low[b]))).unwrap_or(0);
    let middle = entries.len() / 2;
    entries.select_nth_unstable_by(middle, |a, b| a.0[axis].total_cmp(&b.0[axis]));
    let (first, second) = entries.split_at_mut(middle);
    build(first, begin, nodes);
    nodes[at].second = nodes.len() as u32;
    build(second, begin + middle, nodes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_scan_finds(
            points in proptest::collection::vec([0_i8..20, 0_i8..20], 1..120),
            k in 1_usize..12,
            limit in 0_i32..50,
        ) {
            // Small whole numbers: many points coincide and many distances are equal.
            let points: Vec<[f64; 2]> = points.iter().map(|p| [f64::from(p[0]), f64::from(p[1])]).collect();
            let tree = Tree::new(&points);
            let mut found = Vec::new();
            for (at, point) in points.iter().enumerate() {
                let mut all: Vec<(f64, u32)> =
                    points.iter().zip(0..).map(|(other, n)| (squared(point, other), n)).collect();
                let mut close: Vec<u32> = all.iter().filter(|one| one.0 <= f64::from(limit)).map(|one| one.1).collect();
                all.retain(|one| one.1 != at as u32);
                all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                all.truncate(k);
                tree.nearest(point, at as u32, k, &mut found);
                prop_assert_eq!(&found, &all);
                let mut within = Vec::new();
                tree.within(point, f64::from(limit), |number, _| within.push(number));
                within.sort_unstable();
                close.sort_unstable();
                prop_assert_eq!(within, close);
            }
        }
    }
}
