//! Trends of a series: Theil-Sen and the Mann-Kendall family.
