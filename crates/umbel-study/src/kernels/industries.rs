//! A table of places by industries from the columns of a sample.

use crate::analysis::Numbers;

/// Figures of the places that have all of them, row after row, and which places these are.
///
/// # Errors
/// When no place has all figures.
pub fn industries(columns: &[&Numbers]) -> Result<(Vec<f64>, Vec<u32>), String> {
    let rows = columns.first().map_or(0, |column| column.len());
    let (mut values, mut places) = (Vec::new(), Vec::new());
    for row in 0..rows {
        let figures: Option<Vec<f64>> = columns.iter().map(|column| column.get(row)).collect();
        if let Some(figures) = figures {
            values.extend(figures);
            places.push(row as u32);
        }
    }
    if places.is_empty() {
        return Err("no place has a figure in every industry".to_owned());
    }
    Ok((values, places))
}

/// What is wrong with a list of industries.
pub fn problems(of: &[String], least: usize) -> Vec<(String, String, String)> {
    let mut problems = Vec::new();
    if of.len() < least {
        let what = format!("There are {} industries; at least {least} are needed.", of.len());
        problems.push(("of".to_owned(), what, "Name an indicator or column for each.".to_owned()));
    }
    if let Some(twice) = of.iter().enumerate().find(|(at, name)| of[..*at].contains(name)) {
        problems.push(("of".to_owned(), format!("{} is there twice.", twice.1), "Name it once.".to_owned()));
    }
    problems
}
