//! Cases for the versions of Terraform and OpenTofu that no recording exists of: what a specification or the tool's
//! sources say, written down with the answer that follows from it.
//!
//! A file `versions/TOPIC.txt` holds the cases of a topic:
//!
//! ```text
//! # A comment, outside of cases.
//! === NAME
//! why: tf1.13/skip, tf1.12/parallel: a sentence that says what follows from these rules
//! dialect: terraform@1.13..1.16 tofu@1.6
//! args: -verbose
//! env: TF_VAR_a=1
//! //- /main.tf
//! …
//! --- exit 1
//! --- stdout
//! …
//! --- stderr
//! …
//! --- statuses
//! main.tftest.hcl::a pass
//! main.tftest.hcl error
//! ```
//!
//! `args`, `env` and `interrupt` may stand several times. Every dialect of a case gives the same answer. An
//! `interrupt: TEXT` interrupts when TEXT has been printed: the first stops, the second cancels. A stream that stays
//! empty has no section, and what does not end with a line's end has a last line `\ no line end`. `statuses` is what the
//! JSON form says of runs and files, in its order, where a person is not told an error from a failure. `data` is the
//! states and plans in that form, as `-verbose` adds them. Both are compared where a case has the section.
//!
//! `versions/rules.txt` names the rules, one a line: `ID  what it says`. A `?` before the ID marks a rule that waits for
//! its case, and a `!` one that cannot have any, for the reason that the line gives.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::observation::Output;
use crate::recorded::home;

/// A case and the answer that it expects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionCase {
    pub name: String,
    /// What stands between the name and the answer, to the letter.
    pub head: String,
    /// The rules that the answer follows from.
    pub rules: Vec<String>,
    /// As `--dialect` takes them.
    pub dialects: Vec<String>,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// Texts at which the command is interrupted, at most two.
    pub interrupts: Vec<String>,
    pub files: BTreeMap<String, String>,
    pub answer: Answer,
}

/// What is printed in the human form, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub output: Output,
    /// `FILE::RUN status` and `FILE status`; `None` where the case does not ask.
    pub statuses: Option<String>,
    /// The states and plans of the JSON form; `None` where the case does not ask.
    pub data: Option<String>,
}

/// A line of `rules.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: String,
    pub state: RuleState,
}

/// What the list says about the cases of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleState {
    Covered,
    /// `?`: there is none yet.
    Waiting,
    /// `!`: there cannot be one.
    Impossible,
}

/// A file of cases.
#[derive(Clone, Debug)]
pub struct Topic {
    pub path: PathBuf,
    /// The comment before the first case.
    preamble: String,
    pub cases: Vec<VersionCase>,
}

/// Every topic, by name.
///
/// # Panics
/// When a file is not in the form above: they are part of the sources.
pub fn topics() -> Vec<Topic> {
    let folder = home().join("versions");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "txt") && !path.ends_with("rules.txt"));
    paths.sort();
    paths.into_iter().map(topic).collect()
}

/// `rules.txt`.
///
/// # Panics
/// When it cannot be read or a line says nothing about its rule.
pub fn rules() -> Vec<Rule> {
    let path = home().join("versions/rules.txt");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(rule).collect()
}

impl Topic {
    /// Writes the file again, with the answers that its cases have now.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self) -> std::io::Result<()> {
        let mut text = self.preamble.clone();
        for case in &self.cases {
            text.push_str(&case.render());
        }
        fs::write(&self.path, text)
    }
}

impl VersionCase {
    fn render(&self) -> String {
        let mut text = format!("=== {}\n{}--- exit {}\n", self.name, self.head, self.answer.output.code);
        section(&mut text, "stdout", &self.answer.output.stdout);
        section(&mut text, "stderr", &self.answer.output.stderr);
        if let Some(statuses) = &self.answer.statuses {
            let _ = writeln!(text, "--- statuses");
            text.push_str(statuses);
        }
        if let Some(data) = &self.answer.data {
            let _ = writeln!(text, "--- data");
            text.push_str(data);
        }
        text
    }
}

