//! Machines that are reached by SSH.

mod agent;
mod command;
mod host_key;
mod http_proxy;
mod keys;
mod login;
mod machine;
mod proxy;
mod scp;
mod session;
mod socks;
#[cfg(test)]
mod tests;

pub(super) use machine::{Machine, Way};
