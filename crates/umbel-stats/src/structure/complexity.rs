use super::Industries;
use super::location_quotient::location_quotients;
use crate::Error;
use crate::error::finite;
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

/// Economic complexity of places and products (industries, occupations, technologies).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Complexity {
    /// Revealed comparative advantage, place after place; none where place or product has nothing.
    pub advantage: Vec<Option<f64>>,
    /// Whether a place has a product: its advantage reaches the threshold.
    pub present: Vec<bool>,
    /// Number of products of each place.
    pub diversity: Vec<u32>,
    /// Number of places of each product.
    pub ubiquity: Vec<u32>,
    /// Economic complexity index: mean 0 and standard deviation (n) 1 over the places that have one; none without any
    /// product. Its sign is that in which it rises with diversity.
    pub eci: Vec<Option<f64>>,
    /// Product complexity index, on the scale of `eci`; none for products of no place.
    pub pci: Vec<Option<f64>>,
    /// How near each product is to what a place has, from 0 to 1, place after place; none for products of no place.
    pub density: Vec<Option<f64>>,
    /// Complexity outlook of each place: densities times complexities of the products it does not have, standardised as
    /// `eci` is.
    pub coi: Vec<Option<f64>>,
    /// Complexity outlook gain of each product that a place does not have (0 for those it has), on the scale of `eci`; none
    /// for products of no place.
    pub cog: Vec<Option<f64>>,
    /// The second and third greatest eigenvalues: where they are close to each other or the second is close to 1, small
    /// changes of the data change the indices much.
    pub eigenvalues: [f64; 2],
}