const NO_LINE_END: &str = "\\ no line end\n";

fn section(text: &mut String, name: &str, content: &str) {
    if content.is_empty() {
        return;
    }
    let _ = writeln!(text, "--- {name}");
    text.push_str(content);
    if !content.ends_with('\n') {
        text.push('\n');
        text.push_str(NO_LINE_END);
    }
}

fn topic(path: PathBuf) -> Topic {
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (preamble, cases) = parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Topic { path, preamble, cases }
}

fn parse(text: &str) -> Result<(String, Vec<VersionCase>), String> {
    let mut pieces = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with("=== ") {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(line);
        }
    }
    let cases: Result<Vec<_>, String> = pieces.iter().skip(1).map(|piece| case(piece)).collect();
    Ok((pieces.remove(0), cases?))
}

/// The part of a case that a line belongs to.
enum Part {
    Head,
    File(String),
    Section(String),
}

fn case(text: &str) -> Result<VersionCase, String> {
    let (first, rest) = text.split_once('\n').ok_or("a case is more than a name")?;
    let name = first.trim_start_matches("=== ").trim().to_owned();
    let mut case = VersionCase { name: name.clone(), ..VersionCase::default() };
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut part = Part::Head;
    for line in rest.split_inclusive('\n') {
        if let Some(title) = line.strip_prefix("--- ") {
            part = Part::Section(title.trim_end().to_owned());
            sections.entry(title.trim_end().to_owned()).or_default();
            continue;
        }
        if let Some(path) = line.strip_prefix("//- /").filter(|_| !matches!(part, Part::Section(_))) {
            part = Part::File(path.trim_end().to_owned());
            case.files.entry(path.trim_end().to_owned()).or_default();
            case.head.push_str(line);
            continue;
        }
        match &part {
            Part::Head => {
                case.head.push_str(line);
                field(&mut case, line.trim_end()).map_err(|error| format!("{name}: {error}"))?;
            }
            Part::File(path) => {
                case.head.push_str(line);
                case.files.entry(path.clone()).or_default().push_str(line);
            }
            Part::Section(title) => sections.entry(title.clone()).or_default().push_str(line),
        }
    }
    for (title, content) in sections {
        let content =
            content.strip_suffix(NO_LINE_END).and_then(|it| it.strip_suffix('\n')).unwrap_or(&content);
        let content = content.to_owned();
        match title.split_once(' ').unwrap_or((&title, "")) {
            ("exit", code) => {
                let code = code.parse().map_err(|_| format!("{name}: exit {code}"))?;
                case.answer.output.code = code;
            }
            ("stdout", "") => case.answer.output.stdout = content,
            ("stderr", "") => case.answer.output.stderr = content,
            ("statuses", "") => case.answer.statuses = Some(content),
            ("data", "") => case.answer.data = Some(content),
            _ => return Err(format!("{name}: there is no section {title}")),
        }
    }
    match (case.rules.is_empty(), case.dialects.is_empty()) {
        (true, _) => Err(format!("{name}: it does not say why")),
        (_, true) => Err(format!("{name}: it has no dialect")),
        _ => Ok(case),
    }
}

fn field(case: &mut VersionCase, line: &str) -> Result<(), String> {
    let (field, value) = line.split_once(": ").ok_or_else(|| format!("no field: {line}"))?;
    match field {
        "why" => {
            let (rules, sentence) =
                value.split_once(": ").ok_or("`why` names rules and then says a sentence")?;
            if !case.rules.is_empty() || sentence.is_empty() {
                return Err("one `why`, in one line".to_owned());
            }
            case.rules = rules.split(", ").map(str::to_owned).collect();
        }
        "dialect" => {
            for word in value.split_whitespace() {
                case.dialects.extend(dialects(word)?);
            }
        }
        "args" => case.args.extend(value.split_whitespace().map(str::to_owned)),
        "env" => {
            let (name, value) = value.split_once('=').ok_or("env: NAME=VALUE")?;
            case.env.insert(name.to_owned(), value.to_owned());
        }
        "interrupt" => case.interrupts.push(value.to_owned()),
        _ => return Err(format!("there is no field {field}")),
    }
    Ok(())
}

