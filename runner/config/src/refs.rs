//! What declarations refer to: the edges of the engine's graph, and the places that the editor searches.

use lang::{Expr, Traversal};
use syntax::{Origin, SmolStr, with_stack};

use crate::dynamic::dynamic;
use crate::module::{Body, Check, Condition, Resource};
use crate::reference::{Grammar, Subject, parse_reference};
use crate::test_file::Run;

/// The objects that expressions refer to, each once, in the order of their first mention.
#[derive(Clone, Debug, Default)]
pub struct References {
    subjects: Vec<Subject>,
    grammar: Grammar,
}

impl References {
    pub fn of_body(body: &Body) -> References {
        let mut references = References::default();
        references.body(body);
        references
    }

    /// Everything that must be there before the resource is planned. Postconditions are not among it: they are
    /// checked after the resource, and [`References::of_conditions`] has theirs.
    pub fn of_resource(resource: &Resource) -> References {
        let mut references = References::default();
        references.options([&resource.count, &resource.for_each]);
        if let Some(key) = resource.provider.as_ref().and_then(|used| used.key.as_ref()) {
            references.expr(&key.value);
        }
        references.body(&resource.body);
        references.exprs(&resource.depends_on);
        references.exprs(&resource.lifecycle.replace_triggered_by);
        references.conditions(&resource.lifecycle.preconditions);
        references
    }

    pub fn of_check(check: &Check) -> References {
        let mut references = References::default();
        references.conditions(&check.asserts);
        if let Some(data) = &check.data {
            References::of_resource(data).into_iter().for_each(|subject| references.push(subject));
        }
        references
    }

    /// What a run reads through its variables and assertions: `run.x` and `output.x` are among it.
    pub fn of_run(run: &Run) -> References {
        let mut references = References { grammar: Grammar::Test, ..References::default() };
        run.variables.values().for_each(|value| references.expr(&value.value));
        references.conditions(&run.asserts);
        references
    }

    pub fn of_conditions(conditions: &[Condition]) -> References {
        let mut references = References::default();
        references.conditions(conditions);
        references
    }

    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    fn options(&mut self, exprs: [&Option<Expr>; 2]) {
        exprs.into_iter().flatten().for_each(|expr| self.expr(expr));
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        exprs.iter().for_each(|expr| self.expr(expr));
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            self.expr(&condition.condition);
            self.expr(&condition.error_message);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        expr.traversals().iter().for_each(|traversal| self.traversal(traversal));
    }

    fn body(&mut self, body: &Body) {
        for_each_expr(body, &mut |expr, bound| {
            for traversal in expr.traversals() {
                if !bound.contains(&traversal.root) {
                    self.traversal(traversal);
                }
            }
        });
    }

    fn traversal(&mut self, traversal: &Traversal) {
        if let Ok(reference) = parse_reference(traversal, &Origin::default(), self.grammar) {
            self.push(reference.subject);
        }
    }

    fn push(&mut self, subject: Subject) {
        if !self.subjects.contains(&subject) {
            self.subjects.push(subject);
        }
    }
}

impl IntoIterator for References {
    type Item = Subject;
    type IntoIter = std::vec::IntoIter<Subject>;

    fn into_iter(self) -> Self::IntoIter {
        self.subjects.into_iter()
    }
}

/// Visits every expression of a body with the names that `dynamic` blocks around it bind.
pub fn for_each_expr<'b>(body: &'b Body, visit: &mut dyn FnMut(&'b Expr, &[SmolStr])) {
    walk(body, &mut Vec::new(), visit);
}

fn walk<'b>(body: &'b Body, bound: &mut Vec<SmolStr>, visit: &mut dyn FnMut(&'b Expr, &[SmolStr])) {
    for attribute in &body.attributes {
        visit(&attribute.value, bound);
    }
    for block in &body.blocks {
        match dynamic(block) {
            Some(dynamic) => {
                for attribute in &dynamic.arguments {
                    visit(&attribute.value, bound);
                }
                bound.push(dynamic.iterator);
                if let Some(labels) = dynamic.labels {
                    visit(&labels.value, bound);
                }
                if let Some(content) = dynamic.content {
                    with_stack(|| walk(&content.body, bound, visit));
                }
                bound.pop();
            }
            None => with_stack(|| walk(&block.body, bound, visit)),
        }
    }
}
