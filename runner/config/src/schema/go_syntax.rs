//! Values in the notation of Terraform's own source, as its messages for providers' developers show them:
//! `cty.StringVal("a")`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use lang::{Type, Value, View};

/// A value without its marks.
pub(super) fn go_syntax(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut String) {
    let ty = value.ty();
    let element = || ty.element_type().map_or_else(String::new, type_syntax);
    // Writing to a string cannot fail.
    let _ = match value.view() {
        View::Null => write!(out, "cty.NullVal({})", type_syntax(&ty)),
        View::Unknown(_) if ty.is_dynamic() => write!(out, "cty.DynamicVal"),
        View::Unknown(refinements) => {
            let not_null = if refinements.not_null { ".RefineNotNull()" } else { "" };
            write!(out, "cty.UnknownVal({}){not_null}", type_syntax(&ty))
        }
        View::Bool(true) => write!(out, "cty.True"),
        View::Bool(false) => write!(out, "cty.False"),
        View::Number(number) => match number.to_i64() {
            Some(integer) => write!(out, "cty.NumberIntVal({integer})"),
            None => write!(out, "cty.NumberFloatVal({number})"),
        },
        View::String(text) => write!(out, "cty.StringVal({})", lang::quote(text)),
        View::Type(ty) => write!(out, "cty.CapsuleVal(types.TypeType, {})", type_syntax(ty)),
        View::List([]) => write!(out, "cty.ListValEmpty({})", element()),
        View::Set([]) => write!(out, "cty.SetValEmpty({})", element()),
        View::Tuple([]) => write!(out, "cty.EmptyTupleVal"),
        View::Map(items) if items.is_empty() => write!(out, "cty.MapValEmpty({})", element()),
        View::Object(items) if items.is_empty() => write!(out, "cty.EmptyObjectVal"),
        View::List(items) => return sequence("List", items, out),
        View::Set(items) => return sequence("Set", items, out),
        View::Tuple(items) => return sequence("Tuple", items, out),
        View::Map(items) => return keyed("Map", items, out),
        View::Object(items) => return keyed("Object", items, out),
    };
}

fn sequence(kind: &str, items: &[Value], out: &mut String) {
    let _ = write!(out, "cty.{kind}Val([]cty.Value{{");
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write_value(item, out);
    }
    out.push_str("})");
}

fn keyed(kind: &str, items: &BTreeMap<Arc<str>, Value>, out: &mut String) {
    let _ = write!(out, "cty.{kind}Val(map[string]cty.Value{{");
    for (index, (key, item)) in items.iter().enumerate() {
        let _ = write!(out, "{}{}:", if index > 0 { ", " } else { "" }, lang::quote(key));
        write_value(item, out);
    }
    out.push_str("})");
}

fn type_syntax(ty: &Type) -> String {
    let attributes = |types: &BTreeMap<Arc<str>, Type>| -> String {
        let types = types.iter().map(|(name, ty)| format!("{}:{}", lang::quote(name), type_syntax(ty)));
        types.collect::<Vec<_>>().join(", ")
    };
    match ty {
        Type::Dynamic => "cty.DynamicPseudoType".to_owned(),
        Type::Bool => "cty.Bool".to_owned(),
        Type::Number => "cty.Number".to_owned(),
        Type::String => "cty.String".to_owned(),
        Type::Type => "types.TypeType".to_owned(),
        Type::List(element) => format!("cty.List({})", type_syntax(element)),
        Type::Set(element) => format!("cty.Set({})", type_syntax(element)),
        Type::Map(element) => format!("cty.Map({})", type_syntax(element)),
        Type::Tuple(elements) if elements.is_empty() => "cty.EmptyTuple".to_owned(),
        Type::Tuple(elements) => {
            let elements: Vec<String> = elements.iter().map(type_syntax).collect();
            format!("cty.Tuple([]cty.Type{{{}}})", elements.join(", "))
        }
        Type::Object(object) if object.attributes.is_empty() => "cty.EmptyObject".to_owned(),
        Type::Object(object) => {
            format!("cty.Object(map[string]cty.Type{{{}}})", attributes(&object.attributes))
        }
    }
}
