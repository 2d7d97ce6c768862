//! Parquet files with the columns of a table, read and written column by column (no Arrow).

mod input;

pub(crate) use input::columns;
