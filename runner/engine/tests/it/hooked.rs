//! A provider in front of another one: what it is asked goes by the test first.

use std::sync::Arc;

use ::provider::{
    Answer, ApplyRequest, ImportBy, ImportRequest, Imported, Object, Opened, Outside, PlanRequest, Planned,
    Private, Provider, ReadRequest, Report,
};
use config::{ResourceMode, Schema};
use lang::{Path, Type, Value};

use crate::provider::ADDRESS;

/// What the test does before an operation: it is given the operation and the name or key that it is about.
type Hook = dyn Fn(&'static str, &str) -> Twist + Send + Sync;

/// What the test makes of an operation.
pub enum Twist {
    Nothing,
    Say(Report),
    /// The object that is looked at is gone.
    Gone,
    /// A change of the name needs a new object.
    Replace,
}

pub struct Hooked {
    pub of: Arc<dyn Provider>,
    pub waits: bool,
    pub hook: Arc<Hook>,
}

impl Hooked {
    fn ask<T>(
        &self,
        what: &'static str,
        about: &Value,
        answer: impl FnOnce(Twist) -> Answer<T>,
    ) -> Answer<T> {
        let named = |name: &str| about.as_map()?.get(name)?.as_str().map(str::to_owned);
        let name = named("name").or_else(|| named("key")).unwrap_or_default();
        match (self.hook)(what, &name) {
            Twist::Say(report) if report.is_error() => Answer::refused(report),
            Twist::Say(report) => {
                let mut answer = answer(Twist::Nothing);
                answer.reports.push(report);
                answer
            }
            twist => answer(twist),
        }
    }
}

impl Provider for Hooked {
    fn waits(&self) -> bool {
        self.waits
    }

    fn address(&self) -> &str {
        ADDRESS
    }

    fn configuration(&self) -> &Schema {
        self.of.configuration()
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.of.schema(mode, kind)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        self.of.kinds(mode)
    }

    fn configure(self: Arc<Self>, config: &Value) -> Answer<Arc<dyn Provider>> {
        let (waits, hook) = (self.waits, Arc::clone(&self.hook));
        let answer = Arc::clone(&self.of).configure(config);
        let wrap = |of| -> Arc<dyn Provider> { Arc::new(Hooked { of, waits, hook }) };
        Answer { value: answer.value.map(wrap), reports: answer.reports }
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        self.ask("read", request.current, |twist| match twist {
            Twist::Gone => {
                let value = Value::null(request.current.ty());
                Answer::of(Object { value, private: Arc::clone(request.private) })
            }
            _ => self.of.read(request),
        })
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        self.ask("plan", request.proposed, |twist| {
            let mut answer = self.of.plan(request);
            if let (Twist::Replace, Some(planned)) = (twist, &mut answer.value) {
                planned.requires_replace.push(Path::root().attr("name"));
            }
            answer
        })
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        let about = if request.planned.is_null() { request.prior } else { request.planned };
        self.ask("apply", about, |_| self.of.apply(request))
    }

    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        self.ask("read_data", config, |_| self.of.read_data(kind, config, outside))
    }

    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        let ImportBy::Id(id) = request.by else {
            return Answer::refused(Report::error("No such identity", ""));
        };
        let text = |text: &str| Value::string(text);
        let object = Value::object(
            [
                ("id", text(id)),
                ("name", text(id)),
                ("password", Value::null(Type::String)),
                ("password_version", Value::null(Type::Number)),
                ("key", text("imported")),
            ]
            .map(|(name, value)| (name.into(), value))
            .into(),
        );
        self.ask("import", &object.clone(), |_| {
            let object = Object { value: object, private: Private::default() };
            Answer::of(vec![Imported { kind: request.kind.into(), object }])
        })
    }

    fn open(&self, kind: &str, config: &Value) -> Answer<Opened> {
        self.ask("open", config, |_| self.of.open(kind, config))
    }

    fn close(&self, kind: &str, private: &Private) -> Vec<Report> {
        self.of.close(kind, private)
    }
}
