//! Functions that read files, work on paths, or evaluate templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256, Sha512};

use super::args::{ANY, BOOL, STRING, arg, text};
use super::encoding::{encode, hex};
use super::paths::{basename, clean, dirname};
use super::{Call, FileError, Function, FunctionError, Param, ParamType, Returns, Since};
use crate::quote;
use crate::{Marks, Type, Value};

const PATH: Param =
    Param::new("path", STRING, "A path; a relative one counts from the working directory.").marked().sticky();
const PLAIN_PATH: Param = Param::new("path", STRING, "A path.");
const VARS: Param = Param::new("vars", ANY, "A map or an object: the names that the template can use.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "abspath",
        "Returns the absolute form of a path.",
        r#"abspath("main.tf") # "/home/user/project/main.tf""#,
        &[PLAIN_PATH],
        Returns::Type(STRING),
        |args, _, call| Ok(call.files.absolute(&clean(text(args, 0))).into()),
    ),
    Function::new(
        "basename",
        "Returns the last part of a path.",
        r#"basename("modules/vpc/main.tf") # "main.tf""#,
        &[PLAIN_PATH],
        Returns::Type(STRING),
        |args, _, _| Ok(basename(text(args, 0)).into()),
    ),
    Function::new(
        "dirname",
        "Returns a path without its last part.",
        r#"dirname("modules/vpc/main.tf") # "modules/vpc""#,
        &[PLAIN_PATH],
        Returns::Type(STRING),
        |args, _, _| Ok(dirname(text(args, 0)).into()),
    ),
    Function::new(
        "file",
        "Returns the text of a file, which must be valid UTF-8.",
        r#"file("hello.txt") # "Hello, world!\n""#,
        &[PATH],
        Returns::Type(STRING),
        |args, _, call| {
            let (path, marks) = path_of(args);
            Ok(Value::from(read_text(&path, marks, call)?).with_marks(marks))
        },
    ),
    Function::new(
        "filebase64",
        "Returns the bytes of a file, in Base64.",
        r#"filebase64("hello.txt") # "SGVsbG8sIHdvcmxkIQo=""#,
        &[PATH],
        Returns::Type(STRING),
        |args, _, call| {
            let (path, marks) = path_of(args);
            let bytes = read(&path, marks, call)?;
            Ok(encode(&bytes, call.limits)?.with_marks(marks))
        },
    ),
    digest(
        "filebase64sha256",
        "Returns the SHA-256 digest of a file, in Base64.",
        r#"filebase64sha256("empty.txt") # "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=""#,
        |args, _, call| hashed(args, call, |bytes, call| encode(&Sha256::digest(bytes), call.limits)),
    ),
    digest(
        "filebase64sha512",
        "Returns the SHA-512 digest of a file, in Base64.",
        r#"filebase64sha512("empty.txt") # "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==""#,
        |args, _, call| hashed(args, call, |bytes, call| encode(&Sha512::digest(bytes), call.limits)),
    ),
    Function::new(
        "fileexists",
        "Tells whether a file exists.",
        r#"fileexists("hello.txt") # true"#,
        &[PATH],
        Returns::Type(BOOL),
        |args, _, call| {
            let (path, marks) = path_of(args);
            let expanded = expand_to_open(&path, call)?;
            let exists = call.files.is_file(&expanded).map_err(|error| match error {
                FileError::Directory => {
                    FunctionError::call(format!("{} is a directory, not a file", shown(&clean(&path), marks)))
                }
                _ => FunctionError::call(format!("{} is not a regular file", shown(&clean(&path), marks))),
            })?;
            Ok(Value::from(exists).with_marks(marks))
        },
    ),
    digest(
        "filemd5",
        "Returns the MD5 digest of a file, in hexadecimal.",
        r#"filemd5("empty.txt") # "d41d8cd98f00b204e9800998ecf8427e""#,
        |args, _, call| hashed(args, call, |bytes, _| Ok(hex(&md5::Md5::digest(bytes)).into())),
    ),
    Function::new(
        "fileset",
        "Returns the paths of the files below a directory that match a pattern with `*`, `?`, `**`, `[…]` and `{a,b}`.",
        r#"fileset(".", "*.txt") # ["empty.txt", "hello.txt"]"#,
        &[
            Param::new("path", STRING, "The directory in which to search.").marked().sticky(),
            Param::new("pattern", STRING, "The pattern, relative to the directory.").marked().sticky(),
        ],
        Returns::Type(ParamType::Set(&STRING)),
        file_set,
    ),
    digest(
        "filesha1",
        "Returns the SHA-1 digest of a file, in hexadecimal.",
        r#"filesha1("empty.txt") # "da39a3ee5e6b4b0d3255bfef95601890afd80709""#,
        |args, _, call| hashed(args, call, |bytes, _| Ok(hex(&sha1::Sha1::digest(bytes)).into())),
    ),
    digest(
        "filesha256",
        "Returns the SHA-256 digest of a file, in hexadecimal.",
        r#"filesha256("empty.txt") # "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#,
        |args, _, call| hashed(args, call, |bytes, _| Ok(hex(&Sha256::digest(bytes)).into())),
    ),
    digest(
        "filesha512",
        "Returns the SHA-512 digest of a file, in hexadecimal.",
        r#"filesha512("empty.txt") # "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e""#,
        |args, _, call| hashed(args, call, |bytes, _| Ok(hex(&Sha512::digest(bytes)).into())),
    ),
    Function::new(
        "pathexpand",
        "Replaces a leading `~` by the home directory.",
        r#"pathexpand("~/.ssh") # "/home/user/.ssh""#,
        &[PLAIN_PATH],
        Returns::Type(STRING),
        |args, _, call| Ok(expand(text(args, 0), call).map_err(FunctionError::call)?.into()),
    ),
    Function::new(
        "templatefile",
        "Reads a file and evaluates it as a template.",
        r#"templatefile("letter.tftpl", { name = "Ann" }) # "…""#,
        &[PATH, VARS],
        Returns::Result,
        template_file,
    )
    .nullable_result(),
    Function::new(
        "templatestring",
        "Evaluates a string as a template.",
        r#"templatestring(local.greeting, { name = "Ann" }) # "Hello, Ann!""#,
        &[Param::new("template", STRING, "The template: a reference to a value, not a literal."), VARS],
        Returns::Type(STRING),
        |args, _, call| {
            let vars = template_vars(arg(args, 1))?;
            call.templates.eval_template("<templatestring argument>", text(args, 0), vars)
        },
    )
    .since(Since::new((1, 9), (1, 7))),
];

