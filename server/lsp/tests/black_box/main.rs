//! The real binary, spoken to over its pipes as editors do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]
#![expect(clippy::print_stdout, reason = "a random session says its seed, so that it can be had again")]

mod actions;
mod client;
mod completion;
mod console;
mod explorer;
mod features;
mod fmt;
mod formatting;
mod modules;
mod navigation;
mod places;
mod protocol;
mod running;
mod schemas;
mod stress;
