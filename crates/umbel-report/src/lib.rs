//! Results to one HTML file: charts, maps and words.
