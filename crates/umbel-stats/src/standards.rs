//! Standards as dated tables: air quality index, limits of air and water, water classes.
