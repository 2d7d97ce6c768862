//! Components: junctions each of which can be reached from each other.

/// The strong component of each junction: components are numbered 0, 1, 2, ... by their first junction. `heads` gives the
/// junctions to which the arcs of a junction lead.
///
/// Strong, since a car that enters a street of which no way leads back is lost: a point joined to it could be left or
/// reached, but not both.
///
/// Cost: linear (Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1(2), 1972), without
/// recursion.
pub fn components<Heads: Iterator<Item = u32>>(junctions: usize, heads: impl Fn(u32) -> Heads) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let mut found = vec![NONE; junctions];
    let mut low = vec![0; junctions];
    // The representative of each junction whose component is complete.
    let mut leader = vec![NONE; junctions];
    let (mut open, mut path) = (Vec::new(), Vec::new());
    let mut count = 0;
    for root in 0..junctions as u32 {
        if found[root as usize] != NONE {
            continue;
        }
        let mut enter = |junction: u32, open: &mut Vec<u32>, low: &mut [u32], found: &mut [u32]| {
            (found[junction as usize], low[junction as usize]) = (count, count);
            count += 1;
            open.push(junction);
            (junction, heads(junction))
        };
        path.push(enter(root, &mut open, &mut low, &mut found));
        while let Some((junction, ahead)) = path.last_mut() {
            let junction = *junction;
            match ahead.next() {
                Some(head) if found[head as usize] == NONE => {
                    path.push(enter(head, &mut open, &mut low, &mut found));
                }
                Some(head) => {
                    if leader[head as usize] == NONE {
                        low[junction as usize] = low[junction as usize].min(found[head as usize]);
                    }
                }
                None => {
                    path.pop();
                    if let Some(&(before, _)) = path.last() {
                        low[before as usize] = low[before as usize].min(low[junction as usize]);
                    }
                    if low[junction as usize] == found[junction as usize] {
                        while let Some(member) = open.pop() {
                            leader[member as usize] = junction;
                            if member == junction {
                                break;
                            }
                        }
                    }
                }
            }
        }
    }
    let mut number = vec![NONE; junctions];
    let mut components = 0;
    leader
        .iter()
        .map(|&leader| {
            let own = &mut number[leader as usize];
            if *own == NONE {
                *own = components;
                components += 1;
            }
            *own
        })
        .collect()
}

/// Which components have fewer junctions than `least`; the largest (the first of them) is never among them.
pub fn small(component: &[u32], least: u32) -> Vec<bool> {
    let count = component.iter().max().map_or(0, |last| *last as usize + 1);
    let mut size = vec![0_u32; count];
    for &of in component {
        size[of as usize] += 1;
    }
    let largest = size.iter().max().copied().unwrap_or(0);
    let kept = size.iter().position(|&junctions| junctions == largest);
    (0..count).map(|at| size[at] < least && Some(at) != kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(junctions: usize, arcs: &[(u32, u32)]) -> Vec<u32> {
        components(junctions, |tail| arcs.iter().filter(move |arc| arc.0 == tail).map(|arc| arc.1))
    }

    #[test]
    fn three_components_and_the_small_ones() {
        let both = |pairs: &[(u32, u32)]| pairs.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect::<Vec<_>>();
        let component = of(7, &both(&[(4, 1), (5, 4), (2, 6)]));
        assert_eq!(component, [0, 1, 2, 3, 1, 1, 2]);
        assert_eq!(small(&component, 2), [true, false, false, true]);
        assert_eq!(small(&component, 40), [true, false, true, true]);
        assert!(small(&[], 3).is_empty());
    }

    #[test]
    fn what_leads_only_in_or_only_out_stands_apart() {
        // A ring 0 -> 1 -> 2 -> 0, a way out to 3 and a way in from 4.
        let component = of(5, &[(0, 1), (1, 2), (2, 0), (1, 3), (4, 2)]);
        assert_eq!(component, [0, 0, 0, 1, 2]);
    }

    #[test]
    fn components_are_those_of_mutual_reach() {
        // Arcs from a fixed congruential sequence: a sparse directed graph with components of many sizes.
        let (mut state, junctions) = (7_u32, 40_u32);
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % junctions
        };
        for _ in 0..50 {
            let arcs: Vec<(u32, u32)> = (0..55).map(|_| (next(), next())).collect();
            let mut reach = vec![vec![false; junctions as usize]; junctions as usize];
            (0..junctions as usize).for_each(|at| reach[at][at] = true);
            arcs.iter().for_each(|&(a, b)| reach[a as usize][b as usize] = true);
            for via in 0..junctions as usize {
                for from in 0..junctions as usize {
                    for to in 0..junctions as usize {
                        reach[from][to] |= reach[from][via] && reach[via][to];
                    }
                }
            }
            let component = of(junctions as usize, &arcs);
            for a in 0..junctions as usize {
                for b in 0..junctions as usize {
                    assert_eq!(component[a] == component[b], reach[a][b] && reach[b][a]);
                }
            }
        }
    }
}
