//! One fuzzer for all targets: `RUNBLOCK_FUZZ` names the one to run.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = std::env::var("RUNBLOCK_FUZZ").unwrap_or_default();
    let found = runblock_fuzz::TARGETS.iter().find(|(name, _)| *name == wanted);
    found.unwrap_or_else(|| panic!("RUNBLOCK_FUZZ names no target: {wanted:?}")).1
});

fuzz_target!(|bytes: &[u8]| TARGET(bytes));
