//! The measure of exactness: what terraform 1.11.4 said, recorded as data, against what runblock says.
//!
//! * [`recorded`] reads the recorded cases, [`tool`] runs one of them,
//! * [`observation`] and [`text`] turn the raw output of either tool into comparable facts,
//! * [`expressions`] evaluates a recorded expression without any module around it,
//! * [`console`] asks the console for it, as a program does that writes to its standard input,
//! * [`json_profile`] writes native files again in JSON,
//! * [`test_provider`] is the provider that some cases were recorded with, [`coder_provider`] one that public modules need,
//! * [`mistakes`] reads mistakes, each with what is said of it and put right,
//! * [`level`] says how far two outputs agree,
//! * [`versions`] reads the cases for other versions and for OpenTofu, which follow from rules and not from recordings,
//! * [`ratchet`] holds the result to a committed list that may only grow.
//!
//! Apart from the expressions, everything here works on files and text and does not know how runblock comes to its answers.

pub mod coder_provider;
pub mod console;
pub mod expressions;
pub mod json_profile;
pub mod level;
pub mod mistakes;
pub mod observation;
pub mod ratchet;
pub mod recorded;
pub mod test_provider;
pub mod text;
pub mod tool;
pub mod versions;
