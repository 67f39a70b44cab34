//! The provider that is part of the tool: `terraform_data`.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AttributeSchema, ResourceMode, Schema};
use lang::{Refinements, Type, Value};

use crate::Provider;
use crate::resource::{Applied, Planned, ProviderError, Random};

/// The built-in provider, `terraform.io/builtin/terraform`.
pub struct Builtin {
    data: Schema,
}

impl Default for Builtin {
    fn default() -> Builtin {
        Builtin {
            data: schema([
                ("id", Type::String, true),
                ("input", Type::Dynamic, false),
                ("output", Type::Dynamic, true),
                ("triggers_replace", Type::Dynamic, false),
            ]),
        }
    }
}

impl Provider for Builtin {
    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        match (mode, kind) {
            (ResourceMode::Managed, "terraform_data") => Some(&self.data),
            _ => None,
        }
    }

    /// A new object has an unknown id; the output is the input, known once it is applied. Another
    /// `triggers_replace` makes another object, another `input` only another output.
    fn plan(
        &self,
        _kind: &str,
        prior: &Value,
        proposed: &Value,
        _config: &Value,
    ) -> Result<Planned, ProviderError> {
        let mut planned = attributes(proposed);
        let input = attribute(proposed, "input");
        let unknown = Value::unknown(input.ty());
        let output = if input.is_null() { input.clone() } else { unknown.clone() };
        let mut requires_replace = Vec::new();
        let new_id = Value::unknown_refined(Type::String, Refinements::not_null());
        if prior.is_null() {
            planned.insert("id".into(), new_id);
            planned.insert("output".into(), output);
        } else if !attribute(prior, "triggers_replace").raw_eq(&attribute(proposed, "triggers_replace")) {
            requires_replace.push("triggers_replace".into());
            planned.insert("id".into(), new_id);
            planned.insert("output".into(), output);
        } else if !attribute(prior, "input").raw_eq(&input) {
            // Even the output of an input that has become null is known only after the apply.
            planned.insert("output".into(), unknown);
        }
        Ok(Planned { value: Value::object(planned), requires_replace })
    }

    fn apply(
        &self,
        _kind: &str,
        _prior: &Value,
        planned: &Value,
        random: &mut dyn Random,
    ) -> Result<Applied, ProviderError> {
        let mut object = attributes(planned);
        if !attribute(planned, "output").is_known() {
            object.insert("output".into(), attribute(planned, "input"));
        }
        if !attribute(planned, "id").is_known() {
            object.insert("id".into(), Value::string(uuid_text(random.bytes())));
        }
        Ok(Applied { value: Value::object(object) })
    }

    fn destroy(&self, _kind: &str, _prior: &Value) -> Result<(), ProviderError> {
        Ok(())
    }
}

/// A schema of attributes that are either computed or optional.
fn schema<const N: usize>(attributes: [(&str, Type, bool); N]) -> Schema {
    let attributes = attributes.into_iter().map(|(name, ty, computed)| {
        let attribute = if computed { AttributeSchema::computed(ty) } else { AttributeSchema::optional(ty) };
        (name.into(), attribute)
    });
    Schema { attributes: attributes.collect(), ..Schema::default() }
}

fn attributes(object: &Value) -> BTreeMap<Arc<str>, Value> {
    object.as_map().cloned().unwrap_or_default()
}

fn attribute(object: &Value, name: &str) -> Value {
    object
        .as_map()
        .and_then(|attributes| attributes.get(name))
        .cloned()
        .unwrap_or_else(|| Value::null(Type::Dynamic))
}

/// Random bytes in the form of a UUID, as Terraform makes ids: without version bits.
fn uuid_text(bytes: [u8; 16]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
