//! The methods. Adding one is one new file here and one line in the list below.
//!
//! The list declares the modules, so `cargo fmt` does not find them by itself; `rustfmt` is given the files by name.

use crate::method::Registration;

macro_rules! methods {
    (@registration analysis $module:ident :: $method:ident) => { Registration::of_analysis::<$module::$method>() };
    (@registration network $module:ident :: $method:ident) => { Registration::of_network::<$module::$method>() };
    (@registration method $module:ident :: $method:ident) => { Registration::of::<$module::$method>() };
    ($($kind:ident $module:ident :: $method:ident,)*) => {
        $(pub mod $module;)*
        /// Every method, in the order of the reference.
        pub static METHODS: &[Registration] = &[$(methods!(@registration $kind $module::$method)),*];
    };
}

methods! {
    method formula::Formula,
    method aggregate::Aggregate,
    method change::Change,
    method share::Share,
    method ratio::Ratio,
    method cumulate::Cumulate,
    method gap::Gap,
    method rank::Rank,
    method count::Count,
    method sum::Sum,
    method coverage::Coverage,
    method distance::Distance,
    method network_sum::NetworkSum,
    network travel_time::TravelTime,
    network isochrone::Isochrone,
    network reach::Reach,
    network catchment::Catchment,
    network service_level::ServiceLevel,
    network journeys::Journeys,
    analysis moran::Moran,
    analysis bivariate_moran::BivariateMoran,
    analysis moran_rate::MoranRate,
    analysis geary::Geary,
    analysis getis_ord::GetisOrd,
    analysis join_count::JoinCount,
    analysis local_moran::LocalMoran,
    analysis local_bivariate_moran::LocalBivariateMoran,
    analysis local_geary::LocalGeary,
    analysis local_g::LocalG,
    analysis weights::Neighbours,
    analysis air_quality_index::AirQualityIndex,
    analysis exceedance::Exceedance,
    analysis annual_mean::AnnualMean,
    analysis water_class::WaterClass,
    analysis composite::Composite,
    analysis coupling_coordination::CouplingCoordination,
    analysis topsis::Topsis,
    analysis least_squares::LeastSquares,
    analysis spatial_lag::SpatialLag,
    analysis spatial_durbin::SpatialDurbin,
    analysis spatial_error::SpatialError,
    analysis mann_kendall::MannKendall,
    analysis theil_sen::TheilSen,
    analysis seasonal_trend::SeasonalTrend,
    analysis location_quotient::LocationQuotient,
    analysis economic_complexity::EconomicComplexity,
    analysis shift_share::ShiftShare,
    analysis concentration::Concentration,
    analysis floating_catchment::FloatingCatchment,
    analysis gini::Gini,
    analysis theil::Theil,
    analysis atkinson::Atkinson,
    analysis williamson::Williamson,
    analysis hoover::Hoover,
    analysis palma::Palma,
    analysis percentile_ratio::PercentileRatio,
    analysis concentration_index::ConcentrationIndex,
    analysis lorenz::Lorenz,
    analysis spatial_gini::SpatialGini,
    analysis sigma_convergence::SigmaConvergence,
    analysis beta_convergence::BetaConvergence,
    analysis markov::Markov,
    analysis spatial_markov::SpatialMarkov,
    analysis lisa_markov::LisaMarkov,
    analysis rank_mobility::RankMobility,
    analysis two_way_fe::TwoWayFe,
    analysis panel::Panel,
    analysis did::Did,
    analysis event_study::EventStudy,
    analysis synthetic_control::SyntheticControl,
}

/// The method with this name.
pub fn find(name: &str) -> Option<&'static Registration> {
    METHODS.iter().find(|method| method.name == name)
}
