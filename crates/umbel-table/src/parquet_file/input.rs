//! Reading Parquet files in batches of rows.

use crate::typed::date_of_day;
use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Rows read at a time.
const BATCH: usize = 1 << 16;

/// The number of a text that is not there.
const NONE: u32 = u32::MAX;

/// The values of one column in a batch.
#[derive(Debug)]
pub(crate) enum Values {
    /// Texts and dates: for each row the number of its text, or [`NONE`], and the texts.
    Text(Vec<u32>, Vec<String>),
    /// Floating-point numbers.
    Float(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// True or false.
    Bool(Vec<Option<bool>>),
}

/// Some rows of a file.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Number of the first row, from 1.
    pub first: u32,
    /// Number of rows.
    pub rows: usize,
    /// The columns of the file; `None` for one that is not wanted.
    pub columns: Vec<Option<Values>>,
    /// Rows with text that is not UTF-8, in order, each with the column.
    pub not_utf8: Vec<(usize, usize)>,
}

impl Values {
    /// The value of a row as text (empty when there is none). Bytes that are no UTF-8 have become U+FFFD.
    pub fn text(&self, row: usize) -> Cow<'_, str> {
        fn shown<T: ToString>(value: Option<T>) -> Cow<'static, str> {
            value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string()))
        }
        match self {
            Values::Text(numbers, texts) => {
                let number = numbers.get(row).copied().unwrap_or(NONE);
                texts.get(number as usize).map_or(Cow::Borrowed(""), |text| Cow::Borrowed(text.as_str()))
            }
            Values::Float(all) => shown(all.get(row).copied().flatten()),
            Values::Integer(all) => shown(all.get(row).copied().flatten()),
            Values::Bool(all) => shown(all.get(row).copied().flatten()),
        }
    }
}

/// The names of the columns of a file.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn columns(path: &Path) -> Result<Vec<String>, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Ok(ParquetFile::open(Bytes::from(bytes))?.names)
}

fn names(reader: &SerializedFileReader<Bytes>) -> Vec<String> {
    let schema = reader.metadata().file_metadata().schema_descr();
    schema.columns().iter().map(|column| column.path().string()).collect()
}

/// A file, its footer read.
pub(crate) struct ParquetFile {
    reader: SerializedFileReader<Bytes>,
    /// Names of its columns.
    pub names: Vec<String>,
    /// Number of the first row of each row group, from 1.
    groups: Vec<u32>,
}

impl ParquetFile {
    /// Opens a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(bytes: Bytes) -> Result<ParquetFile, String> {
        shielded(|| {
            let reader = SerializedFileReader::new(bytes).map_err(unreadable)?;
            let mut groups = Vec::new();
            let mut first = 1_u32;
            for group in reader.metadata().row_groups() {
                groups.push(first);
                let rows = u32::try_from(group.num_rows()).map_err(|_| "a row group has too many rows".to_owned())?;
                first = first.checked_add(rows).ok_or_else(|| "the file has too many rows".to_owned())?;
            }
            Ok(ParquetFile { names: names(&reader), reader, groups })
        })
    }

    /// Number of the first row of each batch that [`ParquetFile::read`] will give.
    pub fn batches(&self) -> Vec<u32> {
        let groups = self.groups.iter().zip(self.reader.metadata().row_groups());
        groups.flat_map(|(&first, group)| (first..first + group.num_rows() as u32).step_by(BATCH)).collect()
    }

    /// Turns each batch of rows into a result, in the order of the rows; batches are read side by side. Only the columns
    /// `wanted` are read.
    ///
    /// # Errors
    /// What is wrong with the file, with the name of the column if it is about one.
    pub fn read<T: Send>(&self, wanted: &[bool], each: impl Fn(&Batch) -> T + Sync) -> Result<Vec<T>, String> {
        let group = |(at, &first)| shielded(|| read_group(&self.reader, at, first, wanted, &each));
        let results: Result<Vec<Vec<T>>, String> = self.groups.par_iter().enumerate().map(group).collect();
        Ok(results?.into_iter().flatten().collect())
    }
}

/// The Parquet reader is not proof against every damaged file; a panic in it is a finding like any other.
fn shielded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the file is damaged".to_owned()))
}

fn read_group<T>(
    reader: &SerializedFileReader<Bytes>,
    group: usize,
    first: u32,
    wanted: &[bool],
    each: &impl Fn(&Batch) -> T,
) -> Result<Vec<T>, String> {
    let group = reader.get_row_group(group).map_err(unreadable)?;
    let total = usize::try_from(group.metadata().num_rows()).map_err(|_| "negative number of rows".to_owned())?;
    let descriptors = reader.metadata().file_metadata().schema_descr().columns();
    let mut readers = Vec::new();
    for (at, &wanted) in wanted.iter().enumerate() {
        readers.push(match wanted {
            true => Some(group.get_column_reader(at).map_err(unreadable)?),
            false => None,
        });
    }
    let (mut results, mut done) = (Vec::new(), 0);
    while done < total {
        let rows = BATCH.min(total - done);
        let mut batch = Batch {
            first: first + done as u32,
            rows,
            columns: Vec::with_capacity(readers.len()),
            not_utf8: Vec::new(),
        };
        for (at, (reader, descriptor)) in readers.iter_mut().zip(descriptors).enumerate() {
            batch.columns.push(match reader {
                Some(reader) => Some(values(reader, descriptor, rows, at, &mut batch.not_utf8)?),
                None => None,
            });
        }
        batch.not_utf8.sort_unstable();
        results.push(each(&batch));
        done += rows;
    }
    Ok(results)
}

