//! What OpenTofu puts in the place of what a provider would compute: the whole object, in the plan already, and the same
//! one every time.
//!
//! Where Terraform leaves out in silence what is given and cannot be used, OpenTofu refuses it.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::schema::unknowns::fill;
use config::{AttributeSchema, Schema};
use lang::{Type, Value};
use syntax::{Severity, with_stack};

use super::Replacement;
use super::go_random::GoRandom;
use crate::answer::{Answer, Report};

type Parts = BTreeMap<Arc<str>, Value>;

/// The object of a type for these arguments. Each composition begins its random texts anew, from a seed that is made of
/// the type's name alone.
pub(super) fn compose(
    schema: &Schema,
    kind: &str,
    config: &Value,
    given: Option<&Replacement>,
) -> Answer<Value> {
    let mut composer = Composer { random: GoRandom::new(seed(kind)), reports: Vec::new() };
    let given = given.and_then(|given| given.values.as_ref()).and_then(Value::as_map);
    let value = composer.body(schema, config, given);
    Answer { value, reports: composer.reports }
}

/// The arguments without what only a provider sets, at every depth.
pub(super) fn without_results(schema: &Schema, config: &Value) -> Value {
    fill(schema, config, &mut |_, attribute, value| {
        (attribute.computed && !attribute.optional).then(|| Value::null(value.ty()))
    })
}

/// FNV-1 with 32 bits.
fn seed(kind: &str) -> u32 {
    kind.bytes().fold(0x811c_9dc5, |hash: u32, byte| hash.wrapping_mul(0x0100_0193) ^ u32::from(byte))
}

struct Composer {
    random: GoRandom,
    reports: Vec<Report>,
}

impl Composer {
    /// `None` after an error that ends the composition.
    fn body(&mut self, schema: &Schema, config: &Value, given: Option<&Parts>) -> Option<Value> {
        let config = config.as_map();
        let mut values = self.attributes(schema, config, given)?;
        values.extend(self.blocks(schema, config, given)?);
        for name in given.into_iter().flat_map(Parts::keys).filter(|name| !schema.has(name)) {
            let detail = "The field is unknown. Please, ensure it is a part of resource definition.";
            self.refuse(format!("Invalid override for block field `{name}`"), detail);
        }
        Some(Value::object_like(schema.ty(), values))
    }

    fn attributes(
        &mut self,
        schema: &Schema,
        config: Option<&Parts>,
        given: Option<&Parts>,
    ) -> Option<Parts> {
        let before = self.errors();
        let mut values = Parts::new();
        let mut attributes: Vec<_> = schema.attributes.iter().collect();
        attributes.sort_unstable_by_key(|(name, _)| *name);
        for (name, attribute) in attributes {
            let config = config.and_then(|config| config.get(name.as_str())).filter(|value| !value.is_null());
            let given = given.and_then(|given| given.get(name.as_str()));
            let value = self.attribute(name, attribute, config, given);
            values.insert(Arc::from(name.as_str()), value);
        }
        (self.errors() == before).then_some(values)
    }

    fn attribute(
        &mut self,
        name: &str,
        attribute: &AttributeSchema,
        config: Option<&Value>,
        given: Option<&Value>,
    ) -> Value {
        let invalid = || format!("Invalid mock/override field `{name}`");
        let given = given.map(|given| {
            if config.is_some() {
                let detail = "The field is ignored since overriding configuration values is not allowed.";
                self.refuse(invalid(), detail);
            }
            if !attribute.computed {
                let detail =
                    "Overriding non-computed fields is not allowed, so this field cannot be processed.";
                self.refuse(format!("Non-computed field `{name}` is not allowed to be overridden"), detail);
            }
            lang::convert(given, attribute.constraint()).unwrap_or_else(|error| {
                let why = error.with_path();
                let detail =
                    format!("Values provided for override / mock must match resource fields types: {why}.");
                self.refuse(invalid(), detail);
                attribute.null()
            })
        });
        if attribute.write_only {
            if given.is_some() {
                let detail = "Override values for write-only attributes have no impact since the write-only attributes \
                              will always be null in the provider response.";
                let summary = format!("Encountered override for write-only attribute `{name}`");
                let report = Report::error(summary, detail);
                self.reports.push(Report { severity: Severity::Warning, ..report });
            }
            return attribute.null();
        }
        match (config, given) {
            (Some(_), _) if attribute.is_read_only() => {
                self.refuse(invalid(), "Config value can not be specified for computed field");
                attribute.null()
            }
            (Some(config), _) => config.clone(),
            (None, _) if attribute.required => {
                self.refuse(invalid(), "Required field in configuration not provided");
                attribute.null()
            }
            (None, Some(given)) => given,
            (None, None) if attribute.computed => self.made_up(attribute),
            (None, None) => attribute.null(),
        }
    }

