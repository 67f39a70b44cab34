//! Makes two outputs comparable to the letter: what differs from run to run is replaced.

use serde_json::Value;

/// The human output with generated ids and keys replaced.
pub fn human(output: &str) -> String {
    let lines = without_ids(output);
    let lines: Vec<String> = lines.split('\n').map(|line| without_key(&steady_cycle(line))).collect();
    lines.join("\n")
}

/// The line before a JUnit file.
pub const JUNIT: &str = "~~~ junit\n";

/// A JUnit file behind a standard output: without times, and with a line before it that tells where it begins.
pub fn with_junit(file: &str) -> String {
    let mut text = String::from(JUNIT);
    for line in file.split_inclusive('\n') {
        let line = without_attribute(line, " time=\"", "T");
        text.push_str(&without_attribute(&line, " timestamp=\"", "TS"));
    }
    text.push('\n');
    text
}

/// A line that opens a test case, with another value of an attribute.
fn without_attribute(line: &str, attribute: &str, value: &str) -> String {
    let parts = line.split_once(attribute).filter(|_| line.trim_start().starts_with("<testcase "));
    match parts.and_then(|(before, rest)| Some((before, rest.split_once('"')?.1))) {
        Some((before, after)) => format!("{before}{attribute}{value}\"{after}"),
        None => line.to_owned(),
    }
}

/// A line with the key of a deposed object replaced: eight hexadecimal digits that the tool makes up.
fn without_key(line: &str) -> String {
    let Some((before, rest)) = line.split_once(DEPOSED) else { return line.to_owned() };
    match rest.split_at_checked(KEY_DIGITS) {
        Some((key, after)) if key.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{before}{DEPOSED}<key>{after}")
        }
        _ => line.to_owned(),
    }
}

const DEPOSED: &str = "(deposed object ";
const KEY_DIGITS: usize = 8;

/// A line that names the members of a cycle, with the members in order: the tool finds them in any order.
pub fn steady_cycle(line: &str) -> String {
    let Some((before, members)) = line.split_once("Cycle: ") else { return line.to_owned() };
    let mut members: Vec<&str> = members.split(", ").collect();
    members.sort_unstable();
    format!("{before}Cycle: {}", members.join(", "))
}

/// The JSON lines as values, without timestamps and elapsed times, without the tool's own version and
/// without the progress lines that a slow run repeats. A line that is not JSON stays as text. Diagnostics that follow
/// each other are put in order, because the tool finds them in parallel and prints them as they come.
pub fn events(output: &str) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(&without_ids(line)).unwrap_or_else(|_| line.into());
    let mut events: Vec<Value> = output.lines().map(parse).filter_map(timeless).collect();
    for group in events.chunk_by_mut(|a, b| a["type"] == "diagnostic" && b["type"] == "diagnostic") {
        group.sort_by_cached_key(Value::to_string);
    }
    events
}