/// `terraform@1.6..1.8` is three dialects.
fn dialects(word: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("a dialect is TOOL@1.N or TOOL@1.N..1.M, not {word}");
    let (tool, versions) = word.split_once("@").ok_or_else(wrong)?;
    let minor = |text: &str| text.strip_prefix("1.").and_then(|it| it.parse::<u32>().ok()).ok_or_else(wrong);
    let Some((first, last)) = versions.split_once("..") else { return Ok(vec![word.to_owned()]) };
    Ok((minor(first)?..=minor(last)?).map(|minor| format!("{tool}@1.{minor}")).collect())
}

fn rule(line: &str) -> Rule {
    let (state, rest) = match line.split_at_checked(2) {
        Some(("? ", rest)) => (RuleState::Waiting, rest),
        Some(("! ", rest)) => (RuleState::Impossible, rest),
        _ => (RuleState::Covered, line),
    };
    let (id, words) = rest.split_once(' ').unwrap_or((rest, ""));
    assert!(!words.trim().is_empty(), "rules.txt: {id} says nothing");
    Rule { id: id.to_owned(), state }
}

impl Default for Answer {
    fn default() -> Self {
        let output = Output { code: 0, stdout: String::new(), stderr: String::new() };
        Self { output, statuses: None, data: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Words.\n=== one\nwhy: a/b, c: because\ndialect: tofu@1.6..1.7 terraform@1.12\nenv: A=b=c\n\
                        args: -verbose -json\n//- /main.tf\nx\n//- /t/a\n--- exit 1\n--- stdout\n\nout\n--- stderr\n\
                        err\n\\ no line end\n--- statuses\na pass\n--- data\n{}\n=== two\nwhy: c: d\ndialect: tofu@1.8\n--- exit 0\n";

    #[test]
    fn cases_are_read_and_written() {
        let (preamble, cases) = parse(TEXT).expect("it has the form");
        assert_eq!(preamble, "# Words.\n");
        let [one, two] = cases.as_slice() else { panic!("{cases:?}") };
        assert_eq!(one.rules, ["a/b", "c"]);
        assert_eq!(one.dialects, ["tofu@1.6", "tofu@1.7", "terraform@1.12"]);
        assert_eq!(one.args, ["-verbose", "-json"]);
        assert_eq!(one.env["A"], "b=c");
        assert_eq!(one.files["main.tf"], "x\n");
        assert_eq!(one.files["t/a"], "");
        let output = Output { code: 1, stdout: "\nout\n".to_owned(), stderr: "err".to_owned() };
        let (statuses, data) = (Some("a pass\n".to_owned()), Some("{}\n".to_owned()));
        assert_eq!(one.answer, Answer { output, statuses, data });
        assert_eq!(two.answer, Answer::default());
        assert_eq!(preamble + &one.render() + &two.render(), TEXT);
    }

    #[test]
    fn what_is_no_case_is_named() {
        let error = |text: &str| parse(text).expect_err("it is wrong");
        assert_eq!(error("=== a\ndialect: tofu@1.8\n"), "a: it does not say why");
        assert_eq!(error("=== a\nwhy: r: s\n"), "a: it has no dialect");
        assert_eq!(error("=== a\nwhy: r: s\ndialect: tofu@1.8\n--- stdin\n"), "a: there is no section stdin");
        assert_eq!(error("=== a\nwho: r\n"), "a: there is no field who");
    }

    #[test]
    fn rules_are_read() {
        let read = |line| rule(line);
        assert_eq!(read("a/b  says"), Rule { id: "a/b".to_owned(), state: RuleState::Covered });
        assert_eq!(read("? c  says"), Rule { id: "c".to_owned(), state: RuleState::Waiting });
        assert_eq!(read("! d  says"), Rule { id: "d".to_owned(), state: RuleState::Impossible });
    }
}
