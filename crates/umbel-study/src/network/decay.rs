//! Decay functions as people write them: `exponential:0.05`, `gaussian:20`, `step:10=1/20=0.68`; times in minutes.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use umbel_access::opportunities::decay::Decay;

/// How much an opportunity counts by the time to it in minutes.
#[derive(Clone, Debug, PartialEq)]
pub struct DecayForm(pub Decay);

const FORMS: &str = "write uniform, exponential:BETA, gaussian:SIGMA, gravity:SCALE:ALPHA:LEAST, logistic:MIDPOINT:DEVIATION, \
     linear:FULL:NONE or step:MINUTES=WEIGHT/MINUTES=WEIGHT, times in minutes";

impl FromStr for DecayForm {
    type Err = String;

    fn from_str(text: &str) -> Result<DecayForm, String> {
        let wrong = || format!("\"{text}\" is no decay: {FORMS}");
        let (name, rest) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        if name == "step" {
            let decay = Decay::Step(steps(rest).ok_or_else(wrong)?);
            decay.check().map_err(|error| format!("\"{text}\": {error}"))?;
            return Ok(DecayForm(decay));
        }
        let cells = rest.split(':').filter(|_| text.contains(':'));
        let numbers: Vec<f64> = cells.map(|cell| cell.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
        let decay = match (name, &numbers[..]) {
            ("uniform", []) => Decay::Uniform,
            ("exponential", &[beta]) => Decay::Exponential { beta },
            ("gaussian", &[sigma]) => Decay::Gaussian { sigma },
            ("gravity", &[scale, alpha]) => Decay::Gravity { scale, alpha, least: 0.0 },
            ("gravity", &[scale, alpha, least]) => Decay::Gravity { scale, alpha, least },
            ("logistic", &[midpoint, deviation]) => Decay::Logistic { midpoint, deviation },
            ("linear", &[full, none]) => Decay::Linear { full, none },
            _ => return Err(wrong()),
        };
        decay.check().map_err(|error| format!("\"{text}\": {error}"))?;
        Ok(DecayForm(decay))
    }
}

fn steps(text: &str) -> Option<Vec<(f64, f64)>> {
    let one = |step: &str| {
        let (minutes, weight) = step.split_once('=')?;
        Some((minutes.trim().parse().ok()?, weight.trim().parse().ok()?))
    };
    text.split('/').map(one).collect()
}

impl fmt::Display for DecayForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Decay::Uniform => f.write_str("uniform"),
            Decay::Exponential { beta } => write!(f, "exponential:{beta}"),
            Decay::Gaussian { sigma } => write!(f, "gaussian:{sigma}"),
            Decay::Gravity { scale, alpha, least } if *least == 0.0 => write!(f, "gravity:{scale}:{alpha}"),
            Decay::Gravity { scale, alpha, least } => write!(f, "gravity:{scale}:{alpha}:{least}"),
            Decay::Logistic { midpoint, deviation } => write!(f, "logistic:{midpoint}:{deviation}"),
            Decay::Linear { full, none } => write!(f, "linear:{full}:{none}"),
            Decay::Step(steps) => {
                for (at, (minutes, weight)) in steps.iter().enumerate() {
                    write!(f, "{}{minutes}={weight}", if at == 0 { "step:" } else { "/" })?;
                }
                Ok(())
            }
        }
    }
}

impl Serialize for DecayForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DecayForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DecayForm, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for DecayForm {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Decay".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "decay" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_written_as_it_is_read() {
        for text in [
            "uniform",
            "exponential:0.05",
            "gaussian:20",
            "gravity:10:-2",
            "gravity:10:-2:5",
            "logistic:40:10",
            "linear:30:50",
            "step:10=1/20=0.68/30=0.22",
        ] {
            assert_eq!(text.parse::<DecayForm>().expect(text).to_string(), text);
        }
        for text in
            ["", "gauss:20", "gaussian", "gaussian:0", "exponential:a", "uniform:1", "step:10", "step:20=1/10=2"]
        {
            let error = text.parse::<DecayForm>().expect_err(text);
            assert!(error.contains(text), "{error}");
        }
    }
}
