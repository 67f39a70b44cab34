//! The source and the version of a module call, where they are made of what is known when modules are loaded.

use lang::{Expr, Marks, Type, Value};
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::dialect::Tool;
use crate::early::Early;
use crate::item::Item;
use crate::module::ModuleCall;
use crate::reference::{Grammar, Subject, parse_reference};
use crate::source::ModuleAddress;
use crate::static_values::{Asked, Frame, StaticValues};
use crate::version::Constraint;

/// What a call asks for: the address, and the version where it names one. `None` after errors, and where nothing is known
/// of it yet.
pub(super) fn called(
    call: &Item<ModuleCall>,
    frame: &Frame<'_>,
    early: &dyn Early,
    sink: &mut Diagnostics,
) -> Option<(ModuleAddress, Option<SmolStr>)> {
    let tool = frame.module.dialect.tool;
    let constant = call.version.as_ref().map(|(version, _)| version.clone());
    if call.source_expr.is_none() && call.version_expr.is_none() {
        let (source, _) = call.source.as_ref()?;
        return Some((ModuleAddress::parse(source, constant.is_some(), tool), constant));
    }
    let of = Argument { call, frame, early, name: "version" };
    let version = match &call.version_expr {
        Some(expr) => of.version(expr, sink)?,
        None => constant,
    };
    let Some(expr) = &call.source_expr else {
        let (source, _) = call.source.as_ref()?;
        return Some((ModuleAddress::parse(source, version.is_some(), tool), version));
    };
    let source = Argument { name: "source", ..of }.source(expr, sink)?;
    let address = ModuleAddress::parse(&source, version.is_some(), tool);
    if let Some((summary, detail)) = address.problem() {
        let error = Diagnostic::error(summary, detail).at(expr.location(&call.origin));
        sink.push(error.with_code("invalid-module-source"));
        return None;
    }
    Some((address, version))
}

/// One of the two arguments.
#[derive(Clone, Copy)]
struct Argument<'a> {
    call: &'a Item<ModuleCall>,
    frame: &'a Frame<'a>,
    early: &'a dyn Early,
    name: &'static str,
}

