//! The names of provider configurations: `cloud.west` names one of them, and its first half the provider.

use config::{PassedProvider, ProviderConfig, ProviderRef, ProviderUse, RequiredProvider};
use lang::Expr;
use lang::expr::Node;
use syntax::{SmolStr, Span};

use super::expression::Reader;
use super::{Collector, Mention, Name, Role, Scope};

/// Where a configuration is named: the scope, and the calls that lead from it to the module.
#[derive(Clone)]
pub(super) struct From {
    pub(super) scope: Scope,
    pub(super) calls: Vec<SmolStr>,
}

impl From {
    pub(super) fn scope(scope: Scope) -> From {
        From { scope, calls: Vec::new() }
    }
}

impl Collector<'_> {
    /// `name` or `name.alias`, in quotes or not.
    pub(super) fn provider(&mut self, from: From, reference: &ProviderRef, span: Span, role: Role) {
        let whole = self.unquoted(span);
        let mut push = |reference: ProviderRef, span: Span, word: Span, role: Role| {
            let From { scope, calls } = from.clone();
            self.found.push(Mention { scope, calls, name: Name::Provider(reference), span, word, role });
        };
        let (name, alias) = match &reference.alias {
            None => return push(reference.clone(), span, whole, role),
            Some(alias) => (length(&reference.name), length(alias)),
        };
        // With blanks or escapes in it, it is not what it seems.
        if name + 1 + alias == whole.len() {
            let word = Span::new(whole.start, whole.start + name);
            push(ProviderRef { alias: None, ..reference.clone() }, word, word, Role::Read);
        }
        let word = Span::new(whole.end.saturating_sub(alias).max(whole.start), whole.end);
        push(reference.clone(), span, word, role);
    }

    /// A `provider` or `mock_provider` block: its label names the provider, its alias the configuration.
    pub(super) fn provider_block(
        &mut self,
        scope: Scope,
        reference: ProviderRef,
        label: Span,
        alias: Option<Span>,
        role: Role,
    ) {
        let provider = ProviderRef { alias: None, ..reference.clone() };
        let label_role = if reference.alias.is_none() { role } else { Role::Read };
        self.name(scope.clone(), Name::Provider(provider), label, label_role);
        if let Some(alias) = alias {
            self.name(scope, Name::Provider(reference), alias, role);
        }
    }

    pub(super) fn module_provider(&mut self, it: &ProviderConfig) {
        self.provider_block(Scope::Own, it.reference(), it.name_span, it.alias_span, Role::Declare);
    }

    pub(super) fn required_provider(&mut self, it: &RequiredProvider) {
        let reference = ProviderRef { name: it.name.clone(), alias: None };
        self.declare(Name::Provider(reference), it.name_span);
        for (alias, span) in it.aliases.iter().zip(&it.alias_spans) {
            self.provider(From::scope(Scope::Own), alias, *span, Role::Declare);
        }
    }

    /// The entries of a `providers` map: names of the child's configurations, and of those here.
    pub(super) fn passed(
        &mut self,
        reader: &Reader,
        passed: &[PassedProvider],
        child: &From,
        parent: &Scope,
    ) {
        for it in passed {
            self.provider(child.clone(), &it.child.reference, it.child.span, Role::Write);
            let (reference, span) = (&it.parent.reference, it.parent.span);
            self.provider(From::scope(parent.clone()), reference, span, Role::Read);
            self.exprs(reader, it.parent.key.as_ref().map(|key| &key.value));
        }
    }

    /// The configuration in an argument `provider`.
    pub(super) fn provider_use(&mut self, reader: &Reader, used: Option<&ProviderUse>) {
        if let Some(it) = used {
            self.provider(From::scope(Scope::Own), &it.reference, it.span, Role::Read);
            self.exprs(reader, it.key.as_ref().map(|key| &key.value));
        }
    }

    /// The providers in calls of `provider::name::function`.
    pub(super) fn provider_calls(&mut self, scope: &Scope, expr: &Expr) {
        const PREFIX: &str = "provider::";
        for (_, node) in expr.nodes() {
            let Node::Call(call) = node else { continue };
            let Some((local, _)) = call.name.strip_prefix(PREFIX).and_then(|rest| rest.split_once("::"))
            else {
                continue;
            };
            let start = call.name_span.start + length(PREFIX);
            let word = Span::new(start, start + length(local));
            if word.text(self.text) == local {
                let provider = ProviderRef { name: local.into(), alias: None };
                self.name(scope.clone(), Name::Provider(provider), word, Role::Read);
            }
        }
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
