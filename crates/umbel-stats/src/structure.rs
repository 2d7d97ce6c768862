//! Structure: location quotients, complexity, shift-share, concentration, catchments.
