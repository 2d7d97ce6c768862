use super::Industries;
use crate::Error;
use serde::{Deserialize, Serialize};

/// How specialised one place is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Specialisation {
    /// Krugman: sum over industries of |share here - share elsewhere|, elsewhere being all places but this one. 0 to 2;
    /// none for the only place.
    pub krugman: Option<f64>,
    /// Hoover: half the sum of |share here - share in all places|, 0 to 1.
    pub hoover: f64,
    /// Herfindahl: sum of squared shares, from 1 / number of industries to 1.
    pub herfindahl: f64,
    /// Herfindahl from 0 to 1 whatever the number of industries; none with one industry.
    pub herfindahl_normalised: Option<f64>,
    /// Theil: sum of share here * ln(share here / share in all places), 0 or more.
    pub theil: f64,
    /// Shannon entropy of the shares in nats: diversity rather than specialisation.
    pub entropy: f64,
}

/// How concentrated one industry is on few places.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concentration {
    /// Locational Gini: of location quotients, weighted by the places' shares of all industries. 0 to 1.
    pub gini: f64,
    /// Hoover: half the sum of |share of this industry - share of all industries|, 0 to 1.
    pub hoover: f64,
    /// Herfindahl over places: sum of squared shares of this industry.
    pub herfindahl: f64,
    /// Theil: sum of share * ln(share / share of all industries), 0 or more.
    pub theil: f64,
    /// Sum of squared differences of the two shares: raw concentration, G of Ellison and Glaeser.
    pub raw: f64,
}

/// How specialised each place is; none for places with nothing. Linear.
///
/// # Errors
/// Those of [`Industries::new`].
///
/// Source: Krugman, Geography and Trade, 1991, section 3; Hoover, The measurement of industrial localization, Review of
/// Economics and Statistics 18, 1936; Theil, Economics and Information Theory, 1967, chapter 4; Combes, Mayer, Thisse,
/// Economic Geography, 2008, chapter 10.
pub fn specialisation(values: &[f64], industries: usize) -> Result<Vec<Option<Specialisation>>, Error> {
    let table = Industries::new(values, industries)?;
    let total = table.total();
    let one = |(row, &size): (&[f64], &f64)| {
        (size > 0.0).then(|| {
            let elsewhere = total - size;
            let pairs = || row.iter().zip(table.of_industry()).map(|(value, all)| (value / size, all / total));
            let krugman = row.iter().zip(table.of_industry());
            let krugman = krugman.map(|(value, all)| (value / size - (all - value) / elsewhere).abs()).sum();
            let herfindahl: f64 = pairs().map(|(here, _)| here * here).sum();
            let least = 1.0 / industries as f64;
            let known = || pairs().filter(|pair| pair.0 > 0.0);
            Specialisation {
                krugman: (elsewhere > 0.0).then_some(krugman),
                hoover: 0.5 * pairs().map(|(here, all)| (here - all).abs()).sum::<f64>(),
                herfindahl,
                herfindahl_normalised: (industries > 1).then(|| (herfindahl - least) / (1.0 - least)),
                theil: known().map(|(here, all)| here * (here / all).ln()).sum::<f64>().max(0.0),
                entropy: known().map(|(here, _)| -here * here.ln()).sum::<f64>().max(0.0),
            }
        })
    };
    Ok(table.rows().zip(table.of_place()).map(one).collect())
}

