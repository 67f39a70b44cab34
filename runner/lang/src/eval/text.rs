//! Texts that functions evaluate: templates, and variable files in a string.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{Diagnostics, FileName, LineIndex, Location, Origin, Span};

use crate::expr::{lower, lower_template};
use crate::functions::{FileReader, Function, FunctionError, Limits, Templates};
use crate::scope::{Resolved, Scope};
use crate::{Dialect, Traversal, Value};

/// Evaluates texts in the names and with the files of a scope.
pub(super) struct TextEvaluator<'a> {
    pub(super) scope: &'a dyn Scope,
}

impl Templates for TextEvaluator<'_> {
    fn eval_template(
        &mut self,
        name: &str,
        text: &str,
        vars: BTreeMap<Arc<str>, Value>,
    ) -> Result<Value, FunctionError> {
        let file = FileName::new(name);
        let parse = syntax::parse_template(&file, text);
        if let Some(message) = failure(&parse.diagnostics, text) {
            return Err(FunctionError::Call(message));
        }
        let span = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
        let expr = lower_template(&parse.tree, span, self.scope.dialect());
        for traversal in expr.traversals() {
            if !vars.contains_key(traversal.root.as_str()) {
                let place = place_in(text, name, traversal.root_span);
                let name = crate::quote(&traversal.root);
                let message = format!("vars map does not contain key {name}, referenced at {place}");
                return Err(FunctionError::Argument { index: 1, message });
            }
        }
        let scope = TemplateScope { vars: &vars, outer: self.scope };
        let mut sink = Diagnostics::new();
        let value = super::evaluate(&expr, &Origin::new(file, 0), &scope, &mut sink);
        match failure(&sink, text) {
            Some(message) => Err(FunctionError::Call(message)),
            None => Ok(value),
        }
    }

    fn decode_tfvars(&mut self, text: &str) -> Result<Value, FunctionError> {
        let file = FileName::new("<decode_tfvars argument>");
        let invalid = |what: String| FunctionError::Call(format!("invalid {what}"));
        let parse = syntax::parse_body(&file, text);
        if let Some(message) = failure(&parse.diagnostics, text) {
            return Err(invalid(format!("tfvars syntax: {message}")));
        }
        if let Some(block) = parse.tree.blocks().next() {
            let place = place_in(text, file.as_str(), block.kind.span);
            let kind = crate::quote(&block.kind.text);
            return Err(invalid(format!(
                "tfvars content: {place}: Unexpected {kind} block; Blocks are not allowed here."
            )));
        }
        let mut values = BTreeMap::new();
        for attribute in parse.tree.attributes() {
            let name = attribute.name.text.as_str();
            let mut sink = Diagnostics::new();
            let origin = Origin::new(file.clone(), 0);
            let value =
                super::evaluate(&lower(&attribute.value), &origin, &NoNames { outer: self.scope }, &mut sink);
            if let Some(message) = failure(&sink, text) {
                return Err(invalid(format!("expression for variable {}: {message}", crate::quote(name))));
            }
            values.insert(Arc::from(name), value);
        }
        Ok(Value::object(values))
    }
}

/// The scope of values in a variable file: no names and no functions.
struct NoNames<'a> {
    outer: &'a dyn Scope,
}

impl Scope for NoNames<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(crate::variables_not_allowed(traversal, origin));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.outer.files()
    }

    fn limits(&self) -> &Limits {
        self.outer.limits()
    }

    fn interrupted(&self) -> bool {
        self.outer.interrupted()
    }

    fn beyond_limits(&self) {
        self.outer.beyond_limits();
    }

    fn affords(&self, function: &Function, arguments: &[Value]) -> bool {
        self.outer.affords(function, arguments)
    }

    fn allows_calls(&self) -> bool {
        false
    }
}

/// The names a template sees: its variables, and every function but the ones that read templates.
struct TemplateScope<'a> {
    vars: &'a BTreeMap<Arc<str>, Value>,
    outer: &'a dyn Scope,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&self, traversal: &Traversal, _origin: &Origin, _sink: &mut Diagnostics) -> Option<Resolved> {
        // Every root was checked before the evaluation began.
        let value = self.vars.get(traversal.root.as_str()).cloned().unwrap_or_else(Value::dynamic);
        Some(Resolved { value, consumed: 0 })
    }

    fn files(&self) -> &dyn FileReader {
        self.outer.files()
    }

    fn pure(&self) -> bool {
        self.outer.pure()
    }

    fn limits(&self) -> &Limits {
        self.outer.limits()
    }

    fn unix_time(&self) -> i64 {
        self.outer.unix_time()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.outer.random(buffer);
    }

    fn dialect(&self) -> Dialect {
        self.outer.dialect()
    }

    fn plan_time(&self) -> Option<i64> {
        self.outer.plan_time()
    }

    fn interrupted(&self) -> bool {
        self.outer.interrupted()
    }

    fn beyond_limits(&self) {
        self.outer.beyond_limits();
    }

    fn affords(&self, function: &Function, arguments: &[Value]) -> bool {
        self.outer.affords(function, arguments)
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        self.outer.offers(function, name)
    }

    fn refuses(&self, function: &Function) -> Option<String> {
        let name = function.name;
        matches!(name, "templatefile" | "templatestring")
            .then(|| format!("cannot recursively call {name} from inside another template function"))
    }
}

/// The first error as Go prints an HCL diagnostic, with the number of those that follow.
fn failure(diagnostics: &Diagnostics, text: &str) -> Option<String> {
    let mut errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let first = errors.next()?;
    let place = match &first.subject {
        Some(Location { file, span }) => place_in(text, file.as_str(), *span),
        None => "<unknown>".to_owned(),
    };
    let mut message = format!("{place}: {}; {}", first.summary, first.detail);
    match errors.count() {
        0 => {}
        more => message.push_str(&format!(", and {more} other diagnostic(s)")),
    }
    Some(message)
}

/// `file:1,3-8` as Go prints an HCL range.
pub fn place_in(text: &str, file: &str, span: Span) -> String {
    LineIndex::new(text).hcl_range(text, &FileName::new(file), span)
}
