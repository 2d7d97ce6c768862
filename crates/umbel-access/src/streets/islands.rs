//! Components: junctions joined by streets, whichever way these lead.

/// The component of each junction: components are numbered 0, 1, 2, ... by their first junction.
///
/// Cost: almost linear (union by number, paths halved; Tarjan, van Leeuwen, JACM 31(2), 1984).
pub fn components(junctions: usize, joined: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut above: Vec<u32> = (0..junctions as u32).collect();
    fn root(above: &mut [u32], mut at: u32) -> u32 {
        while above[at as usize] != at {
            above[at as usize] = above[above[at as usize] as usize];
            at = above[at as usize];
        }
        at
    }
    for (a, b) in joined {
        let (a, b) = (root(&mut above, a), root(&mut above, b));
        above[a.max(b) as usize] = a.min(b);
    }
    let mut component = vec![0; junctions];
    let mut count = 0;
    for junction in 0..junctions as u32 {
        let top = root(&mut above, junction);
        component[junction as usize] = if top == junction {
            count += 1;
            count - 1
        } else {
            component[top as usize]
        };
    }
    component
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

    #[test]
    fn three_components_and_the_small_ones() {
        let component = components(7, [(4, 1), (5, 4), (2, 6)].into_iter());
        assert_eq!(component, [0, 1, 2, 3, 1, 1, 2]);
        assert_eq!(small(&component, 2), [true, false, false, true]);
        assert_eq!(small(&component, 40), [true, false, true, true]);
        assert!(small(&[], 3).is_empty());
    }
}
