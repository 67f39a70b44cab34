//! Annotations for GitHub's pages: workflow commands that show a diagnostic beside the line that it is about.

use std::path::{Path, PathBuf};

use suite::{Event, Sink};
use syntax::{Diagnostic, Severity};

use crate::diagnostics::{Explain, Sources, place};

/// Collects the commands of a suite. They are printed when it is over, because GitHub takes them out of the log.
pub(crate) struct GitHub<'a> {
    sources: &'a dyn Sources,
    explain: Explain,
    /// The module's directory, relative to the repository's root where it is in it.
    directory: PathBuf,
    commands: String,
}

impl<'a> GitHub<'a> {
    /// `workspace` is the repository's root.
    pub(crate) fn new(
        sources: &'a dyn Sources,
        explain: Explain,
        directory: &Path,
        workspace: &Path,
    ) -> GitHub<'a> {
        let inside = directory.strip_prefix(workspace).unwrap_or(directory).to_owned();
        GitHub { sources, explain, directory: inside, commands: String::new() }
    }

    pub(crate) fn commands(&self) -> &str {
        &self.commands
    }

    /// Adds the commands for diagnostics; `about` is what found them.
    pub(crate) fn annotate(&mut self, diagnostics: &[Diagnostic], about: Option<&str>) {
        for diagnostic in diagnostics {
            let level = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => continue,
            };
            let mut properties = Vec::new();
            let found = place(diagnostic, self.sources).filter(|found| !found.file.as_str().starts_with('<'));
            if let Some(found) = found {
                properties.push(("file", self.path(found.file.as_str())));
                properties.push(("line", found.start.line.to_string()));
                properties.push(("endLine", found.end.line.to_string()));
                if found.start.line == found.end.line {
                    properties.push(("col", found.start.column.to_string()));
                    properties.push(("endColumn", found.end.column.to_string()));
                }
            }
            properties.push(("title", diagnostic.summary.clone()));
            let properties: Vec<String> =
                properties.into_iter().map(|(name, value)| format!("{name}={}", property(&value))).collect();
            let message = data(&self.message(diagnostic, about));
            self.commands.push_str(&format!("::{level} {}::{message}\n", properties.join(",")));
        }
    }

    /// The detail, the values of the operands, and the run that found it.
    fn message(&self, diagnostic: &Diagnostic, about: Option<&str>) -> String {
        let mut parts = Vec::new();
        parts.extend(Some(diagnostic.detail.clone()).filter(|detail| !detail.is_empty()));
        let operands = self.explain.operands(diagnostic);
        let operands = operands.iter().map(|operand| format!("{} {}", operand.traversal, operand.statement));
        parts.extend(Some(operands.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty()));
        parts.extend(about.map(|about| format!("Found by {about}")));
        parts.join("\n\n")
    }

    fn path(&self, file: &str) -> String {
        below(&self.directory, file)
    }
}

/// The path of a file below a directory, with `/` and no more dots than it needs.
pub(crate) fn below(directory: &Path, file: &str) -> String {
    let path = directory.join(file);
    let mut parts: Vec<String> = Vec::new();
    for part in path.to_string_lossy().replace('\\', "/").split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| last != ".." && !last.is_empty()) => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}

impl Sink for GitHub<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Diagnostics { diagnostics } => self.annotate(&diagnostics, None),
            Event::RunFinished(finished) => {
                self.annotate(&finished.diagnostics, Some(&finished.id.to_string()));
            }
            Event::TeardownFailed { file, run, diagnostics, left } => {
                self.annotate(&diagnostics, Some(&format!("the teardown of {file}::{run}")));
                if !left.is_empty() {
                    let objects: Vec<String> = left.iter().map(ToString::to_string).collect();
                    let detail = format!("Nothing destroys these any more:\n{}", objects.join("\n"));
                    let found = Diagnostic::error(format!("Left behind by {file}"), detail);
                    self.annotate(&[found], None);
                }
            }
            Event::FileFinished { file, diagnostics, .. } => {
                self.annotate(&diagnostics, Some(file.as_str()));
            }
            _ => {}
        }
    }
}

/// Text behind the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
