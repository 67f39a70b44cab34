//! Diagnostics as a SARIF 2.1.0 document, the form in which tools that collect findings take them.
//!
//! Places are those of the text itself: lines and columns in code points, which the document says.

use std::collections::BTreeMap;

use config::{Rule, Tool};
use serde::Serialize;
use syntax::{Diagnostic, Edit, FileName, Location, Severity, Span};

use super::Sources;
use super::source::Source;

/// The whole document.
#[derive(Serialize, Clone, Debug)]
pub struct Sarif {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

/// A way to mend what a diagnostic finds, in the file of its subject.
#[derive(Clone, Debug)]
pub struct SarifFix {
    pub title: String,
    pub edits: Vec<Edit>,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: ToolObject,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Serialize, Clone, Debug)]
struct ToolObject {
    driver: Driver,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<RuleObject>,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct RuleObject {
    id: &'static str,
    short_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
}

#[derive(Serialize, Clone, Debug)]
struct Text {
    text: String,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Place>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixObject>,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: PhysicalLocation,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize, Clone, Debug)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct FixObject {
    description: Text,
    artifact_changes: [ArtifactChange; 1],
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

/// The rule of what has no code.
const OTHER: &str = "other";

impl Sarif {
    /// The document about `diagnostics`, hints among them. `path` is where a file is from the repository's root, `fixes`
    /// what can be done about a diagnostic.
    pub fn new(
        diagnostics: &[Diagnostic],
        sources: &dyn Sources,
        tool: Tool,
        version: &'static str,
        path: &dyn Fn(&FileName) -> String,
        fixes: &dyn Fn(&Diagnostic) -> Vec<SarifFix>,
    ) -> Sarif {
        let mut writer = Writer { sources, path, rules: Vec::new(), seen: BTreeMap::new() };
        let results = diagnostics.iter().map(|it| writer.finding(it, tool, fixes(it))).collect();
        let driver = Driver {
            name: "runblock",
            version,
            information_uri: env!("CARGO_PKG_REPOSITORY"),
            rules: writer.rules,
        };
        let run = Run { tool: ToolObject { driver }, column_kind: "unicodeCodePoints", results };
        Sarif { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }
    }
}

struct Writer<'a> {
    sources: &'a dyn Sources,
    path: &'a dyn Fn(&FileName) -> String,
    /// Those that results name, in the order of their first mention.
    rules: Vec<RuleObject>,
    /// How often what makes a fingerprint was met.
    seen: BTreeMap<String, usize>,
}

impl Writer<'_> {
    fn finding(&mut self, it: &Diagnostic, tool: Tool, fixes: Vec<SarifFix>) -> Finding {
        let (rule_id, rule_index) = self.rule(it, tool);
        let mut message = it.summary.clone();
        if !it.detail.is_empty() {
            message.push_str(": ");
            message.push_str(&it.detail);
        }
        // What is not in a file, such as the value of a flag, has no place.
        let subject = it.subject.as_ref().filter(|at| !at.file.as_str().is_empty());
        let source = subject.and_then(|at| self.sources.source(&at.file));
        let fingerprint = self.fingerprint(rule_id, it, subject, source.as_deref());
        Finding {
            rule_id,
            rule_index,
            level: match it.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "note",
            },
            message: Text { text: message },
            locations: subject.map(|at| self.place(at, source.as_deref())).into_iter().collect(),
            partial_fingerprints: BTreeMap::from([("runblock/v1", fingerprint)]),
            fixes: match (subject, &source) {
                (Some(at), Some(source)) => fixes.into_iter().map(|fix| self.fix(fix, at, source)).collect(),
                _ => Vec::new(),
            },
        }
    }

    fn rule(&mut self, it: &Diagnostic, tool: Tool) -> (&'static str, usize) {
        let id = it.code.unwrap_or(OTHER);
        if let Some(index) = self.rules.iter().position(|rule| rule.id == id) {
            return (id, index);
        }
        let rule: Option<Rule> = config::rule(id);
        let about = rule.map_or_else(|| it.summary.clone(), |rule| sentence(rule.about));
        self.rules.push(RuleObject {
            id,
            short_description: Text { text: about },
            help_uri: rule.map(|rule| rule.link(tool)),
        });
        (id, self.rules.len() - 1)
    }

    fn place(&self, at: &Location, source: Option<&Source>) -> Place {
        let region = source.map(|source| {
            let snippet = Some(source.slice(at.span)).filter(|text| !text.is_empty() && text.len() <= 200);
            Region { snippet: snippet.map(|text| Text { text: text.to_owned() }), ..region(source, at.span) }
        });
        Place { physical_location: PhysicalLocation { artifact_location: self.artifact(&at.file), region } }
    }

    fn artifact(&self, file: &FileName) -> ArtifactLocation {
        ArtifactLocation { uri: encoded(&(self.path)(file)) }
    }

    fn fix(&self, fix: SarifFix, at: &Location, source: &Source) -> FixObject {
        let replacement = |edit: Edit| Replacement {
            deleted_region: region(source, edit.span),
            inserted_content: Text { text: edit.new_text },
        };
        FixObject {
            description: Text { text: fix.title },
            artifact_changes: [ArtifactChange {
                artifact_location: self.artifact(&at.file),
                replacements: fix.edits.into_iter().map(replacement).collect(),
            }],
        }
    }

    /// The same for one finding while the text around it changes: made of what is found, in which file, in which text, and
    /// how often that was met before.
    fn fingerprint(
        &mut self,
        rule: &str,
        it: &Diagnostic,
        at: Option<&Location>,
        source: Option<&Source>,
    ) -> String {
        let file = at.map(|at| (self.path)(&at.file)).unwrap_or_default();
        let text = at.zip(source).map(|(at, source)| source.slice(at.span)).unwrap_or_default();
        let key = [rule, &it.summary, &file, text].join("\0");
        let times = self.seen.entry(key.clone()).or_default();
        *times += 1;
        format!("{:016x}", fnv(&format!("{key}\0{times}")))
    }
}

fn region(source: &Source, span: Span) -> Region {
    let ((start_line, start_column), (end_line, end_column)) =
        (source.code_point(span.start), source.code_point(span.end));
    Region { start_line, start_column, end_line, end_column, snippet: None }
}

fn sentence(about: &str) -> String {
    let mut chars = about.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// A path as the reference that a URI is: what is none of its characters is escaped.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// FNV-1a of 64 bits, which is the same everywhere and always.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
