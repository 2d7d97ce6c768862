use crate::Error;
use crate::error::{at_least, finite, length};

/// Ellison and Glaeser's index of agglomeration of one industry: above 0 when it is more concentrated than plants that
/// choose their places at random would be.
///
/// `industry` are its sizes by place, `all` those of all industries (or of any standard, such as population), `plants` the
/// sizes of its plants. gamma = (G - (1 - sum x²) H) / ((1 - sum x²) (1 - H)). Linear.
///
/// # Errors
/// Fewer than two places, negative values or sums of 0, lengths that differ, one plant alone, or one place that holds all.
///
/// Source: Ellison, Glaeser, Geographic concentration in US manufacturing industries: a dartboard approach, Journal of
/// Political Economy 105(5), 1997, equation 5.
pub fn ellison_glaeser(industry: &[f64], all: &[f64], plants: &[f64]) -> Result<f64, Error> {
    at_least("the index of Ellison and Glaeser", 2, "places", industry.len())?;
    length("the sizes of all industries", industry.len(), all.len())?;
    let shares = |what: &'static str, values: &[f64]| -> Result<Vec<f64>, Error> {
        finite(what, values)?;
        if let Some(at) = values.iter().position(|&value| value < 0.0) {
            return Err(Error::Domain { what, at, value: values[at], needed: "a size must be 0 or more" });
        }
        let sum: f64 = values.iter().sum();
        if sum > 0.0 && sum.is_finite() {
            Ok(values.iter().map(|value| value / sum).collect())
        } else {
            Err(Error::Parameter { parameter: what, message: "they add up to nothing, or to too much".to_owned() })
        }
    };
    let (s, x) = (shares("the sizes of the industry", industry)?, shares("the sizes of all industries", all)?);
    let z = shares("the sizes of the plants", plants)?;
    let raw: f64 = s.iter().zip(&x).map(|(s, x)| (s - x) * (s - x)).sum();
    let spread = 1.0 - x.iter().map(|x| x * x).sum::<f64>();
    let herfindahl: f64 = z.iter().map(|z| z * z).sum();
    if spread <= 1e-15 || herfindahl >= 1.0 - 1e-15 {
        let why = if spread <= 1e-15 { "one place holds everything" } else { "the industry is one plant" };
        return Err(Error::Singular { what: "the index of Ellison and Glaeser", why: why.to_owned() });
    }
    Ok((raw - spread * herfindahl) / (spread * (1.0 - herfindahl)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // G = 0.125, 1 - sum x² = 0.5, H = 0.25: (0.125 - 0.125) / 0.375.
        assert!(ellison_glaeser(&[3.0, 1.0], &[1.0, 1.0], &[1.0; 4]).expect("an index").abs() < 1e-15);
        // All in one place: G = 0.5.
        assert!((ellison_glaeser(&[4.0, 0.0], &[2.0, 2.0], &[1.0; 4]).expect("an index") - 1.0).abs() < 1e-15);
        assert!(ellison_glaeser(&[4.0, 0.0], &[2.0, 0.0], &[1.0; 4]).is_err());
        assert!(ellison_glaeser(&[4.0, 0.0], &[2.0, 1.0], &[4.0]).is_err());
        assert!(ellison_glaeser(&[4.0, -1.0], &[2.0, 1.0], &[1.0, 1.0]).is_err());
        assert!(ellison_glaeser(&[4.0], &[2.0], &[1.0, 1.0]).is_err());
    }
}
