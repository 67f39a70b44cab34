//! Tests of configurations, written as data: many files in one string, and what is said about them.

mod bad_input;
mod bodies;
mod declarations;
mod deprecation;
mod dialects;
mod early_sources;
mod encoder;
mod fixes;
mod json;
mod mistakes;
mod recorded;
mod schema_documents;
mod support;
mod work;