impl Argument<'_> {
    fn source(&self, expr: &Expr, sink: &mut Diagnostics) -> Option<SmolStr> {
        let value = self.value(expr, sink)?;
        let tool = self.tool();
        let marks = value.marks_deep();
        for (mark, kind) in [(Marks::SENSITIVE, "Sensitive"), (Marks::EPHEMERAL, "Ephemeral")] {
            if marks.contains(mark) && tool == Tool::OpenTofu {
                let lower = kind.to_lowercase();
                let detail = format!(
                    "{kind} values, or values derived from {lower} values, cannot be used as {}.",
                    self.asked()
                );
                self.refuse(&format!("{kind} value not allowed"), detail, expr, sink);
                return None;
            }
        }
        let unsuitable = match tool {
            Tool::Terraform => "Unsuitable module source",
            Tool::OpenTofu => "Unsuitable value type",
        };
        let text = match lang::convert(&value.unmark_deep().0, &Type::String) {
            Ok(text) => text,
            Err(error) => {
                let (summary, detail) = match tool {
                    Tool::Terraform => {
                        ("Incorrect value type", format!("Invalid expression value: {error}."))
                    }
                    Tool::OpenTofu => (unsuitable, format!("Unsuitable value: {error}")),
                };
                self.refuse(summary, detail, expr, sink);
                return None;
            }
        };
        if text.is_null() {
            let end = if tool == Tool::Terraform { "." } else { "" };
            let detail = format!("Unsuitable value: null value is not allowed{end}");
            self.refuse(unsuitable, detail, expr, sink);
            return None;
        }
        if tool == Tool::Terraform {
            self.known(&text, marks, expr, sink)?;
        } else if !text.is_known() && !self.early.is_open() {
            self.refuse(unsuitable, "Unsuitable value: value must be known".to_owned(), expr, sink);
        }
        text.as_str().map(SmolStr::from)
    }

    /// `None` after errors; nothing in it where there is no constraint.
    fn version(&self, expr: &Expr, sink: &mut Diagnostics) -> Option<Option<SmolStr>> {
        const SUMMARY: &str = "Invalid version constraint";
        let value = self.value(expr, sink)?;
        let marks = value.marks_deep();
        let (value, _) = value.unmark_deep();
        if self.tool() == Tool::OpenTofu {
            for (mark, kind) in [(Marks::SENSITIVE, "Sensitive"), (Marks::EPHEMERAL, "Ephemeral")] {
                if marks.contains(mark) {
                    let lower = kind.to_lowercase();
                    let detail = format!(
                        "{kind} values, or values derived from {lower} values, cannot be used as version arguments."
                    );
                    self.refuse(SUMMARY, detail, expr, sink);
                    return None;
                }
            }
        }
        let text = match lang::convert(&value, &Type::String) {
            Ok(text) => text,
            Err(error) => {
                let (summary, detail) = match self.tool() {
                    Tool::Terraform => {
                        ("Incorrect value type", format!("Invalid expression value: {error}."))
                    }
                    Tool::OpenTofu => (SUMMARY, "A string value is required for version.".to_owned()),
                };
                self.refuse(summary, detail, expr, sink);
                return None;
            }
        };
        if text.is_null() {
            return Some(None);
        }
        if self.tool() == Tool::Terraform {
            self.known(&text, marks, expr, sink)?;
        }
        let text = text.as_str()?;
        if Constraint::parse(text).is_none() {
            let detail = "This string does not use correct version constraint syntax.".to_owned();
            self.refuse(SUMMARY, detail, expr, sink);
            return None;
        }
        Some(Some(text.into()))
    }

    /// Terraform's last questions to a text.
    fn known(&self, text: &Value, marks: Marks, expr: &Expr, sink: &mut Diagnostics) -> Option<()> {
        let hidden = marks.contains(Marks::SENSITIVE) || marks.contains(Marks::EPHEMERAL);
        let detail = match text.is_known() {
            false if self.early.is_open() => return None,
            false => "Only literal values and const variables can be evaluated during init.".to_owned(),
            true if hidden => {
                format!("The module {} cannot be derived from a sensitive or ephemeral value.", self.name)
            }
            true => return Some(()),
        };
        self.refuse(&format!("Unknown module {}", self.name), detail, expr, sink);
        None
    }

    fn value(&self, expr: &Expr, sink: &mut Diagnostics) -> Option<Value> {
        let origin = &self.call.origin;
        if self.tool() == Tool::Terraform {
            for traversal in expr.traversals() {
                let reference = parse_reference(traversal, expr.origin(origin), Grammar::Module).ok()?;
                let allowed = match reference.subject {
                    Subject::Variable(_) | Subject::Local(_) => true,
                    Subject::Path(_) => self.name == "source",
                    _ => false,
                };
                if !allowed {
                    let detail = format!(
                        "The module {} can only reference constant input variables and local values.",
                        self.name
                    );
                    let place = expr.origin(origin).locate(reference.span);
                    let error = Diagnostic::error(format!("Invalid module {}", self.name), detail);
                    sink.push(error.at(place).with_code(CODE));
                    return None;
                }
            }
        }
        let asked = Asked { name: self.asked(), place: expr.location(origin), by: None };
        StaticValues::new(self.early).value(self.frame, expr, origin, &asked, sink)
    }

    fn refuse(&self, summary: &str, detail: String, expr: &Expr, sink: &mut Diagnostics) {
        let error = Diagnostic::error(summary, detail).at(expr.location(&self.call.origin));
        sink.push(error.with_code(CODE));
    }

    /// As messages call the argument.
    fn asked(&self) -> String {
        self.frame.name(self.early.path(), &format!("module.{}.{}", self.call.name, self.name))
    }

    fn tool(&self) -> Tool {
        self.frame.module.dialect.tool
    }
}

const CODE: &str = "early-source";
