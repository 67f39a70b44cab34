//! Provisioners.

use config::ResourceInstance;
use lang::Value;

use super::Walk;
use super::resource::At;

impl Walk<'_> {
    pub(super) fn provision_created(&mut self, at: &At<'_>, value: &Value) {
        let _ = (at, value);
    }

    pub(super) fn provision_destroyed(&mut self, addr: &ResourceInstance, value: &Value) -> bool {
        let _ = (addr, value);
        true
    }
}
