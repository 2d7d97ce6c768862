//! The structure of an index: which indicators make which aggregate, level by level.

use crate::Error;

/// Indicators and aggregates with their parents and weights. Nodes `0..indicators` are the indicators, the rest the
/// aggregates; one of these is the index and has no parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    indicators: usize,
    parents: Vec<Option<u32>>,
    weights: Vec<f64>,
    children: Vec<Vec<u32>>,
    levels: Vec<u32>,
    order: Vec<u32>,
    index: u32,
}

impl Tree {
    /// From the parent and the weight of each node. Weights count within their group; they need not add up to anything.
    /// O(nodes).
    ///
    /// # Errors
    /// When there is no indicator, not exactly one node without parent, a parent is an indicator or not there, an
    /// aggregate has no children, there is a circle, or a weight is negative or not finite, or all of a group are 0.
    pub fn new(indicators: usize, parents: &[Option<u32>], weights: &[f64]) -> Result<Tree, Error> {
        let nodes = parents.len();
        crate::error::at_least("an index", 1, "indicators", indicators)?;
        crate::error::length("the weights", nodes, weights.len())?;
        let wrong = |message: String| Err(Error::Parameter { parameter: "parents", message });
        if let Some(at) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
            let needed = "a weight is 0 or above";
            return Err(Error::Domain { what: "the weights", at, value: weights[at], needed });
        }
        let mut children = vec![Vec::new(); nodes];
        let mut tops = Vec::new();
        for (node, parent) in parents.iter().enumerate() {
            match parent {
                None => tops.push(node),
                Some(parent) if (*parent as usize) < indicators || *parent as usize >= nodes => {
                    return wrong(format!("node {node} has the parent {parent}, which is no aggregate"));
                }
                Some(parent) => children[*parent as usize].push(node as u32),
            }
        }
        let [index] = tops[..] else {
            return wrong(format!("{} nodes have no parent; one, the index, should", tops.len()));
        };
        if index < indicators {
            return wrong("the index is an indicator; it needs a node of its own".to_owned());
        }
        // From the top: what is not reached goes round in circles.
        let mut order = vec![index as u32];
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            let below = &children[node as usize];
            if node as usize >= indicators && below.is_empty() {
                return wrong(format!("the aggregate {node} has nothing to be made of"));
            }
            if !below.is_empty() && below.iter().all(|&child| weights[child as usize] == 0.0) {
                return wrong(format!("all weights of the aggregate {node} are 0"));
            }
            order.extend(below);
            next += 1;
        }
        if order.len() != nodes {
            return wrong("some aggregates are their own parents, in a circle".to_owned());
        }
        order.reverse();
        let mut levels = vec![1; nodes];
        for &node in &order {
            if let Some(parent) = parents[node as usize] {
                let level = levels[node as usize] + 1;
                levels[parent as usize] = level.max(levels[parent as usize]);
            }
        }
        let (parents, weights, index) = (parents.to_vec(), weights.to_vec(), index as u32);
        Ok(Tree { indicators, parents, weights, children, levels, order, index })
    }

    /// All indicators under one index, with these weights.
    ///
    /// # Errors
    /// As [`Tree::new`].
    pub fn flat(weights: &[f64]) -> Result<Tree, Error> {
        let mut parents = vec![Some(weights.len() as u32); weights.len()];
        parents.push(None);
        Tree::new(weights.len(), &parents, &[weights, &[1.0]].concat())
    }

    /// Number of indicators.
    pub fn indicators(&self) -> usize {
        self.indicators
    }

    /// Number of nodes, indicators and aggregates.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Never: an index has at least one indicator.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The node of the index.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The parent of each node.
    pub fn parents(&self) -> &[Option<u32>] {
        &self.parents
    }

    /// The weight of each node within its group.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The nodes a node is made of.
    pub fn children(&self, node: u32) -> &[u32] {
        &self.children[node as usize]
    }

    /// The level of each node: 1 for indicators, else one above the highest it is made of.
    pub fn levels(&self) -> &[u32] {
        &self.levels
    }

    /// The nodes, each after those it is made of.
    pub fn upwards(&self) -> &[u32] {
        &self.order
    }

    /// The share of each node in the index under weights like those of the tree: its share in its group times that of
    /// its parent. O(nodes).
    ///
    /// Source: COINr (`get_eff_weights`). It is what arithmetic means at all levels come to; with other aggregations,
    /// or correlated indicators, the influence on the index differs.
    ///
    /// # Errors
    /// When the number of weights is not that of the nodes.
    pub fn effective_weights(&self, weights: &[f64]) -> Result<Vec<f64>, Error> {
        crate::error::length("the weights", self.len(), weights.len())?;
        let mut shares = vec![1.0; self.len()];
        for &node in self.order.iter().rev() {
            let below = &self.children[node as usize];
            let sum: f64 = below.iter().map(|&child| weights[child as usize]).sum();
            for &child in below {
                let share = if sum == 0.0 { 0.0 } else { weights[child as usize] / sum };
                shares[child as usize] = share * shares[node as usize];
            }
        }
        Ok(shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_shares() {
        // Indicators 0, 1, 2; 3 of 0 and 1; 4, the index, of 3 and 2.
        let parents = [Some(3), Some(3), Some(4), Some(4), None];
        let tree = Tree::new(3, &parents, &[1.0, 3.0, 1.0, 1.0, 1.0]).expect("a tree");
        assert_eq!((tree.levels(), tree.index()), ([1, 1, 1, 2, 3].as_slice(), 4));
        assert_eq!(tree.effective_weights(tree.weights()), Ok(vec![0.125, 0.375, 0.5, 0.5, 1.0]));
        let seen: Vec<u32> = tree.upwards().to_vec();
        let at = |node| seen.iter().position(|&other| other == node);
        assert!(at(0) < at(3) && at(3) < at(4) && at(2) < at(4));
    }

    #[test]
    fn refuses_what_is_no_tree() {
        let no = |indicators, parents: &[Option<u32>], weights: &[f64]| {
            Tree::new(indicators, parents, weights).expect_err("no tree").to_string()
        };
        assert!(no(1, &[Some(1), None, None], &[1.0; 3]).contains("2 nodes have no parent"));
        assert!(no(1, &[Some(0), None], &[1.0; 2]).contains("no aggregate"));
        assert!(no(1, &[Some(9), None], &[1.0; 2]).contains("no aggregate"));
        assert!(no(1, &[Some(1), None, Some(3), Some(2)], &[1.0; 4]).contains("circle"));
        assert!(no(1, &[Some(1), None, Some(1)], &[1.0; 3]).contains("nothing"));
        assert!(no(1, &[None], &[1.0]).contains("an indicator"));
        assert!(no(1, &[Some(1), None], &[-1.0, 1.0]).contains("0 or above"));
        assert!(no(1, &[Some(1), None], &[0.0, 1.0]).contains("are 0"));
        assert!(Tree::flat(&[]).is_err());
    }
}
