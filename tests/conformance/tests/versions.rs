//! Holds runblock to what is known of the versions that no recording exists of: `versions/*.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use runblock_conformance::observation::{Output, statuses};
use runblock_conformance::versions::{Answer, RuleState, VersionCase, rules, topics};
use runblock_conformance::{text, tool};

#[test]
fn versions_answer_as_the_rules_say() {
    let update = env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<(String, u32), usize> = BTreeMap::new();
    let mut total = 0;
    for mut topic in topics() {
        let name = topic.path.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let mut names = BTreeSet::new();
        for case in &mut topic.cases {
            assert!(names.insert(case.name.clone()), "{name}/{}: there are two", case.name);
            total += 1;
            let mut answers = case.dialects.clone().into_iter().map(|dialect| {
                *counts.entry(tool_and_minor(&dialect)).or_default() += 1;
                let answer = answer(case, &dialect);
                (dialect, answer)
            });
            let first = answers.next().expect("a case has a dialect");
            let rest: Vec<_> = answers.collect();
            if update {
                case.answer = first.1.clone();
            }
            for (dialect, answer) in [first].into_iter().chain(rest) {
                if answer != case.answer {
                    wrong.push(format!("{name}/{} {dialect}\n{}", case.name, explain(&case.answer, &answer)));
                }
            }
        }
        if update {
            topic.write().unwrap_or_else(|error| panic!("{}: {error}", topic.path.display()));
        }
    }
    println!("{total} cases, of which count for");
    for ((tool, minor), count) in counts {
        println!("  {tool}@1.{minor}: {count}");
    }
    assert!(wrong.is_empty(), "{} answers are wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let cases: Vec<VersionCase> = topics().into_iter().flat_map(|topic| topic.cases).collect();
    let named: BTreeSet<&str> = cases.iter().flat_map(|case| &case.rules).map(String::as_str).collect();
    let rules = rules();
    let known: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(known.len(), rules.len(), "a rule stands twice in rules.txt");
    let mut report = String::new();
    for id in named.difference(&known) {
        report.push_str(&format!("{id} is named by a case and is no rule\n"));
    }
    let mut counts = [0; 3];
    for rule in &rules {
        counts[rule.state as usize] += 1;
        match (rule.state, named.contains(rule.id.as_str())) {
            (RuleState::Covered, false) => report.push_str(&format!("{} has no case\n", rule.id)),
            (RuleState::Waiting | RuleState::Impossible, true) => {
                report.push_str(&format!("{} has a case: take its mark away\n", rule.id));
            }
            _ => {}
        }
    }
    let [covered, waiting, impossible] = counts;
    println!(
        "{} rules: {covered} have cases, {waiting} wait for one, {impossible} cannot have any",
        rules.len()
    );
    assert!(report.is_empty(), "\n{report}");
}

/// What runblock says to the case, comparable to the letter.
fn answer(case: &VersionCase, dialect: &str) -> Answer {
    let words = |form: &str| {
        let fixed = ["test", "-no-color", "--dialect", dialect].map(str::to_owned);
        let form = (!form.is_empty()).then(|| form.to_owned());
        fixed.into_iter().chain(form).chain(case.args.iter().cloned()).collect()
    };
    let run = |form| tool::run_interrupted(&case.files, words(form), &case.env, &case.interrupts);
    let Output { code, stdout, stderr } = run("");
    let output = Output { code, stdout: text::human(&stdout), stderr: text::human(&stderr) };
    let statuses = case.answer.statuses.is_some().then(|| statuses(&run("-json").stdout));
    let data = case.answer.data.is_some().then(|| text::data(&run("-json").stdout));
    Answer { output, statuses, data }
}

fn tool_and_minor(dialect: &str) -> (String, u32) {
    let (tool, version) = dialect.split_once('@').unwrap_or((dialect, ""));
    let minor = version.split('.').nth(1).and_then(|minor| minor.parse().ok());
    (tool.to_owned(), minor.unwrap_or_default())
}

fn explain(expected: &Answer, found: &Answer) -> String {
    let mut report = String::new();
    if expected.output.code != found.output.code {
        report.push_str(&format!("  exit {} and not {}\n", found.output.code, expected.output.code));
    }
    let text = |statuses: &Option<String>| statuses.clone().unwrap_or_default();
    let (theirs, ours) = (text(&expected.statuses), text(&found.statuses));
    let (their_data, our_data) = (text(&expected.data), text(&found.data));
    for (what, theirs, ours) in [
        ("stdout", &expected.output.stdout, &found.output.stdout),
        ("stderr", &expected.output.stderr, &found.output.stderr),
        ("statuses", &theirs, &ours),
        ("data", &their_data, &our_data),
    ] {
        if theirs != ours {
            let lines = |text: &str, sign| {
                text.lines().map(|line| format!("    {sign} {line}\n")).collect::<String>()
            };
            report.push_str(&format!("  {what}:\n{}{}", lines(theirs, '-'), lines(ours, '+')));
        }
    }
    report
}
