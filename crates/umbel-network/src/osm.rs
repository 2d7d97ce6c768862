//! OpenStreetMap extracts: read from PBF, and made a graph of junctions.