/// How concentrated each industry is; none for industries that no place has. O(places log places) an industry.
///
/// # Errors
/// Those of [`Industries::new`].
///
/// Source: Krugman, Geography and Trade, 1991, appendix B (Gini); Hoover 1936; Theil 1967; Ellison, Glaeser, Geographic
/// concentration in US manufacturing industries, Journal of Political Economy 105(5), 1997, equation 1 (G).
pub fn concentration(values: &[f64], industries: usize) -> Result<Vec<Option<Concentration>>, Error> {
    let table = Industries::new(values, industries)?;
    let one = |industry: usize| {
        let size = table.of_industry()[industry];
        (size > 0.0).then(|| {
            let rows = table.rows().zip(table.of_place());
            // Share of this industry, share of all.
            let mut pairs: Vec<(f64, f64)> = rows
                .map(|(row, all)| (row[industry] / size, all / table.total()))
                .filter(|pair| pair.1 > 0.0)
                .collect();
            let raw = pairs.iter().map(|(own, all)| (own - all).powi(2)).sum();
            let hoover = 0.5 * pairs.iter().map(|(own, all)| (own - all).abs()).sum::<f64>();
            let herfindahl = pairs.iter().map(|(own, _)| own * own).sum();
            let known = pairs.iter().filter(|pair| pair.0 > 0.0);
            let theil = known.map(|(own, all)| own * (own / all).ln()).sum::<f64>().max(0.0);
            pairs.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
            let (mut below, mut area) = (0.0, 0.0);
            for (own, all) in &pairs {
                area += all * (2.0 * below + own);
                below += own;
            }
            Concentration { gini: (1.0 - area).max(0.0), hoover, herfindahl, theil, raw }
        })
    };
    Ok((0..industries).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-14, "{found} is not {wanted}");
    }

    #[test]
    fn by_hand() {
        // Places with 30 and 10; shares of the first industry 2/3 and 0, of all 1/2.
        let values = [20.0, 10.0, 0.0, 10.0];
        let places = specialisation(&values, 2).expect("indices");
        let first = places[0].expect("the first");
        near(first.krugman.expect("elsewhere"), 4.0 / 3.0);
        near(first.hoover, 1.0 / 6.0);
        near(first.herfindahl, 5.0 / 9.0);
        near(first.herfindahl_normalised.expect("two industries"), 1.0 / 9.0);
        near(first.theil, 2.0 / 3.0 * (4.0_f64 / 3.0).ln() + 1.0 / 3.0 * (2.0_f64 / 3.0).ln());
        near(places[1].expect("the second").entropy, 0.0);
        let found = concentration(&values, 2).expect("indices");
        let first = found[0].expect("the first");
        near(first.gini, 0.25);
        near(first.hoover, 0.25);
        near(first.herfindahl, 1.0);
        near(first.theil, (4.0_f64 / 3.0).ln());
        near(first.raw, 0.125);
    }

    #[test]
    fn empty_and_lone_ones_have_none() {
        assert_eq!(specialisation(&[0.0, 0.0, 1.0, 2.0], 2).expect("indices")[0], None);
        assert_eq!(concentration(&[0.0, 1.0, 0.0, 2.0], 2).expect("indices")[0], None);
        let lone = specialisation(&[3.0], 1).expect("indices")[0].expect("one");
        assert_eq!((lone.krugman, lone.herfindahl_normalised, lone.herfindahl), (None, None, 1.0));
        assert!(specialisation(&[f64::NAN, 1.0], 2).is_err() && concentration(&[0.0, 0.0], 2).is_err());
    }

    proptest! {
        #[test]
        fn bounds_and_units(values in prop::collection::vec(0_u32..100, 12), unit in 1_u32..50) {
            let plain: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
            let scaled: Vec<f64> = plain.iter().map(|value| value * f64::from(unit)).collect();
            if let (Ok(one), Ok(other)) = (concentration(&plain, 3), concentration(&scaled, 3)) {
                for (one, other) in one.iter().zip(&other).filter_map(|(a, b)| a.zip(*b)) {
                    prop_assert!((one.gini - other.gini).abs() < 1e-12 && (one.theil - other.theil).abs() < 1e-12);
                    prop_assert!((0.0..1.0).contains(&one.gini) && one.hoover <= one.gini + 1e-12);
                }
                for place in specialisation(&plain, 3).expect("indices").into_iter().flatten() {
                    prop_assert!(place.krugman.is_none_or(|k| (0.0..=2.0 + 1e-12).contains(&k)));
                    prop_assert!(place.hoover <= 1.0 && place.herfindahl >= 1.0 / 3.0 - 1e-12);
                }
            }
        }
    }
}
