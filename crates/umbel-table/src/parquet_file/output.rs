//! Writing Parquet files: dictionaries, zstd, row groups of moderate size.

use crate::number;
use crate::schema::{TableSpec, Type};
use crate::typed::day_number;
use crate::write::WriteError;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type as SchemaType;
use std::path::Path;
use std::sync::Arc;
use umbel_core::Date;

/// Rows of a row group: enough for dictionaries to pay, few enough to be read side by side.
const GROUP: usize = 1 << 17;

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Number,
    Integer,
    Bool,
    Date,
}

/// Takes rows of cells as text and makes a Parquet file of them.
pub(crate) struct ParquetSink {
    writer: SerializedFileWriter<Vec<u8>>,
    columns: Vec<(Form, Vec<Option<ByteArray>>)>,
    rows: usize,
}

impl ParquetSink {
    /// A file with these columns of a table; columns that the table does not name are text.
    pub fn new(table: &TableSpec, header: &[String]) -> Result<ParquetSink, ParquetError> {
        let form = |name: &String| match table.column(name).map(|at| table.columns[at].kind) {
            Some(Type::Number) => Form::Number,
            Some(Type::Integer) => Form::Integer,
            Some(Type::Bool) => Form::Bool,
            Some(Type::Date) => Form::Date,
            _ => Form::Text,
        };
        let mut fields = Vec::new();
        for name in header {
            let (physical, logical) = match form(name) {
                Form::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
                Form::Number => (PhysicalType::DOUBLE, None),
                Form::Integer => (PhysicalType::INT32, None),
                Form::Bool => (PhysicalType::BOOLEAN, None),
                Form::Date => (PhysicalType::INT32, Some(LogicalType::Date)),
            };
            let field = SchemaType::primitive_type_builder(name, physical)
                .with_logical_type(logical)
                .with_repetition(Repetition::OPTIONAL)
                .build()?;
            fields.push(Arc::new(field));
        }
        let schema = Arc::new(SchemaType::group_type_builder(table.name).with_fields(fields).build()?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_dictionary_enabled(true)
            .set_created_by("umbel".to_owned())
            .build();
        Ok(ParquetSink {
            writer: SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?,
            columns: header.iter().map(|name| (form(name), Vec::new())).collect(),
            rows: 0,
        })
    }

    /// Adds a row: one cell a column, empty = not given.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> Result<(), ParquetError> {
        for (at, (_, values)) in self.columns.iter_mut().enumerate() {
            let cell = cells.get(at).map_or("", AsRef::as_ref);
            values.push((!cell.is_empty()).then(|| ByteArray::from(cell)));
        }
        self.rows += 1;
        if self.rows >= GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for (form, values) in &mut self.columns {
            let text = |value: &ByteArray| String::from_utf8_lossy(value.data()).into_owned();
            match form {
                Form::Text => write::<ByteArrayType>(&mut group, values, |value| Some(value.clone()))?,
                Form::Number => write::<DoubleType>(&mut group, values, |value| number::parse(&text(value)))?,
                Form::Integer => write::<Int32Type>(&mut group, values, |value| text(value).parse().ok())?,
                Form::Bool => write::<BoolType>(&mut group, values, |value| text(value).parse().ok())?,
                Form::Date => {
                    write::<Int32Type>(&mut group, values, |value| text(value).parse::<Date>().ok().map(day_number))?
                }
            }
            values.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// The bytes of the file.
    pub fn finish(mut self) -> Result<Vec<u8>, ParquetError> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.writer.into_inner()
    }
}

fn write<D: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[Option<ByteArray>],
    convert: impl Fn(&ByteArray) -> Option<D::T>,
) -> Result<(), ParquetError> {
    let converted: Vec<Option<D::T>> = values.iter().map(|value| value.as_ref().and_then(&convert)).collect();
    let levels: Vec<i16> = converted.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<D::T> = converted.into_iter().flatten().collect();
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("the file has fewer columns than the row".to_owned()));
    };
    column.typed::<D>().write_batch(&present, Some(&levels), None)?;
    column.close()
}

/// An error of the Parquet writer as one of writing the file.
pub(crate) fn failed(path: &Path, error: ParquetError) -> WriteError {
    WriteError { path: path.to_owned(), source: std::io::Error::other(error) }
}