/// Economic complexity from sizes of places by products.
///
/// A place has a product when its advantage is at least `threshold` (usually 1). The complexity of products is the
/// eigenvector of the second greatest eigenvalue of the matrix that takes products to places and back; that of a place
/// is the mean of its products. O(c p min(c, p)) for c places and p products, memory O(c p + p²).
///
/// # Errors
/// Those of [`Industries::new`]; fewer than three places or products that have any; or the places fall into groups without
/// a common product, so that the index is not defined.
///
/// Source: Hidalgo, Hausmann, The building blocks of economic complexity, PNAS 106(26), 2009; Hausmann and others, The
/// Atlas of Economic Complexity, 2014, technical boxes 2.1 to 5.4; density: Hidalgo, Klinger, Barabasi, Hausmann, The
/// product space conditions the development of nations, Science 317, 2007.
pub fn complexity(values: &[f64], products: usize, threshold: f64) -> Result<Complexity, Error> {
    let table = Industries::new(values, products)?;
    finite("the threshold", &[threshold])?;
    if threshold <= 0.0 {
        let message = format!("it is {threshold}; it must be above 0, and is usually 1");
        return Err(Error::Parameter { parameter: "threshold", message });
    }
    let places = table.places();
    let advantage = location_quotients(&table);
    let present: Vec<bool> = advantage.iter().map(|value| value.is_some_and(|value| value >= threshold)).collect();
    let has = |place: usize, product: usize| present[place * products + product];
    let diversity: Vec<u32> =
        (0..places).map(|place| (0..products).filter(|&product| has(place, product)).count() as u32).collect();
    let ubiquity: Vec<u32> =
        (0..products).map(|product| (0..places).filter(|&place| has(place, product)).count() as u32).collect();
    let rows: Vec<usize> = (0..places).filter(|&place| diversity[place] > 0).collect();
    let columns: Vec<usize> = (0..products).filter(|&product| ubiquity[product] > 0).collect();
    let (c, p) = (rows.len(), columns.len());
    if c.min(p) < 3 {
        return Err(Error::TooFew {
            what: "economic complexity",
            needed: 3,
            unit: "places and products with an advantage",
            found: c.min(p),
        });
    }
    // The matrix is similar to a symmetric one, B'B with B = M over the roots of diversity and ubiquity, so that the
    // smaller of B'B and BB' gives the eigenvector.
    let root = |count: u32| f64::from(count).sqrt();
    let b = Mat::from_fn(c, p, |i, j| {
        let value = f64::from(u8::from(has(rows[i], columns[j])));
        value / (root(diversity[rows[i]]) * root(ubiquity[columns[j]]))
    });
    let square = if p <= c { b.transpose() * &b } else { &b * b.transpose() };
    let small = c.min(p);
    let eigen = square.self_adjoint_eigen(Side::Lower).map_err(|_| Error::Singular {
        what: "economic complexity",
        why: "the eigenvalues were not found".to_owned(),
    })?;
    let eigenvalue = |from_top: usize| eigen.S()[small - from_top];
    let eigenvalues = [eigenvalue(2), eigenvalue(3)];
    if eigenvalues[0] > 1.0 - 1e-10 {
        return Err(Error::Singular {
            what: "economic complexity",
            why: "places fall into groups that have no product in common; take one group at a time".to_owned(),
        });
    }
    if eigenvalues[0] - eigenvalues[1] < 1e-12 {
        return Err(Error::Singular {
            what: "economic complexity",
            why: "two directions explain the products equally well, so that neither is the index".to_owned(),
        });
    }
    let vector: Vec<f64> = (0..small).map(|at| eigen.U()[(at, small - 2)]).collect();
    let of_products: Vec<f64> = (0..p)
        .map(|j| {
            let entry = if p <= c { vector[j] } else { (0..c).map(|i| b[(i, j)] * vector[i]).sum() };
            entry / root(ubiquity[columns[j]])
        })
        .collect();
    let of_places: Vec<f64> = (0..c)
        .map(|i| {
            let own = (0..p).filter(|&j| has(rows[i], columns[j])).map(|j| of_products[j]);
            own.sum::<f64>() / f64::from(diversity[rows[i]])
        })
        .collect();
    let kinds: Vec<f64> = rows.iter().map(|&place| f64::from(diversity[place])).collect();
    let (mean_kinds, mean) = (mean_of(&kinds), mean_of(&of_places));
    let together: f64 = kinds.iter().zip(&of_places).map(|(kinds, place)| (kinds - mean_kinds) * (place - mean)).sum();
    // Without any relation to diversity the sign is free.
    let sign = if together < 0.0 { -1.0 } else { 1.0 };
    let deviation = deviation_of(&of_places);
    if deviation <= 1e-12 * of_places.iter().fold(0.0_f64, |most, value| most.max(value.abs())) {
        return Err(Error::Constant { what: "the complexity of places" });
    }
    let scale = |value: f64| sign * (value - mean) / deviation;
    let pci_plain: Vec<f64> = of_products.iter().map(|value| sign * value).collect();

    let mut all = Complexity {
        eci: vec![None; places],
        pci: vec![None; products],
        density: vec![None; places * products],
        cog: vec![None; places * products],
        coi: vec![None; places],
        eigenvalues,
        ..Complexity::default()
    };
    rows.iter().zip(&of_places).for_each(|(&place, &value)| all.eci[place] = Some(scale(value)));
    columns.iter().zip(&of_products).for_each(|(&product, &value)| all.pci[product] = Some(scale(value)));

    // Proximity: the smaller of the two chances that a place with one product has the other.
    let m = Mat::from_fn(places, p, |i, j| f64::from(u8::from(has(i, columns[j]))));
    let counts = m.transpose() * &m;
    let near = Mat::from_fn(p, p, |i, j| counts[(i, j)] / f64::from(ubiquity[columns[i]].max(ubiquity[columns[j]])));
    let around: Vec<f64> = (0..p).map(|j| (0..p).map(|i| near[(i, j)]).sum()).collect();
    let nearness = &m * Mat::from_fn(p, p, |i, j| near[(i, j)] / around[j]);
    let absent = Mat::from_fn(places, p, |i, j| 1.0 - m[(i, j)]);
    let gain = &absent * Mat::from_fn(p, p, |i, j| near[(i, j)] * pci_plain[i] / around[i]);
    let mut outlook = vec![0.0; places];
    for place in 0..places {
        for (j, &product) in columns.iter().enumerate() {
            all.density[place * products + product] = Some(nearness[(place, j)]);
            all.cog[place * products + product] = Some(absent[(place, j)] * gain[(place, j)] / deviation);
            outlook[place] += nearness[(place, j)] * absent[(place, j)] * pci_plain[j];
        }
    }
    let among: Vec<f64> = rows.iter().map(|&place| outlook[place]).collect();
    let (mean, deviation) = (mean_of(&among), deviation_of(&among));
    for (&place, value) in rows.iter().zip(among) {
        all.coi[place] = (deviation > 0.0).then(|| (value - mean) / deviation);
    }
    Ok(Complexity { advantage, present, diversity, ubiquity, ..all })
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation with the divisor n.
fn deviation_of(values: &[f64]) -> f64 {
    let mean = mean_of(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Nested places: each has what the one before has, and one product more.
    fn nested(places: usize, products: usize) -> Vec<f64> {
        (0..places * products)
            .map(|at| {
                let (place, product) = (at / products, at % products);
                if product <= place { 1.0 + (place * 7 % 5) as f64 / 10.0 } else { 0.01 * (1 + at % 3) as f64 }
            })
            .collect()
    }

    #[test]
    fn rare_products_of_diverse_places_are_complex() {
        for (places, products) in [(8, 8), (8, 6), (7, 7)] {
            let found = complexity(&nested(places, products), products, 0.5).expect("complexity");
            let eci: Vec<f64> = found.eci.iter().map(|value| value.expect("an index")).collect();
            let middle = eci.iter().sum::<f64>() / eci.len() as f64;
            let squares: f64 = eci.iter().map(|value| value * value).sum();
            assert!(middle.abs() < 1e-10 && (squares / eci.len() as f64 - 1.0).abs() < 1e-10);
            assert!(eci[places - 1] > eci[0], "{eci:?}");
            assert!(found.density.iter().all(|value| (0.0..=1.0 + 1e-12).contains(&value.expect("a density"))));
        }
    }

    #[test]
    fn what_has_no_index_says_so() {
        // Two groups with nothing in common.
        let apart: Vec<f64> = (0..36).map(|at| f64::from(u8::from((at / 6 < 3) == (at % 6 < 3)))).collect();
        assert!(matches!(complexity(&apart, 6, 1.0), Err(Error::Singular { .. })));
        assert!(complexity(&[1.0; 16], 4, 1.0).is_err());
        assert!(complexity(&[1.0; 4], 2, 1.0).is_err());
        assert!(complexity(&nested(6, 6), 6, 0.0).is_err());
        let mut empty = nested(7, 7);
        empty[14..21].fill(0.0);
        (0..7).for_each(|place| empty[place * 7 + 4] = 0.0);
        let found = complexity(&empty, 7, 0.5).expect("complexity");
        assert_eq!((found.eci[2], found.pci[4], found.diversity[2]), (None, None, 0));
        assert!(found.eci[3].is_some() && found.density[4].is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_order_of_the_products_does_not_matter(values in prop::collection::vec(1_u32..60, 72), wide in any::<bool>()) {
            let (places, products) = if wide { (6, 12) } else { (12, 6) };
            let values: Vec<f64> = values.iter().map(|&value| f64::from(value * value)).collect();
            let turned: Vec<f64> = values.chunks_exact(products).flat_map(|row| row.iter().rev().copied()).collect();
            if let (Ok(one), Ok(other)) = (complexity(&values, products, 1.0), complexity(&turned, products, 1.0))
                && one.eigenvalues[0] - one.eigenvalues[1] > 1e-4 {
                    let same = one.eci.iter().zip(&other.eci).all(|(a, b)| (a.expect("a") - b.expect("b")).abs() < 1e-6);
                    let turned = one.eci.iter().zip(&other.eci).all(|(a, b)| (a.expect("a") + b.expect("b")).abs() < 1e-6);
                    prop_assert!(same || turned, "{places} places");
            }
        }
    }
}
