//! Values that look like what they stand for, told from the names of things: an ARN for `arn`, a block of addresses for
//! `cidr_block`.
//!
//! Providers check the form of many arguments even where they are mocked, so that made-up letters are refused where an
//! identifier of another resource is wanted. Nothing here is looked up; a name that says nothing gives `example`.

mod aws;
mod azure;

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AttributeSchema, NestedNesting, NestedType};
use lang::{Type, Value};

/// Something that has a value: an attribute of a resource, a variable, an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    pub(crate) name: &'a str,
    /// The type of the resource that it belongs to, if it does.
    pub(crate) kind: &'a str,
    pub(crate) description: &'a str,
}

/// What a text looks like where nothing tells.
pub(crate) const EXAMPLE: &str = "example";

const UUID: &str = "00000000-0000-0000-0000-000000000000";
const TIME: &str = "2024-01-01T00:00:00Z";

impl<'a> Named<'a> {
    /// A value of that type.
    pub(crate) fn value(self, ty: &Type) -> Value {
        syntax::with_stack(|| match ty {
            Type::Bool => Value::bool(false),
            Type::Number => Value::int(self.number()),
            Type::String | Type::Dynamic | Type::Type => Value::string(self.text()),
            Type::List(element) | Type::Set(element) => Value::tuple(vec![self.value(element)]),
            Type::Map(_) => Value::empty_object(),
            Type::Tuple(elements) => {
                Value::tuple(elements.iter().map(|element| self.value(element)).collect())
            }
            Type::Object(object) => {
                let needed = object.attributes.iter().filter(|(name, _)| !object.optional.contains(*name));
                let attributes = needed.map(|(name, ty)| {
                    let inner = Named { name, description: "", ..self };
                    (Arc::clone(name), inner.value(ty))
                });
                Value::object(attributes.collect::<BTreeMap<_, _>>())
            }
        })
    }

    /// A value for an attribute of a schema.
    pub(crate) fn of_schema(self, attribute: &AttributeSchema) -> Value {
        match &attribute.nested {
            Some(nested) => syntax::with_stack(|| self.of_nested(nested)),
            None => self.value(&attribute.ty),
        }
    }

    fn of_nested(self, nested: &NestedType) -> Value {
        // What the configuration sets is its own affair.
        let given = nested.attributes.iter().filter(|(_, attribute)| attribute.computed);
        let attributes = given.map(|(name, attribute)| {
            let description = attribute.description.as_deref().unwrap_or_default();
            (Arc::from(name.as_str()), Named { name, description, ..self }.of_schema(attribute))
        });
        let object = Value::object(attributes.collect::<BTreeMap<_, _>>());
        match nested.nesting {
            NestedNesting::Single => object,
            NestedNesting::List | NestedNesting::Set => Value::tuple(vec![object]),
            NestedNesting::Map => Value::object([(Arc::from(EXAMPLE), object)].into()),
        }
    }

    fn number(self) -> i64 {
        match self.words().last() {
            Some(&"port") => 443,
            _ => 1,
        }
    }

    /// The text that such a thing has.
    pub(crate) fn text(self) -> String {
        self.special().unwrap_or_else(|| EXAMPLE.to_owned())
    }

