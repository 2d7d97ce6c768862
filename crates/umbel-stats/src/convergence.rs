//! Convergence and mobility: sigma, beta, Markov chains, ranks.
