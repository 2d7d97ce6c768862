//! What journeys cost: prices of feeds as amounts of their currency.

use super::network::Network;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;
use umbel_access::raptor::Fares;
use umbel_network::gtfs::minor_digits;

/// What a journey costs; not known where a feed does not say what a ride on it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// In the smallest unit of the currency.
    pub minor: Option<u32>,
    /// ISO 4217.
    pub currency: String,
}

impl Price {
    /// An amount in the smallest unit of a currency.
    pub(super) fn new(minor: Option<u32>, currency: &str) -> Price {
        Price { minor, currency: currency.to_owned() }
    }

    /// In whole units of the currency.
    pub fn amount(&self) -> Option<f64> {
        Some(f64::from(self.minor?) / f64::from(10_u32.pow(minor_digits(&self.currency))))
    }
}

impl fmt::Display for Price {
    /// The amount with all digits of the currency; nothing where it is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(minor) = self.minor else { return Ok(()) };
        match minor_digits(&self.currency) as usize {
            0 => write!(f, "{minor}"),
            digits => {
                let one = 10_u32.pow(digits as u32);
                write!(f, "{}.{:0digits$}", minor / one, minor % one)
            }
        }
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut both = serializer.serialize_struct("Price", 2)?;
        both.serialize_field("cost", &self.amount())?;
        both.serialize_field("currency", &self.currency)?;
        both.end()
    }
}

/// The fares of a network and their currency.
///
/// # Errors
/// A sentence when none are stated, or in several currencies, whose amounts do not add.
pub(super) fn of(network: &Network) -> Result<(&Fares, &str), String> {
    let service = network.service.as_ref().ok_or("without a timetable no ride has a price")?;
    match &service.currencies[..] {
        [] => Err("no feed says what a ride costs (fare_attributes.txt): leave fares out".to_owned()),
        [one] => Ok((&service.fares, one)),
        [one, other, ..] => {
            Err(format!("fares are stated in {one} and in {other}, which do not add: name feeds of one currency"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        let told = |minor, currency| Price::new(minor, currency).to_string();
        assert_eq!(told(Some(450), "CNY"), "4.50");
        assert_eq!(told(Some(450), "JPY"), "450");
        assert_eq!(told(Some(1005), "KWD"), "1.005");
        assert_eq!(told(None, "CNY"), "");
        let json = |minor| serde_json::to_string(&Price::new(minor, "CNY")).expect("written");
        assert_eq!(
            [json(Some(450)), json(None)],
            [r#"{"cost":4.5,"currency":"CNY"}"#, r#"{"cost":null,"currency":"CNY"}"#]
        );
    }
}
