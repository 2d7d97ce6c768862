//! Observation status: the letters of the SDMX code list CL_OBS_STATUS (version 2.2).

use serde::{Deserialize, Serialize};

macro_rules! statuses {
    ($($letter:literal $(#[$attribute:ident])? $name:ident $missing:literal $doc:literal;)*) => {
        /// Status of an observation (SDMX CL_OBS_STATUS 2.2).
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Status {
            $(#[doc = $doc] #[serde(rename = $letter)] $(#[$attribute])? $name,)*
        }
        impl Status {
            /// Every status, in the order of the list here.
            pub const ALL: &'static [Status] = &[$(Status::$name),*];
            /// Reads the letter; an empty text is [`Status::Normal`].
            pub fn parse(text: &str) -> Option<Status> {
                match text { "" => Some(Status::Normal), $($letter => Some(Status::$name),)* _ => None }
            }
            /// The letter.
            pub fn letter(self) -> &'static str { match self { $(Status::$name => $letter),* } }
            /// What it means, in a few words.
            pub fn meaning(self) -> &'static str { match self { $(Status::$name => $doc),* } }
            /// Whether the status says why there is no value: then, and only then, the value is empty.
            pub fn is_missing(self) -> bool { match self { $(Status::$name => $missing),* } }
        }
    };
}

impl Status {
    /// The status with this position in [`Status::ALL`].
    pub fn from_index(index: u8) -> Option<Status> {
        Status::ALL.get(usize::from(index)).copied()
    }
}

mod list {
    use super::{Deserialize, Serialize};
    statuses! {
        "A" #[default] Normal false "normal";
        "B" Break false "break in the series";
        "D" DefinitionDiffers false "definition differs";
        "E" Estimated false "estimated";
        "F" Forecast false "forecast";
        "G" Experimental false "experimental";
        "H" Holiday true "missing: holiday or weekend";
        "I" Imputed false "imputed";
        "J" Derogation false "derogation";
        "K" Category false "included in another category";
        "L" NotCollected true "missing: not collected";
        "M" CannotExist true "missing: cannot exist";
        "N" NotSignificant false "not significant";
        "O" Missing true "missing";
        "P" Provisional false "provisional";
        "Q" Suppressed true "missing: suppressed";
        "S" Strike false "strike and special events";
        "U" LowReliability false "low reliability";
        "V" Unvalidated false "unvalidated";
        "W" OtherCategory false "includes another category";
    }
}
pub use list::Status;