    /// The text, where the name tells that it has a form of its own.
    fn special(self) -> Option<String> {
        let lower = self.name.to_ascii_lowercase();
        let described = self.description.to_ascii_lowercase();
        let words: Vec<&str> = lower.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
        let has = |word: &str| words.contains(&word);
        let ends = |end: &str| lower == end || lower.ends_with(&format!("_{end}"));
        let provider = config_provider(self.kind);
        if ends("arn") || ends("arns") || (provider == "aws" && described.contains("(arn)")) {
            let of = lower.trim_end_matches("arns").trim_end_matches("arn").trim_end_matches('_');
            return Some(aws::arn(self.kind, of));
        }
        if ends("json") || has("policy") && !ends("name") && !ends("id") || ends("policy_document") {
            let is_policy = provider == "aws" || has("policy");
            return Some(if is_policy { aws::POLICY } else { "{}" }.to_owned());
        }
        if let Some(identifier) = self.identifier(&lower, provider) {
            return Some(identifier);
        }
        let text = match () {
            () if has("cidr") || has("cidrs") || described.contains("cidr") => match has("ipv6") {
                true => "2001:db8::/56",
                false if has("subnet") => "10.0.1.0/24",
                false => "10.0.0.0/16",
            },
            () if has("ipv6") => "2001:db8::1",
            () if has("ip") || has("ips") || has("ipv4") || ends("ip_address") => match has("public") {
                true => "203.0.113.10",
                false => "10.0.0.4",
            },
            () if ["time", "timestamp", "date", "at"].iter().any(|end| ends(end)) => TIME,
            () if described.contains("rfc3339") || described.contains("rfc 3339") => TIME,
            () if ends("email") || ends("email_address") => "user@example.com",
            () if has("url") || has("uri") || ends("self_link") || ends("issuer") => "https://example.com",
            () if ends("endpoint") && provider != "aws" => "https://example.com",
            () if ends("endpoint") || ends("fqdn") || ends("hostname") || ends("host") => "host.example.com",
            () if ends("domain") || ends("domain_name") || ends("dns_name") => "example.com",
            () if ends("region") || ends("location") => region(provider),
            () if ends("availability_zone") || ends("availability_zones") => "us-east-1a",
            () if ends("account_id") => "123456789012",
            () if has("uuid") || has("guid") || described.contains("uuid") => UUID,
            () if has("base64") || ends("certificate_authority_data") => "ZXhhbXBsZQ==",
            () if ends("fingerprint") || ends("thumbprint") || ends("sha1") => {
                "0000000000000000000000000000000000000000"
            }
            () => return None,
        };
        Some(text.to_owned())
    }

    /// The text of an identifier, as the provider forms it.
    fn identifier(self, lower: &str, provider: &str) -> Option<String> {
        match provider {
            "aws" => aws::identifier(self.kind, lower),
            "azurerm" => azure::identifier(self.kind, lower),
            "azuread" if lower == "id" || lower.ends_with("_id") => Some(UUID.to_owned()),
            "google" if lower == "self_link" => Some(
                "https://www.googleapis.com/compute/v1/projects/example/global/example/example".to_owned(),
            ),
            _ => None,
        }
    }

    fn words(self) -> Vec<&'a str> {
        self.name.split(['_', '-', '.']).collect()
    }
}

/// `aws` of `aws_instance`; nothing of no type.
fn config_provider(kind: &str) -> &str {
    if kind.is_empty() { "" } else { config::implied_provider(kind) }
}

fn region(provider: &str) -> &'static str {
    match provider {
        "azurerm" => "eastus",
        "google" => "us-central1",
        _ => "us-east-1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_values_look_like() {
        for (kind, name, description, expected) in [
            ("aws_s3_bucket", "arn", "", "arn:aws:s3:::example"),
            ("aws_iam_role", "arn", "", "arn:aws:iam::123456789012:role/example"),
            ("aws_lambda_function", "arn", "", "arn:aws:lambda:us-east-1:123456789012:function:example"),
            ("aws_thing_part", "arn", "", "arn:aws:thing:us-east-1:123456789012:part/example"),
            ("aws_lambda_function", "role_arn", "", "arn:aws:iam::123456789012:role/example"),
            (
                "",
                "kms_key_arn",
                "",
                "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
            ),
            ("aws_vpc", "id", "", "vpc-0123456789abcdef0"),
            ("aws_instance", "subnet_id", "", "subnet-0123456789abcdef0"),
            ("aws_iam_policy_document", "json", "", aws::POLICY),
            ("aws_vpc", "cidr_block", "", "10.0.0.0/16"),
            ("", "subnet_cidr", "", "10.0.1.0/24"),
            ("aws_caller_identity", "account_id", "", "123456789012"),
            (
                "azurerm_resource_group",
                "id",
                "",
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example",
            ),
            ("azurerm_client_config", "tenant_id", "", UUID),
            ("azuread_group", "object_id", "", UUID),
            ("azurerm_key_vault", "vault_uri", "", "https://example.com"),
            ("cloud_server", "created_at", "", TIME),
            ("cloud_server", "when", "When it began, as RFC3339.", TIME),
            ("cloud_server", "public_ip", "", "203.0.113.10"),
            ("cloud_server", "owner_email", "", "user@example.com"),
            ("cloud_server", "name", "", EXAMPLE),
            ("", "format", "", EXAMPLE),
        ] {
            assert_eq!(Named { name, kind, description }.text(), expected, "{kind} {name}");
        }
    }
}
