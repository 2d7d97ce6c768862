//! Long tables written while they are computed: in bounded memory, whole or not at all.

use crate::write::{CsvText, WriteError, temporary_beside};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type as SchemaType;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group of Parquet.
const GROUP: usize = 1 << 17;
/// Bytes of text written at once.
const PIECE: usize = 1 << 20;

/// A text that occurs in many rows; copies share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Id {
    text: Arc<str>,
    bytes: ByteArray,
    /// As it stands in CSV and in JSON.
    quoted: Arc<(String, String)>,
}

impl Id {
    /// From its text.
    pub fn new(text: &str) -> Id {
        let mut csv = CsvText::headless();
        csv.cell(text);
        // A text is always valid JSON.
        let json = serde_json::to_string(text).unwrap_or_default();
        Id { text: text.into(), bytes: ByteArray::from(text), quoted: Arc::new((csv.finish(), json)) }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
}

/// Cells of a column in some rows.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    /// The same text in every row.
    Same(&'a Id),
    /// A text for each row.
    Ids(&'a [Id]),
    /// A whole number for each row, where there is one.
    Integers(&'a [Option<i32>]),
    /// A number for each row, where there is one.
    Numbers(&'a [Option<f64>]),
}

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated values.
    Csv,
    /// An array of objects, one a row.
    Json,
    /// Parquet, zstd.
    Parquet,
}

impl Form {
    /// The form that the ending of a file name says.
    pub fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Form::Csv),
            "json" => Some(Form::Json),
            "parquet" => Some(Form::Parquet),
            _ => None,
        }
    }
}

/// Writes a table row by row. Nothing is at the path before [`StreamWriter::finish`]; a writer that is dropped before leaves
/// nothing behind. Memory: one row group of Parquet, a megabyte of text otherwise.
pub struct StreamWriter<'w> {
    header: Vec<(String, Kind)>,
    path: PathBuf,
    temporary: Option<PathBuf>,
    sink: Sink<'w>,
    rows: u64,
}

enum Sink<'w> {
    Text { out: Box<dyn Write + 'w>, piece: Vec<u8>, json: bool },
    Parquet { writer: Box<SerializedFileWriter<File>>, columns: Vec<Column>, rows: usize },
    Done,
}

/// Rows of a column that wait for their group.
enum Column {
    Text(Vec<ByteArray>),
    Integer(Vec<i32>, Vec<i16>),
    Number(Vec<f64>, Vec<i16>),
}

impl<'w> StreamWriter<'w> {
    /// A table in a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, form: Form, header: &[(String, Kind)]) -> Result<StreamWriter<'w>, WriteError> {
        let failed = |source| WriteError { path: path.to_owned(), source };
        if path.is_dir() {
            return Err(failed(std::io::ErrorKind::IsADirectory.into()));
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let temporary = temporary_beside(path);
        let file = File::create(&temporary).map_err(failed)?;
        let mut writer = StreamWriter {
            header: header.to_vec(),
            path: path.to_owned(),
            temporary: Some(temporary),
            sink: Sink::Done,
            rows: 0,
        };
        writer.sink = match form {
            Form::Parquet => parquet(file, header).map_err(|error| writer.parquet_failed(error))?,
            _ => text(Box::new(BufWriter::new(file)), form, header),
        };
        Ok(writer)
    }

    /// A table on an output that is open already; its form is a text.
    pub fn to(out: Box<dyn Write + 'w>, form: Form, header: &[(String, Kind)]) -> StreamWriter<'w> {
        let sink = text(out, form, header);
        StreamWriter { header: header.to_vec(), path: PathBuf::from("the output"), temporary: None, sink, rows: 0 }
    }

    fn parquet_failed(&self, error: ParquetError) -> WriteError {
        WriteError { path: self.path.clone(), source: std::io::Error::other(error) }
    }

    /// Adds `count` rows: cells for each column of the header.
    ///
    /// # Errors
    /// When they cannot be written, or do not fit the header.
    pub fn rows(&mut self, count: usize, cells: &[Cells<'_>]) -> Result<(), WriteError> {
        let fits = cells.len() == self.header.len()
            && cells.iter().zip(&self.header).all(|(cells, (_, kind))| match cells {
                Cells::Same(_) => *kind == Kind::Text,
                Cells::Ids(ids) => *kind == Kind::Text && ids.len() == count,
                Cells::Integers(all) => *kind == Kind::Integer && all.len() == count,
                Cells::Numbers(all) => *kind == Kind::Number && all.len() == count,
            });
        let path = self.path.clone();
        let failed = |source: std::io::Error| WriteError { path: path.clone(), source };
        if !fits {
            return Err(failed(std::io::Error::other("the cells do not fit the columns")));
        }
        match &mut self.sink {
            Sink::Text { out, piece, json } => {
                for row in 0..count {
                    match json {
                        true => json_row(piece, self.rows + row as u64 == 0, row, cells, &self.header),
                        false => csv_row(piece, row, cells),
                    }
                    if piece.len() >= PIECE {
                        out.write_all(piece).map_err(&failed)?;
                        piece.clear();
                    }
                }
            }
            Sink::Parquet { writer, columns, rows } => {
                columns.iter_mut().zip(cells).for_each(|(column, cells)| column.push(count, cells));
                *rows += count;
                if *rows >= GROUP {
                    flush(writer, columns, rows).map_err(|error| failed(std::io::Error::other(error)))?;
                }
            }
            Sink::Done => {}
        }
        self.rows += count as u64;
        Ok(())
    }

    /// Ends the table and puts it in its place.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is there.
    pub fn finish(mut self) -> Result<(), WriteError> {
        let failed = |source: std::io::Error| WriteError { path: self.path.clone(), source };
        match std::mem::replace(&mut self.sink, Sink::Done) {
            Sink::Text { mut out, mut piece, json } => {
                if json {
                    piece.extend_from_slice(if self.rows == 0 { b"]\n" } else { b"\n]\n" });
                }
                out.write_all(&piece).and_then(|()| out.flush()).map_err(&failed)?;
            }
            Sink::Parquet { mut writer, mut columns, mut rows } => {
                let wrong = |error: ParquetError| failed(std::io::Error::other(error));
                if rows > 0 {
                    flush(&mut writer, &mut columns, &mut rows).map_err(wrong)?;
                }
                let file = writer.into_inner().map_err(wrong)?;
                file.sync_all().map_err(&failed)?;
            }
            Sink::Done => {}
        }
        if let Some(temporary) = &self.temporary {
            std::fs::rename(temporary, &self.path).map_err(&failed)?;
        }
        self.temporary = None;
        Ok(())
    }
}

impl Drop for StreamWriter<'_> {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take() {
            self.sink = Sink::Done;
            // It may never have been made; nobody is left to tell.
            let _ = std::fs::remove_file(temporary);
        }
    }
}

