//! Ephemeral resources: open while a walk needs them, and kept nowhere.

use std::sync::Arc;
use std::time::Duration;

use config::{ResourceInstance, Schema};
use lang::{Marks, Value};
use provider::{Private, Provider};
use syntax::{Diagnostic, SmolStr};

use super::data::planned;
use super::resource::At;
use super::waiting::Wait;
use super::{Phase, Walk};
use crate::finding::Finding;
use crate::reports;

/// An ephemeral resource that is open.
pub(super) struct Open {
    /// The part of the walk that it belongs to.
    place: (usize, usize),
    provider: Arc<dyn Provider>,
    kind: SmolStr,
    addr: ResourceInstance,
    private: Private,
    /// When it has to be renewed, in the host's time.
    renew_at: Option<Duration>,
}

impl<'a> Walk<'a> {
    /// Opens an instance, and keeps what references to it read. What its arguments do not tell yet is unknown, and it stays
    /// closed until they do.
    pub(super) fn open(&mut self, provider: &Arc<dyn Provider>, at: At<'a>) -> Option<Wait<'a>> {
        let kind = at.resource.addr.kind.clone();
        let schema = provider.schema(at.resource.mode, &kind)?;
        let before = self.findings.len();
        self.preconditions(&at);
        if self.failed_since(before) {
            return None;
        }
        let config = self.configuration(&at, schema)?;
        if !self.validated(&**provider, &at, schema, &config) {
            return None;
        }
        if !config.is_wholly_known() || self.phase == Phase::Validate {
            self.is_open(&at, schema, &planned(schema, &config));
            return None;
        }
        let (plain, _) = config.unmark_deep();
        let (asked, by) = (Arc::clone(provider), Arc::clone(provider));
        self.ask_of(
            provider,
            move |_| asked.open(&kind, &plain),
            move |walk, answer| {
                let kind = at.resource.addr.kind.clone();
                let schema = by.schema(at.resource.mode, &kind)?;
                let opened = walk.ask(&at, schema, answer)?;
                let now = walk.inputs.host.elapsed();
                walk.open.push(Open {
                    place: walk.place,
                    provider: Arc::clone(&by),
                    kind,
                    addr: at.addr.clone(),
                    private: opened.private,
                    renew_at: opened.renew_after.and_then(|after| now.checked_add(after)),
                });
                walk.is_open(&at, schema, &opened.value.with_marks_at(&config.marked_paths()));
                None
            },
        )
    }

    fn is_open(&mut self, at: &At<'_>, schema: &Schema, value: &Value) {
        self.is_as_wanted(at, schema.with_sensitive(value).with_marks(Marks::EPHEMERAL));
    }

    /// Renews what would be closed otherwise.
    pub(super) fn renew(&mut self) {
        if self.open.iter().all(|open| open.renew_at.is_none()) {
            return;
        }
        let now = self.inputs.host.elapsed();
        let mut found = Vec::new();
        for open in self.open.iter_mut().filter(|open| open.renew_at.is_some_and(|due| due <= now)) {
            let answer = open.provider.renew(&open.kind, &open.private);
            let address = open.addr.to_string();
            found.extend(answer.reports.into_iter().map(|report| reports::without_body(report, &address)));
            // What cannot be renewed is not tried again.
            open.renew_at = None;
            if let Some(renewed) = answer.value {
                open.private = renewed.private;
                open.renew_at = renewed.renew_after.and_then(|after| now.checked_add(after));
            }
        }
        self.report(found);
    }

    /// Closes what is open: first what was asked for last, whatever was answered first.
    pub(super) fn close_all(&mut self) {
        let mut all = std::mem::take(&mut self.open);
        all.sort_by_key(|open| open.place);
        for open in all.into_iter().rev() {
            let address = open.addr.to_string();
            let reports = open.provider.close(&open.kind, &open.private).into_iter();
            let found: Vec<Diagnostic> = reports.map(|it| reports::without_body(it, &address)).collect();
            self.findings.extend(found.into_iter().map(Finding::plain));
        }
    }
}