/// Texts numbered in the order of first appearance; a column that was written with a dictionary gives the same bytes
/// again and again, which is seen by their address.
fn number_texts(values: &[Option<ByteArray>], column: usize, not_utf8: &mut Vec<(usize, usize)>) -> Values {
    let mut index: FxHashMap<&[u8], (u32, bool)> = FxHashMap::default();
    let (mut numbers, mut texts) = (Vec::with_capacity(values.len()), Vec::new());
    let mut last = (std::ptr::null(), 0, (NONE, true));
    for (row, value) in values.iter().enumerate() {
        let Some(value) = value else {
            numbers.push(NONE);
            continue;
        };
        let address = (value.data().as_ptr(), value.len());
        let (number, is_text) = if (last.0, last.1) == address {
            last.2
        } else if let Some(&known) = index.get(value.data()) {
            known
        } else {
            let is_text = std::str::from_utf8(value.data()).is_ok();
            texts.push(String::from_utf8_lossy(value.data()).into_owned());
            index.insert(value.data(), (texts.len() as u32 - 1, is_text));
            (texts.len() as u32 - 1, is_text)
        };
        // All values are alive, so that no two different ones stand at one address.
        last = (address.0, address.1, (number, is_text));
        if !is_text {
            not_utf8.push((row, column));
        }
        numbers.push(number);
    }
    Values::Text(numbers, texts)
}

/// Days since 1970-01-01 as dates, numbered in the order of first appearance.
fn number_days(values: &[Option<i32>]) -> Values {
    let mut index: FxHashMap<i32, u32> = FxHashMap::default();
    let mut texts = Vec::new();
    let mut number = |day: i32| {
        *index.entry(day).or_insert_with(|| {
            texts.push(date_of_day(day).to_string());
            texts.len() as u32 - 1
        })
    };
    let numbers = values.iter().map(|day| day.map_or(NONE, &mut number)).collect();
    Values::Text(numbers, texts)
}

/// The next `rows` values of a column, the one at this position; rows with bytes that are no text are told.
fn values(
    reader: &mut ColumnReader,
    column: &ColumnDescriptor,
    rows: usize,
    position: usize,
    not_utf8: &mut Vec<(usize, usize)>,
) -> Result<Values, String> {
    let refused = || {
        let kind = match column.logical_type_ref() {
            Some(logical) => format!("{logical:?}"),
            None => format!("{} {:?}", column.physical_type(), column.converted_type()),
        };
        format!("the column {} has the type {kind}, which no table takes", column.path().string())
    };
    if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
        return Err(format!("the column {} is nested, which no table takes", column.path().string()));
    }
    let is_date =
        matches!(column.logical_type_ref(), Some(LogicalType::Date)) || column.converted_type() == ConvertedType::DATE;
    let is_text = match column.logical_type_ref() {
        Some(logical) => matches!(logical, LogicalType::String | LogicalType::Enum),
        None => matches!(column.converted_type(), ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM),
    };
    let is_whole = match column.logical_type_ref() {
        Some(logical) => matches!(logical, LogicalType::Integer { .. }),
        None => !matches!(
            column.converted_type(),
            ConvertedType::DECIMAL
                | ConvertedType::DATE
                | ConvertedType::TIME_MILLIS
                | ConvertedType::TIME_MICROS
                | ConvertedType::TIMESTAMP_MILLIS
                | ConvertedType::TIMESTAMP_MICROS
                | ConvertedType::INTERVAL
        ),
    };
    let level = column.max_def_level();
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) if is_text => {
            Ok(number_texts(&take(reader, rows, level, |v| v)?, position, not_utf8))
        }
        ColumnReader::DoubleColumnReader(reader) => Ok(Values::Float(take(reader, rows, level, |v| v)?)),
        ColumnReader::FloatColumnReader(reader) => Ok(Values::Float(take(reader, rows, level, f64::from)?)),
        ColumnReader::Int32ColumnReader(reader) if is_date => Ok(number_days(&take(reader, rows, level, |v| v)?)),
        ColumnReader::Int32ColumnReader(reader) if is_whole => {
            Ok(Values::Integer(take(reader, rows, level, i64::from)?))
        }
        ColumnReader::Int64ColumnReader(reader) if is_whole => Ok(Values::Integer(take(reader, rows, level, |v| v)?)),
        ColumnReader::BoolColumnReader(reader) => Ok(Values::Bool(take(reader, rows, level, |v| v)?)),
        _ => Err(refused()),
    }
}

fn take<D: DataType, T>(
    reader: &mut ColumnReaderImpl<D>,
    rows: usize,
    level: i16,
    convert: impl Fn(D::T) -> T,
) -> Result<Vec<Option<T>>, String> {
    let (mut levels, mut values) = (Vec::new(), Vec::with_capacity(rows));
    let mut read = 0;
    while read < rows {
        let (records, _, _) = match level {
            0 => reader.read_records(rows - read, None, None, &mut values),
            _ => reader.read_records(rows - read, Some(&mut levels), None, &mut values),
        }
        .map_err(unreadable)?;
        if records == 0 {
            return Err("a column ends before its row group".to_owned());
        }
        read += records;
    }
    let mut values = values.into_iter();
    if level == 0 {
        return Ok(values.map(|value| Some(convert(value))).collect());
    }
    Ok(levels.into_iter().map(|own| if own == level { values.next().map(&convert) } else { None }).collect())
}

/// What is wrong, in words.
fn unreadable(error: ParquetError) -> String {
    let text = error.to_string();
    text.trim_start_matches("Parquet error: ").to_owned()
}