fn text<'w>(out: Box<dyn Write + 'w>, form: Form, header: &[(String, Kind)]) -> Sink<'w> {
    let mut piece = Vec::with_capacity(PIECE + 4096);
    let json = form == Form::Json;
    if json {
        piece.push(b'[');
    } else {
        let names: Vec<&str> = header.iter().map(|column| column.0.as_str()).collect();
        piece.extend_from_slice(CsvText::new(&names).finish().as_bytes());
    }
    Sink::Text { out, piece, json }
}

fn csv_row(piece: &mut Vec<u8>, row: usize, cells: &[Cells<'_>]) {
    for (at, cells) in cells.iter().enumerate() {
        if at > 0 {
            piece.push(b',');
        }
        match cells {
            Cells::Same(id) => piece.extend_from_slice(id.quoted.0.as_bytes()),
            Cells::Ids(ids) => piece.extend_from_slice(ids[row].quoted.0.as_bytes()),
            Cells::Integers(all) => all[row].into_iter().for_each(|number| integer(piece, number)),
            Cells::Numbers(all) => all[row].into_iter().for_each(|number| decimal(piece, number)),
        }
    }
    piece.push(b'\n');
}

fn json_row(piece: &mut Vec<u8>, first: bool, row: usize, cells: &[Cells<'_>], header: &[(String, Kind)]) {
    piece.extend_from_slice(if first { b"\n{" } else { b",\n{" });
    for (at, (cells, (name, _))) in cells.iter().zip(header).enumerate() {
        if at > 0 {
            piece.push(b',');
        }
        // Names are texts, which are always valid JSON.
        piece.extend_from_slice(serde_json::to_string(name).unwrap_or_default().as_bytes());
        piece.push(b':');
        let before = piece.len();
        match cells {
            Cells::Same(id) => piece.extend_from_slice(id.quoted.1.as_bytes()),
            Cells::Ids(ids) => piece.extend_from_slice(ids[row].quoted.1.as_bytes()),
            Cells::Integers(all) => all[row].into_iter().for_each(|number| integer(piece, number)),
            Cells::Numbers(all) => all[row].into_iter().for_each(|number| decimal(piece, number)),
        }
        if piece.len() == before {
            piece.extend_from_slice(b"null");
        }
    }
    piece.push(b'}');
}

fn integer(piece: &mut Vec<u8>, number: i32) {
    let (mut digits, mut at, mut rest) = ([0_u8; 11], 11, number.unsigned_abs());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    piece.extend_from_slice(&digits[at..]);
}

fn decimal(piece: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        // Writing to memory cannot fail.
        let _ = write!(piece, "{number}");
    }
}

impl Column {
    fn push(&mut self, count: usize, cells: &Cells<'_>) {
        match (self, cells) {
            (Column::Text(all), Cells::Same(id)) => all.extend(std::iter::repeat_n(id.bytes.clone(), count)),
            (Column::Text(all), Cells::Ids(ids)) => all.extend(ids.iter().map(|id| id.bytes.clone())),
            (Column::Integer(all, levels), Cells::Integers(numbers)) => {
                all.extend(numbers.iter().flatten());
                levels.extend(numbers.iter().map(|number| i16::from(number.is_some())));
            }
            (Column::Number(all, levels), Cells::Numbers(numbers)) => {
                let finite = numbers.iter().map(|number| number.filter(|number| number.is_finite()));
                levels.extend(finite.clone().map(|number| i16::from(number.is_some())));
                all.extend(finite.flatten());
            }
            // Checked before.
            _ => {}
        }
    }
}

fn parquet<'w>(file: File, header: &[(String, Kind)]) -> Result<Sink<'w>, ParquetError> {
    let mut fields = Vec::new();
    for (name, kind) in header {
        let (physical, logical, repetition) = match kind {
            Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
            Kind::Integer => (PhysicalType::INT32, None, Repetition::OPTIONAL),
            Kind::Number => (PhysicalType::DOUBLE, None, Repetition::OPTIONAL),
        };
        let field = SchemaType::primitive_type_builder(name, physical);
        fields.push(Arc::new(field.with_logical_type(logical).with_repetition(repetition).build()?));
    }
    let schema = Arc::new(SchemaType::group_type_builder("table").with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_enabled(true)
        .set_created_by("umbel".to_owned())
        .build();
    let columns = header.iter().map(|(_, kind)| match kind {
        Kind::Text => Column::Text(Vec::new()),
        Kind::Integer => Column::Integer(Vec::new(), Vec::new()),
        Kind::Number => Column::Number(Vec::new(), Vec::new()),
    });
    let columns = columns.collect();
    Ok(Sink::Parquet {
        writer: Box::new(SerializedFileWriter::new(file, schema, Arc::new(properties))?),
        columns,
        rows: 0,
    })
}

fn flush(
    writer: &mut SerializedFileWriter<File>,
    columns: &mut [Column],
    rows: &mut usize,
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        match column {
            Column::Text(all) => {
                write::<ByteArrayType>(&mut group, all, None)?;
                all.clear();
            }
            Column::Integer(all, levels) => {
                write::<Int32Type>(&mut group, all, Some(levels))?;
                all.clear();
                levels.clear();
            }
            Column::Number(all, levels) => {
                write::<DoubleType>(&mut group, all, Some(levels))?;
                all.clear();
                levels.clear();
            }
        }
    }
    group.close()?;
    *rows = 0;
    Ok(())
}

fn write<D: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[D::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("the file has fewer columns than the row".to_owned()));
    };
    column.typed::<D>().write_batch(values, levels, None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Reading;
    use crate::import::plain::Plain;

    fn header() -> Vec<(String, Kind)> {
        [("origin", Kind::Text), ("to", Kind::Text), ("p50", Kind::Integer), ("share", Kind::Number)]
            .map(|(name, kind)| (name.to_owned(), kind))
            .to_vec()
    }

    fn fill(mut writer: StreamWriter<'_>, times: usize) -> Result<(), WriteError> {
        let (from, to) = (Id::new("a,1"), ["b", "\"c\""].map(Id::new));
        for _ in 0..times {
            writer.rows(
                2,
                &[
                    Cells::Same(&from),
                    Cells::Ids(&to),
                    Cells::Integers(&[Some(-60), None]),
                    Cells::Numbers(&[None, Some(0.25)]),
                ],
            )?;
        }
        writer.finish()
    }

    #[test]
    fn texts_are_written_as_they_should() {
        let mut out = Vec::new();
        fill(StreamWriter::to(Box::new(&mut out), Form::Csv, &header()), 1).expect("written");
        assert_eq!(String::from_utf8_lossy(&out), "origin,to,p50,share\n\"a,1\",b,-60,\n\"a,1\",\"\"\"c\"\"\",,0.25\n");
        let mut out = Vec::new();
        fill(StreamWriter::to(Box::new(&mut out), Form::Json, &header()), 2).expect("written");
        let read: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(
            (read[3]["to"].as_str(), read[3]["p50"].is_null(), read[2]["p50"].as_i64()),
            (Some("\"c\""), true, Some(-60))
        );
        let mut out = Vec::new();
        fill(StreamWriter::to(Box::new(&mut out), Form::Json, &header()), 0).expect("written");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).expect("JSON"), serde_json::json!([]));
    }

    #[test]
    fn parquet_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/m.parquet");
        let times = GROUP / 2 + 3;
        fill(StreamWriter::create(&path, Form::Parquet, &header()).expect("made"), times).expect("written");
        let plain = Plain::read(&path, &Reading::default()).expect("read");
        assert_eq!(plain.rows(), 2 * times);
        assert_eq!((plain.text(2 * times - 1, 1), plain.text(0, 2), plain.text(1, 2)), ("\"c\"", "-60", ""));
        assert_eq!(plain.numbers(3).expect("numbers")[..2], [None, Some(0.25)]);
    }

    #[test]
    fn nothing_is_half_written() {
        let folder = tempfile::tempdir().expect("a folder");
        for form in [Form::Csv, Form::Parquet] {
            let path = folder.path().join("m");
            let mut writer = StreamWriter::create(&path, form, &header()).expect("made");
            assert!(writer.rows(1, &[Cells::Integers(&[None])]).is_err());
            drop(writer);
            assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
        }
        assert!(StreamWriter::create(folder.path(), Form::Csv, &header()).is_err());
    }
}
