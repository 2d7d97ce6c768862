use super::Industries;
use crate::Error;

/// An industry's share in a place over its share in all places, place after place: the location quotient of employment,
/// the revealed comparative advantage of exports. `None` where the place or the industry has nothing at all.
///
/// Linear in the table. The mean of an industry's quotients, weighted by the sizes of the places, is 1.
///
/// # Errors
/// Those of [`Industries::new`].
///
/// Source: Isard, Methods of Regional Analysis, 1960, chapter 7; Balassa, Trade liberalisation and "revealed"
/// comparative advantage, Manchester School 33, 1965.
pub fn location_quotients(table: &Industries) -> Vec<Option<f64>> {
    let (of_place, of_industry, total) = (table.of_place(), table.of_industry(), table.total());
    let mut quotients = Vec::with_capacity(table.places() * table.industries());
    for (row, &size) in table.rows().zip(of_place) {
        for (&value, &industry) in row.iter().zip(of_industry) {
            quotients.push((size > 0.0 && industry > 0.0).then(|| (value / size) / (industry / total)));
        }
    }
    quotients
}

/// The same from plain figures.
///
/// # Errors
/// Those of [`Industries::new`].
pub fn location_quotients_of(values: &[f64], industries: usize) -> Result<Vec<Option<f64>>, Error> {
    Ok(location_quotients(&Industries::new(values, industries)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn empty_places_and_industries_have_none() {
        let found = location_quotients_of(&[1.0, 0.0, 3.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0], 3).expect("quotients");
        assert_eq!(found, [Some(0.75), None, Some(1.125), None, None, None, Some(1.5), None, Some(0.75)]);
        for (values, industries) in
            [(&[0.0, 0.0][..], 2), (&[], 2), (&[1.0], 0), (&[1.0, 2.0, 3.0], 2), (&[-1.0, 2.0], 2)]
        {
            assert!(location_quotients_of(values, industries).is_err());
        }
        assert!(location_quotients_of(&[f64::INFINITY, 1.0], 2).is_err());
    }

    proptest! {
        #[test]
        fn their_weighted_mean_is_one(values in prop::collection::vec(0_u32..1000, 12..60)) {
            let values: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let values = &values[..values.len() / 4 * 4];
            if let Ok(table) = Industries::new(values, 4) {
                let found = location_quotients(&table);
                for industry in (0..4).filter(|&i| table.of_industry()[i] > 0.0) {
                    let weighted = table.of_place().iter().enumerate();
                    let sum: f64 = weighted.map(|(p, size)| found[p * 4 + industry].unwrap_or(0.0) * size).sum();
                    prop_assert!((sum / table.total() - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}
