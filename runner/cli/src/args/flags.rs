//! Splitting words into flags and positional arguments. `-name` and `--name` are the same flag, and a value
//! stands after `=` or in the next word, so Terraform's spellings and the usual long ones both work.

/// What a command accepts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) takes_value: bool,
}

pub(super) const fn switch(name: &'static str) -> Flag {
    Flag { name, takes_value: false }
}

pub(super) const fn option(name: &'static str) -> Flag {
    Flag { name, takes_value: true }
}

/// One word or flag, in the order given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Arg {
    Flag(&'static str, String),
    Switch(&'static str, bool),
    Positional(String),
}

/// Reads `words` by the flags that are known; the error is a sentence for the user.
pub(super) fn read(words: &[String], known: &[Flag]) -> Result<Vec<Arg>, String> {
    let mut args = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            args.extend(words.by_ref().cloned().map(Arg::Positional));
            break;
        }
        let Some(body) = flag_body(word) else {
            args.push(Arg::Positional(word.clone()));
            continue;
        };
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        // The flag as it was written, with one dash or two.
        let written = word.split('=').next().unwrap_or(word);
        let flag =
            known.iter().find(|flag| flag.name == name).ok_or_else(|| unknown(written, name, known))?;
        args.push(match (flag.takes_value, value) {
            (true, Some(value)) => Arg::Flag(flag.name, value),
            (true, None) => {
                let value = words.next().ok_or_else(|| format!("The flag {written} needs a value."))?;
                Arg::Flag(flag.name, value.clone())
            }
            (false, None) => Arg::Switch(flag.name, true),
            (false, Some(value)) => Arg::Switch(flag.name, truth(written, &value)?),
        });
    }
    Ok(args)
}

/// The part after the dashes; `None` for a word that is no flag, among them a lone `-`.
fn flag_body(word: &str) -> Option<&str> {
    let body = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
    body.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(body)
}

fn truth(written: &str, value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("The flag {written} is on or off; \"{value}\" is neither true nor false.")),
    }
}

fn unknown(written: &str, name: &str, known: &[Flag]) -> String {
    let near = known
        .iter()
        .map(|flag| (distance(name, flag.name), flag.name))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    match near {
        Some((_, near)) => {
            let dashes = written.strip_suffix(name).unwrap_or("-");
            format!("There is no flag {written}. Did you mean {dashes}{near}?")
        }
        None => format!("There is no flag {written}."),
    }
}

/// Edit distance, for suggestions.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(from != *to)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}
