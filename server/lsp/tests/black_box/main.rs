//! The real binary, spoken to over its pipes as editors do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod client;
mod completion;
mod console;
mod explorer;
mod features;
mod fmt;
mod formatting;
mod navigation;
mod protocol;
mod running;
mod schemas;
mod stress;
