//! Arguments from the environment: `TF_CLI_ARGS` for every command, `TF_CLI_ARGS_test` for one.

/// Inserts `extra` after the command's name, as Terraform does, so that what stands on the command line wins. `extra` gives
/// the text of a variable.
///
/// # Errors
/// The name of a variable whose text cannot be split.
pub fn with_extra(
    mut args: Vec<String>,
    extra: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, String> {
    let Some(at) = args.iter().position(|word| !word.starts_with('-')) else { return Ok(args) };
    let Some(command) = args.get(at) else { return Ok(args) };
    let mut words = Vec::new();
    for variable in ["TF_CLI_ARGS".to_owned(), format!("TF_CLI_ARGS_{command}")] {
        if let Some(text) = extra(&variable) {
            words.extend(split(&text).ok_or(variable)?);
        }
    }
    args.splice(at + 1..at + 1, words);
    Ok(args)
}

/// Splits a text into words as a shell does: at spaces, except in quotes and behind a backslash.
///
/// `None` when a quote is not closed.
pub fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => word.push(chars.next()?),
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::{split, with_extra};

    fn words(line: &str) -> Vec<String> {
        split(line).unwrap()
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        assert_eq!(
            words(r#" -var 'a=b c' -var="x=\"y\"" a\ b '' "#),
            ["-var", "a=b c", "-var=x=\"y\"", "a b", ""]
        );
        assert_eq!(split("'open"), None);
        assert_eq!(split("open\\"), None);
    }

    #[test]
    fn extra_words_stand_right_behind_the_command() {
        let extra = |name: &str| match name {
            "TF_CLI_ARGS" => Some("-json".to_owned()),
            "TF_CLI_ARGS_test" => Some("-var a=1".to_owned()),
            _ => None,
        };
        let with = |line| with_extra(words(line), extra);
        assert_eq!(with("-chdir=m test -var a=2"), Ok(words("-chdir=m test -json -var a=1 -var a=2")));
        assert_eq!(with("check"), Ok(words("check -json")));
        assert_eq!(with("-version"), Ok(words("-version")));
        let open = |name: &str| (name == "TF_CLI_ARGS_test").then(|| "-var 'a".to_owned());
        assert_eq!(with_extra(words("test"), open), Err("TF_CLI_ARGS_test".to_owned()));
        assert_eq!(with_extra(words("check"), open), Ok(words("check")));
    }
}
