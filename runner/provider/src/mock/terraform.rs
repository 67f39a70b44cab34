//! What Terraform puts in the place of what a provider would compute.
//!
//! Attributes that the schema calls computed get a value, at every depth, and no others: what the configuration sets is
//! kept. Of collections of objects, one given object counts for all of them.

use config::schema::Trail;
use config::schema::fit::{Wanted, fit};
use config::schema::unknowns::{fill, set_unknowns};
use config::{AttributeSchema, Feature, Schema};
use lang::path::Step;
use lang::{Dialect, Path, Value};

use super::Replacement;
use super::generate::{of_attribute, of_type};
use crate::answer::{Answer, Report};
use crate::request::Outside;

/// Everything that computing an object goes by.
pub(super) struct Rules<'a> {
    pub schema: &'a Schema,
    pub dialect: Dialect,
    pub outside: &'a dyn Outside,
}

/// Where given values cannot be used as they are, what they are for, is made up: an object is there in any case.
const FAILED: &str = "Failed to compute attribute";

impl Rules<'_> {
    /// The object with a value for everything computed that has none as `missing` says: the given one, or one that is
    /// made up. An object comes with the errors, too.
    pub fn compute(
        &self,
        object: &Value,
        given: Option<&Replacement>,
        missing: impl Fn(&Value) -> bool,
    ) -> Answer<Value> {
        let mut reports = Vec::new();
        reports.extend(given.and_then(not_an_object));
        let value = fill(self.schema, object, &mut |trail, attribute, value| {
            if attribute.write_only {
                return Some(attribute.null());
            }
            (attribute.computed && missing(value))
                .then(|| self.value(&trail.path(), attribute, given, &mut reports))
        });
        Answer { value: Some(value), reports }
    }

    /// The object of a plan, in which nothing computed is known. Values that are given and lead nowhere are found now.
    pub fn leave_open(&self, object: &Value, given: Option<&Replacement>) -> Answer<Value> {
        let mut reports: Vec<Report> = given.and_then(not_an_object).into_iter().collect();
        if let Some(given) = given {
            fill(self.schema, object, &mut |trail, attribute, value| {
                if attribute.computed && value.is_null() {
                    reports.extend(self.find(given, &trail.path()).err());
                }
                None
            });
        }
        Answer { value: Some(set_unknowns(self.schema, object)), reports }
    }

    pub fn without_write_only(&self, object: &Value) -> Value {
        if !self.schema.has_write_only() {
            return object.clone();
        }
        fill(self.schema, object, &mut |_: &Trail<'_>, attribute: &AttributeSchema, _: &Value| {
            attribute.write_only.then(|| attribute.null())
        })
    }

    fn value(
        &self,
        path: &Path,
        attribute: &AttributeSchema,
        given: Option<&Replacement>,
        reports: &mut Vec<Report>,
    ) -> Value {
        let found = given.map_or(Ok(None), |given| self.find(given, path));
        let found = found.unwrap_or_else(|report| {
            reports.push(report);
            None
        });
        let (Some(given), Some(found)) = (given, found) else { return of_attribute(attribute, self.outside) };
        let mut make = |wanted: Wanted<'_>| match wanted {
            Wanted::Attribute(attribute) => of_attribute(attribute, self.outside),
            Wanted::Type(ty) => of_type(ty, self.outside),
        };
        fit(&found, attribute, &mut make).unwrap_or_else(|misfit| {
            let whole = Path(path.0.iter().chain(&misfit.path.0).cloned().collect());
            let detail = format!(
                "Terraform could not compute a value for the target type {} with the mocked data defined at {} with the \
                 attribute {}: {}.",
                attribute.ty.friendly_name(),
                given.range(),
                self.quoted(&whole),
                misfit.message
            );
            reports.push(Report::error(FAILED, detail).about(path.clone()));
            of_attribute(attribute, self.outside)
        })
    }

    /// What is given for the attribute at a path. Elements of collections are not told apart.
    fn find(&self, given: &Replacement, path: &Path) -> Result<Option<Value>, Report> {
        let Some(values) = given.values.as_ref().filter(|values| values.ty().is_object()) else {
            return Ok(None);
        };
        let mut current = values;
        for (depth, step) in path.0.iter().enumerate() {
            let Step::Attr(name) = step else { continue };
            let Some(parts) = current.as_map().filter(|_| current.ty().is_object()) else {
                let at = Path(path.0[..depth].to_vec());
                let detail = format!(
                    "Terraform expected an object type for attribute {} defined within the mocked data at {}, but found \
                     {}.",
                    self.quoted(&at),
                    given.range(),
                    current.ty().friendly_name()
                );
                return Err(Report::error(FAILED, detail).about(at));
            };
            match parts.get(name) {
                Some(part) => current = part,
                None => return Ok(None),
            }
        }
        Ok(Some(current.clone()))
    }

    /// A path in quotes. Up to Terraform 1.11 only the names in it count.
    fn quoted(&self, path: &Path) -> String {
        if self.dialect.has(Feature::FullMockPaths) {
            return lang::quote(&path.to_string());
        }
        let names = path.0.iter().filter_map(|step| match step {
            Step::Attr(name) => Some(&**name),
            Step::Index(_) => None,
        });
        lang::quote(&names.collect::<Vec<_>>().join("."))
    }
}

fn not_an_object(given: &Replacement) -> Option<Report> {
    let values = given.values.as_ref().filter(|values| !values.ty().is_object())?;
    let detail = format!(
        "The requested replacement value must be an object type, but was {}.",
        values.ty().friendly_name()
    );
    Some(Report::error("Invalid replacement value", detail).written_at(given.place.clone()))
}