    /// A value for a computed attribute. Parts of an object that may be left out are left out.
    fn made_up(&mut self, attribute: &AttributeSchema) -> Value {
        let ty = if attribute.nested.is_some() { &attribute.ty } else { attribute.constraint() };
        let value = self.of_type(ty);
        lang::convert(&value, attribute.constraint()).unwrap_or_else(|_| attribute.null())
    }

    fn of_type(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Number => Value::int(0),
            Type::Bool => Value::bool(false),
            Type::String => Value::string(self.text()),
            Type::List(element) => Value::list(Type::clone(element), Vec::new()),
            Type::Set(element) => Value::set(Type::clone(element), Vec::new()),
            Type::Map(element) => Value::map(Type::clone(element), BTreeMap::new()),
            Type::Tuple(_) => Value::empty_tuple(),
            Type::Dynamic | Type::Type => Value::null(ty.clone()),
            Type::Object(object) => with_stack(|| {
                let wanted = object.attributes.iter().filter(|(name, _)| !object.optional.contains(*name));
                Value::object(wanted.map(|(name, ty)| (Arc::clone(name), self.of_type(ty))).collect())
            }),
        }
    }

    fn text(&mut self) -> String {
        const CHARACTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890";
        let length = 4 + self.random.below(12);
        (0..length)
            .filter_map(|_| {
                let at = usize::try_from(self.random.below(62)).unwrap_or_default();
                CHARACTERS.get(at).copied().map(char::from)
            })
            .collect()
    }

    fn blocks(&mut self, schema: &Schema, config: Option<&Parts>, given: Option<&Parts>) -> Option<Parts> {
        let mut values = Parts::new();
        let mut blocks: Vec<_> = schema.blocks.iter().collect();
        blocks.sort_unstable_by_key(|(name, _)| *name);
        for (name, block) in blocks {
            let invalid = || format!("Invalid override for block field `{name}`");
            let given = given.and_then(|given| given.get(name.as_str()));
            if let Some(given) = given.filter(|given| !given.ty().is_object()) {
                let found = given.ty().friendly_name();
                self.refuse(invalid(), format!("Blocks can be overridden only by objects, got `{found}`"));
                continue;
            }
            let config = config.and_then(|config| config.get(name.as_str()));
            let is_there = |config: &&Value| {
                let is_empty = config.ty().is_collection() && config.is_empty();
                !config.is_null() && config.is_known() && !is_empty
            };
            let Some(config) = config.filter(is_there) else {
                values.insert(Arc::from(name.as_str()), block.empty_value());
                if given.is_some() {
                    let detail = "Cannot override block value, because it's not present in configuration.";
                    self.refuse(invalid(), detail);
                }
                continue;
            };
            let value = with_stack(|| self.block(&block.body, config, given.and_then(Value::as_map)))?;
            values.insert(Arc::from(name.as_str()), value);
        }
        Some(values)
    }

    /// The blocks of one type. What is given for them counts for each.
    fn block(&mut self, body: &Schema, config: &Value, given: Option<&Parts>) -> Option<Value> {
        let element = body.ty().clone();
        match config.ty() {
            Type::Object(_) => self.body(body, config, given),
            Type::List(_) | Type::Set(_) => {
                let items = config.as_slice().unwrap_or_default().iter();
                let items = items.map(|item| self.body(body, item, given)).collect::<Option<Vec<_>>>()?;
                Some(if config.ty().is_list() {
                    Value::list(element, items)
                } else {
                    Value::set(element, items)
                })
            }
            Type::Map(_) => {
                let items = config.as_map().into_iter().flatten();
                let items = items.map(|(key, item)| Some((Arc::clone(key), self.body(body, item, given)?)));
                Some(Value::map(element, items.collect::<Option<_>>()?))
            }
            other => {
                let summary = format!("Unexpected block type: {}", other.friendly_name());
                let detail = "Failed to generate mock value for this block type. Please, report it as an issue at \
                              OpenTofu repository, since it's not expected.";
                self.refuse(summary, detail);
                None
            }
        }
    }

    fn refuse(&mut self, summary: String, detail: impl Into<String>) {
        self.reports.push(Report::error(summary, detail));
    }

    fn errors(&self) -> usize {
        self.reports.iter().filter(|report| report.is_error()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_always_has_the_same_texts() {
        // FNV-1 of the empty text is its offset basis; of "a" it is known.
        assert_eq!((seed(""), seed("a")), (0x811c_9dc5, 0x050c_5d7e));
        let mut composer = Composer { random: GoRandom::new(seed("aws_instance")), reports: Vec::new() };
        let texts: Vec<String> = (0..20).map(|_| composer.text()).collect();
        assert!(texts.iter().all(|text| (4..16).contains(&text.len())), "{texts:?}");
        let mut again = Composer { random: GoRandom::new(seed("aws_instance")), reports: Vec::new() };
        assert_eq!(texts, (0..20).map(|_| again.text()).collect::<Vec<_>>());
    }
}
