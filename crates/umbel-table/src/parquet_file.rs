//! Parquet files with the columns of a table, read and written column by column (no Arrow).

mod input;
mod output;

pub(crate) use input::{Batch, ParquetFile, Values, columns};
pub(crate) use output::{ParquetSink, failed};
