//! The reference values of `tests/vectors/spc`, and the published data sets where they are at hand.

mod case;
mod charts;
mod counts;
mod rules;
mod trends;