const fn digest(
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    body: super::signature::Body,
) -> Function {
    Function::new(name, doc, example, &[PATH], Returns::Type(STRING), body)
}

fn hashed(
    args: &[Value],
    call: &mut Call<'_>,
    hash: fn(&[u8], &Call<'_>) -> Result<Value, FunctionError>,
) -> Result<Value, FunctionError> {
    let (path, marks) = path_of(args);
    let opened = expand_to_open(&path, call)?;
    if call.files.is_file(&opened) == Ok(false) {
        return Err(FunctionError::call(format!("open {opened}: no such file or directory")));
    }
    let bytes = read(&path, marks, call)?;
    Ok(hash(&bytes, call)?.with_marks(marks))
}

/// The first argument as it is given, and its marks.
fn path_of(args: &[Value]) -> (String, Marks) {
    let (path, marks) = arg(args, 0).unmark();
    (path.as_str().unwrap_or_default().to_owned(), marks)
}

fn shown(path: &str, marks: Marks) -> String {
    if marks.is_sensitive() { "(sensitive value)".to_owned() } else { quote(path) }
}

/// The path with a leading `~` replaced; `~name` is refused.
fn expand(path: &str, call: &Call<'_>) -> Result<String, &'static str> {
    let Some(rest) = path.strip_prefix('~') else { return Ok(path.to_owned()) };
    if !(rest.is_empty() || rest.starts_with(['/', '\\'])) {
        return Err("cannot expand user-specific home dir");
    }
    Ok(match call.files.home() {
        Some(home) => clean(&format!("{home}/{rest}")),
        None => path.to_owned(),
    })
}

/// As [`expand`] and clean, for the functions that then open the file.
fn expand_to_open(path: &str, call: &Call<'_>) -> Result<String, FunctionError> {
    let expanded = expand(path, call);
    let reason = |reason| FunctionError::argument(0, format!("failed to expand ~: {reason}"));
    expanded.map(|path| clean(&path)).map_err(reason)
}

fn read(path: &str, marks: Marks, call: &Call<'_>) -> Result<Vec<u8>, FunctionError> {
    let opened = expand_to_open(path, call)?;
    let message = match call.files.read(&opened) {
        Ok(bytes) => {
            call.limits.check_string(bytes.len())?;
            return Ok(bytes);
        }
        Err(FileError::NotFound) => format!(
            "no file exists at {}; this function works only with files that are distributed as part of the \
             configuration source code, so if this file will be created by a resource in this configuration you must \
             instead obtain this result from an attribute of that resource",
            shown(path, marks)
        ),
        Err(FileError::Directory) => format!("failed to read file: read {opened}: is a directory"),
        Err(FileError::NotRegular) => format!("failed to read file: {opened}: not a regular file"),
        Err(FileError::Other(reason)) => format!("open {opened}: {reason}"),
    };
    Err(FunctionError::argument(0, message))
}

fn read_text(path: &str, marks: Marks, call: &Call<'_>) -> Result<String, FunctionError> {
    String::from_utf8(read(path, marks, call)?).map_err(|_| {
        FunctionError::call(format!(
            "contents of {} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or \
             the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead",
            shown(path, marks)
        ))
    })
}

fn template_file(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (path, marks) = path_of(args);
    let template = read_text(&path, marks, call)?;
    let vars = template_vars(arg(args, 1))?;
    Ok(call.templates.eval_template(&path, &template, vars)?.with_marks(marks))
}

fn template_vars(vars: &Value) -> Result<BTreeMap<Arc<str>, Value>, FunctionError> {
    let Some(vars) = vars.as_map() else {
        return Err(FunctionError::argument(1, "invalid vars value: must be a map"));
    };
    for name in vars.keys() {
        if !crate::ty::is_identifier(name) {
            return Err(FunctionError::argument(
                1,
                format!(
                    "invalid template variable name {}: must start with a letter, followed by zero or more letters, \
                     digits, and underscores",
                    quote(name)
                ),
            ));
        }
    }
    Ok(vars.clone())
}

fn file_set(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (path, path_marks) = path_of(args);
    let (pattern, pattern_marks) = arg(args, 1).unmark();
    let path = expand_to_open(&path, call)?;
    let pattern = clean(pattern.as_str().unwrap_or_default());
    let found = super::glob::find(call.files, &path, &pattern, call.limits)?;
    let found = found.into_iter().map(Value::from).collect();
    Ok(Value::set(Type::String, found).with_marks(path_marks | pattern_marks))
}