/// The states and plans among the JSON lines, laid out, without the tool's version and the time.
pub fn data(output: &str) -> String {
    let mut text = String::new();
    for mut event in events(output) {
        for kind in ["test_state", "test_plan"] {
            let Some(Value::Object(fields)) = event.get_mut(kind) else { continue };
            fields.retain(|name, _| !matches!(name.as_str(), "terraform_version" | "timestamp"));
            text.push_str(&serde_json::to_string_pretty(fields).unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

fn timeless(mut event: Value) -> Option<Value> {
    if event["test_run"]["progress"] == "running" {
        return None;
    }
    let is_version = event["type"] == "version";
    if let Some(fields) = event.as_object_mut() {
        fields.remove("@timestamp");
        if is_version {
            fields.retain(|name, _| matches!(name.as_str(), "@level" | "@module" | "type"));
        }
    }
    if let Some(elapsed) = event.pointer_mut("/test_run/elapsed") {
        *elapsed = 0.into();
    }
    for summary in ["/@message", "/diagnostic/summary"] {
        if let Some(Value::String(text)) = event.pointer_mut(summary) {
            *text = steady_cycle(text);
        }
    }
    for detail in ["/diagnostic/detail", "/diagnostic/address"] {
        if let Some(Value::String(text)) = event.pointer_mut(detail) {
            *text = without_key(text);
        }
    }
    for shown in ["/test_state", "/test_plan"] {
        if let Some(shown) = event.pointer_mut(shown) {
            steady_values(shown);
        }
    }
    Some(event)
}

/// Takes from a state or plan what differs from run to run, and how the tool words the documentation of schemas.
fn steady_values(shown: &mut Value) {
    if let Some(Value::Array(attributes)) = shown.get_mut("relevant_attributes") {
        attributes.sort_by_cached_key(Value::to_string);
    }
    if let Some(schemas) = shown.get_mut("provider_schemas") {
        without_prose(schemas);
    }
    if let Some(module) = shown.get_mut("root_module") {
        without_keys(module);
    }
}

fn without_prose(schemas: &mut Value) {
    match schemas {
        Value::Object(fields) => {
            // An attribute may have such a name; then it is not text.
            fields.retain(|name, field| {
                !(field.is_string()
                    && matches!(name.as_str(), "description" | "description_kind" | "summary"))
            });
            fields.values_mut().for_each(without_prose);
        }
        Value::Array(items) => items.iter_mut().for_each(without_prose),
        _ => {}
    }
}

/// Replaces the keys of deposed objects.
fn without_keys(module: &mut Value) {
    let list = |module: &mut Value, name: &str, each: &dyn Fn(&mut Value)| {
        module.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(each);
    };
    list(module, "resources", &|resource| {
        if let Some(key) = resource.get_mut("deposed_key") {
            *key = "<key>".into();
        }
    });
    list(module, "child_modules", &without_keys);
}

/// Replaces every UUID by `<id>`.
fn without_ids(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (dash, _) in text.match_indices('-') {
        let Some(start) = dash.checked_sub(8).filter(|start| *start >= done) else { continue };
        if text.get(start..start + 36).is_some_and(is_uuid) {
            result.push_str(text.get(done..start).unwrap_or_default());
            result.push_str("<id>");
            done = start + 36;
        }
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_replaced() {
        let text = "id is \"ebd1b1a4-3f3c-9c05-ed0b-a1d46ccaf8bd\" – 日本";
        assert_eq!(human(text), "id is \"<id>\" – 日本");
        assert_eq!(human("ebd1b1a4-3f3c-9c05-ed0b-a1d46ccaf8b"), "ebd1b1a4-3f3c-9c05-ed0b-a1d46ccaf8b");
    }

    #[test]
    fn keys_are_replaced() {
        assert_eq!(human("# a.b: (deposed object 0123abcd)"), "# a.b: (deposed object <key>)");
        assert_eq!(human("# a.b: (deposed object none)"), "# a.b: (deposed object none)");
        let state = |key: &str| {
            let object = format!(r#"{{"address":"module.m.a.b","deposed_key":"{key}"}}"#);
            let module = format!(r#"{{"child_modules":[{{"resources":[{object}]}}]}}"#);
            events(&format!(r#"{{"type":"test_state","test_state":{{"root_module":{module}}}}}"#))
        };
        assert_eq!(state("0123abcd"), state("4567ef00"));
    }

    #[test]
    fn neither_the_order_of_attributes_nor_documentation_counts() {
        let plan = |attributes: &str, doc: &str| {
            let schemas = format!(r#"{{"p":{{"description":{{"type":"string","description":"{doc}"}}}}}}"#);
            let plan = format!(r#"{{"relevant_attributes":[{attributes}],"provider_schemas":{schemas}}}"#);
            events(&format!(r#"{{"type":"test_plan","test_plan":{plan}}}"#))
        };
        assert_eq!(plan(r#"{"a":1},{"b":2}"#, "one"), plan(r#"{"b":2},{"a":1}"#, "two"));
        assert_ne!(plan(r#"{"a":1}"#, "one"), plan(r#"{"b":2}"#, "one"));
    }

    #[test]
    fn what_the_tool_finds_in_any_order_is_put_in_order() {
        assert_eq!(human("x\nError: Cycle: b, a\n"), "x\nError: Cycle: a, b\n");
        let one = r#"{"type":"diagnostic","diagnostic":{"summary":"B"}}
{"type":"diagnostic","diagnostic":{"summary":"Cycle: b, a"}}
{"type":"test_file"}"#;
        let two = r#"{"type":"diagnostic","diagnostic":{"summary":"Cycle: a, b"}}
{"type":"diagnostic","diagnostic":{"summary":"B"}}
{"type":"test_file"}"#;
        assert_eq!(events(one), events(two));
    }

    #[test]
    fn times_and_versions_do_not_count() {
        let one = r#"{"type":"version","terraform":"1.11.4","ui":"1.2","@message":"Terraform 1.11.4","@level":"info"}
{"@timestamp":"2026-01-01T00:00:00Z","type":"test_run","test_run":{"progress":"running","elapsed":2000}}
{"@timestamp":"2026-01-01T00:00:01Z","type":"test_run","test_run":{"progress":"starting","elapsed":7}}"#;
        let two = r#"{"@level": "info", "type": "version", "runblock": "0.1.0", "@message": "runblock"}
{"type": "test_run", "test_run": {"elapsed": 0, "progress": "starting"}}"#;
        assert_eq!(events(one), events(two));
        assert_ne!(events(one), events(&two.replace("starting", "complete")));
    }
}
