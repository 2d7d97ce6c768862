//! Composite indices: the steps of the OECD/JRC handbook, coupling coordination, sensitivity of ranks.
