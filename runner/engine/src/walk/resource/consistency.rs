//! Whether a provider keeps its word: its plans fit the configuration, and what it makes fits its plans.

use config::Schema;
use config::schema::{Problem, compatible, valid};
use lang::{Value, View};
use provider::Provider;
use syntax::Diagnostic;

use super::{At, Walk};
use crate::change::{Action, Change};
use crate::finding::Finding;

const BUG: &str =
    "This is a bug in the provider, which should be reported in the provider's own issue tracker.";

impl Walk<'_> {
    /// Whether an answer to a plan is one that a provider may give. What it says of `base`, the object that it planned
    /// from, and of `config` has no marks.
    pub(super) fn may_be_planned(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        (base, config, planned): (&Value, &Value, &Value),
    ) -> bool {
        let before = self.findings.len();
        for problem in valid::assert_plan_valid(schema, base, config, planned) {
            let source = lang::quote(provider.address());
            let problem = located(&at.addr.to_string(), &problem);
            let detail = format!("Provider {source} planned an invalid value for {problem}.\n\n{BUG}");
            self.blame("Provider produced invalid plan", detail);
        }
        !self.failed_since(before)
    }

    /// Whether what is to be applied is what was planned, as far as that was known.
    pub(super) fn as_planned(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        planned: &Change,
        now: &Change,
    ) -> bool {
        const SUMMARY: &str = "Provider produced inconsistent final plan";
        let before = self.findings.len();
        let (text, source) = (&at.addr, || lang::quote(provider.address()));
        // An update may turn out to change nothing once everything is known.
        let fits =
            planned.action == now.action || (planned.action, now.action) == (Action::Update, Action::NoOp);
        if !fits {
            let first = planned.create_before_destroy;
            let detail = format!(
                "When expanding the plan for {text} to include new values learned so far during apply, provider {} changed \
                 the planned action from {} to {}.\n\n{BUG}",
                source(),
                planned.action.word(first),
                now.action.word(first)
            );
            self.blame(SUMMARY, detail);
        }
        let (planned, now) = (planned.after.unmark_deep().0, now.after.unmark_deep().0);
        for problem in compatible::assert_object_compatible(schema, &planned, &now) {
            let detail = format!(
                "When expanding the plan for {text} to include new values learned so far during apply, provider {} produced \
                 an invalid new value for {}.\n\n{BUG}",
                source(),
                located("", &problem)
            );
            self.blame(SUMMARY, detail);
        }
        !self.failed_since(before)
    }

    /// Says in which way a made object is not the planned one. The object is kept all the same.
    pub(super) fn check_applied(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        planned: &Value,
        made: Option<&Value>,
    ) {
        let text = &at.addr;
        let nothing = Value::null(planned.ty());
        let made = made.unwrap_or(&nothing);
        if !made.is_wholly_known() {
            let detail = format!(
                "After the apply operation, the provider still indicated an unknown value for {text}{}. All values must \
                 be known after apply, so this is always a bug in the provider and should be reported in the provider's \
                 own repository. {} will still save the other known object values in the state.",
                first_unknown(made),
                self.inputs.dialect.tool
            );
            self.blame("Provider returned invalid result object after apply", detail);
            return;
        }
        for problem in compatible::assert_object_compatible(schema, planned, made) {
            let source = lang::quote(provider.address());
            let detail = format!(
                "When applying changes to {text}, provider {source} produced an unexpected new value: {problem}.\n\n{BUG}"
            );
            self.blame("Provider produced inconsistent result after apply", detail);
        }
    }

    fn blame(&mut self, summary: &str, detail: String) {
        self.findings.push(Finding::plain(Diagnostic::error(summary, detail).with_code("provider-bug")));
    }
}

impl Action {
    /// What Terraform calls the action in messages for the developers of providers.
    fn word(self, create_first: bool) -> &'static str {
        match self {
            Action::NoOp => "NoOp",
            Action::Create => "Create",
            Action::Update => "Update",
            Action::Read => "Read",
            Action::Replace if create_first => "CreateThenDelete",
            Action::Replace => "DeleteThenCreate",
            Action::Delete => "Delete",
            Action::Forget => "Forget",
        }
    }
}

/// `terraform_data.a.input: what is wrong`.
fn located(address: &str, problem: &Problem) -> String {
    match problem.path.is_root() {
        true => format!("{address}: {problem}"),
        false => format!("{address}{problem}"),
    }
}

/// The path to the first unknown value.
fn first_unknown(value: &Value) -> String {
    fn find(value: &Value, path: &lang::Path) -> Option<lang::Path> {
        if !value.is_known() {
            return Some(path.clone());
        }
        if value.is_wholly_known() {
            return None;
        }
        let is_object = matches!(value.view(), View::Object(_));
        value.elements()?.find_map(|(key, item)| {
            let step = match (is_object, key.as_arc_str()) {
                (true, Some(name)) => lang::path::Step::Attr(name),
                _ => lang::path::Step::Index(key),
            };
            find(&item, &path.child(step))
        })
    }
    find(value, &lang::Path::root()).map(|path| path.to_string()).unwrap_or_default()
}
