//! Standards as dated tables: air quality index, limits of air and water, water classes.
//!
//! A standard is a table with a name and the days between which it is in force. [`dated::on`] chooses by day,
//! [`dated::named`] by name. What a table does not hold is absent: nothing is filled in from another edition.

pub mod air_limits;
pub mod air_quality_index;
pub mod attainment;
pub mod data_capture;
pub mod dated;
pub mod pollutant;
pub mod water_class;
pub mod water_limits;
