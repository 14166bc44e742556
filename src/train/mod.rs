//! Training of the score: from a corpus of trees whose fate is known to the numbers in `rules/risk`.

mod snapshot;
mod table;
mod told;
mod write;

pub use snapshot::{Source, TrainOptions, sources, take};
pub use table::{TableError, read_features, write_features};
pub use told::fit_report;
pub use write::{model_text, population_text};
