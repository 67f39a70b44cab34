//! From a body to a value: what a block's arguments come to, as an object of its schema's type.
//!
//! An [`Encoder`] is made once for a body and its schema. It has looked up every name, so that encoding the body again
//! for another instance, or another phase, only evaluates expressions. What is evaluated is said in HCL's words, with
//! HCL's ranges; that a body does not have the shape which its schema wants is the static checks' to say.
//!
//! Nothing here knows instances, phases or states: the [`Scope`] does.

mod block;
mod body;
mod dynamic;
mod plan;
mod scope;

use std::cell::Cell;
use std::sync::Arc;

use lang::{Expr, Scope, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin};

use crate::module::Body;
use crate::schema::Schema;
use plan::BodyPlan;

/// A body made ready to be encoded. Cheap to clone; independent of the body and the schema that it was made of.
#[derive(Clone, Debug)]
pub struct Encoder {
    origin: Origin,
    plan: Arc<BodyPlan>,
}

impl Encoder {
    /// Prepares a body that stands in the chunk at `origin`.
    ///
    /// Arguments and blocks that the schema does not have are passed over, and so is what is wrong with the shape of a
    /// JSON body.
    pub fn new(body: &Body, schema: &Schema, origin: &Origin) -> Encoder {
        let plan = BodyPlan::new(body, schema, origin);
        Encoder { origin: origin.clone(), plan: Arc::new(plan) }
    }

    /// The body as an object of the schema's type, with the marks of everything that it was made of.
    ///
    /// What fails is unknown in the result, and at least one error says why. References are resolved through `scope`,
    /// after the names that `dynamic` blocks bind. If one of them cannot be resolved then nothing else is said: it would
    /// mostly follow from that.
    pub fn encode(&self, scope: &dyn Scope, sink: &mut Diagnostics) -> Value {
        let before = sink.len();
        let value = self.run(scope, false, sink);
        let failed = sink.get(before..).is_some_and(|new| new.iter().any(Diagnostic::is_error));
        if failed {
            let mut unresolved = Diagnostics::new();
            self.plan.resolve(&self.origin, scope, &mut unresolved);
            if unresolved.iter().any(Diagnostic::is_error) {
                sink.truncate(before);
                sink.extend(unresolved);
                return Value::unknown(self.plan.ty.clone());
            }
        }
        value
    }

    /// Says what is wrong whatever the names outside of the body stand for: constants of the wrong type, too many or too
    /// few blocks, `dynamic` blocks over what is no collection. `place` names a place as messages do.
    pub fn check(&self, place: &dyn Fn(&Location) -> String, sink: &mut Diagnostics) {
        let scope = scope::Nothing { place };
        self.run(&scope, true, sink);
    }

    fn run(&self, scope: &dyn Scope, constants_only: bool, sink: &mut Diagnostics) -> Value {
        let blocks_left = Cell::new(dynamic::MOST_BLOCKS);
        Run { origin: &self.origin, scope, constants_only, blocks_left: &blocks_left }.body(&self.plan, sink)
    }
}

/// One encoding of one body, or of a part of it in which `dynamic` blocks have bound names.
#[derive(Clone, Copy)]
struct Run<'a> {
    /// Where the spans of the body count from. Expressions may have been taken from elsewhere, and know that.
    origin: &'a Origin,
    scope: &'a dyn Scope,
    /// Whether everything that mentions a name or calls a function is unknown.
    constants_only: bool,
    /// How many more blocks may be generated.
    blocks_left: &'a Cell<u32>,
}

impl Run<'_> {
    fn evaluate(&self, expr: &Expr, sink: &mut Diagnostics) -> Value {
        if self.constants_only && !scope::is_constant(expr, self.scope) {
            return Value::dynamic();
        }
        lang::evaluate(expr, self.origin, self.scope, sink)
    }
}
