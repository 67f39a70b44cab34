//! Makes two outputs comparable to the letter: what differs from run to run is replaced.

use serde_json::Value;

/// The human output with generated ids replaced.
pub fn human(output: &str) -> String {
    without_ids(output)
}

/// The JSON lines as values, without timestamps and elapsed times, without the tool's own version and
/// without the progress lines that a slow run repeats. A line that is not JSON stays as text.
pub fn events(output: &str) -> Vec<Value> {
    let lines =
        output.lines().map(|line| serde_json::from_str(&without_ids(line)).unwrap_or_else(|_| line.into()));
    lines.filter_map(timeless).collect()
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
    Some(event)
}

/// Replaces every UUID by `<id>`.
fn without_ids(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match rest.get(..36).filter(|word| is_uuid(word)) {
            Some(word) => {
                result.push_str("<id>");
                rest = rest.strip_prefix(word).unwrap_or_default();
            }
            None => {
                result.push(first);
                rest = rest.strip_prefix(first).unwrap_or_default();
            }
        }
    }
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
