//! The real binary, spoken to over its pipes as editors do.

mod client;
mod features;
mod protocol;
mod running;
mod stress;
