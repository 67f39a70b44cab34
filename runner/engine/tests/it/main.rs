//! The engine with configurations as text and a provider that is made of memory.

mod checks;
mod data;
mod ephemeral;
mod functions;
mod growth;
mod hooked;
mod identity;
mod moves;
mod order;
mod provider;
mod remote;
mod same_plan;
mod served;
mod support;
mod waiting;
mod work;
