#!/usr/bin/env bash
# Formats every configuration file of some folders with terraform and with
# runblock, and compares the results byte for byte: each file as it is, and in
# MANGLED copies (default 3) whose blank space was changed at random.
#
#     tests/conformance/format.sh CHECKOUT…
#     MANGLED=20 SEED=7 tests/conformance/format.sh tests/workspaces
#
# Needs terraform 1.11.4 on PATH and python3; changes nothing in the folders.
# Ends with 1 when a file differs or nothing was compared.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runblock=${RUNBLOCK_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/runblock}
[ -x "$runblock" ] || { echo "no runblock at $runblock: cargo build, or set RUNBLOCK_BIN" >&2; exit 2; }
command -v terraform >/dev/null || { echo "terraform is not on PATH" >&2; exit 2; }

python3 - "$(realpath "$runblock")" "${MANGLED:-3}" "${SEED:-0}" "$@" <<'PYTHON'
import os, pathlib, random, re, subprocess, sys, tempfile, time

runblock, copies, seed, *folders = sys.argv[1:]
KINDS = (".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl")
environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}

OPERATOR = re.compile(r"[=!<>&|+*/%:.~-]+|[,?()\[\]{}]")


def mangled(text, chance):
    """The text with other blank space between its tokens, the same on every line's inside."""
    out, position, modes, line_start = [], 0, [], True
    blank = lambda: chance.choice(["", "", " ", " ", "  ", "     ", "\t"])
    while position < len(text):
        rest = text[position:]
        if modes and modes[-1][0] == "heredoc":
            line, newline, _ = rest.partition("\n")
            out.append(line + newline)
            position += len(line) + len(newline)
            if line.strip() == modes[-1][1]:
                modes.pop()
                line_start = True
            continue
        if modes and modes[-1][0] == "quoted":
            match = re.match(r"\\.|\$\$\{|%%\{|[$%]\{~?|\"|[^\"\\$%]+|.", rest, re.S)
            word = match[0]
            if word == '"':
                modes.pop()
            elif re.fullmatch(r"[$%]\{~?", word):
                modes.append(["sequence", 0])
            out.append(word)
            position += len(word)
            continue
        if match := re.match(r"[ \t]+", rest):
            position += len(match[0])
            after = text[position : position + 1]
            end = after in ("", "\n", "\r", "#") or text.startswith("//", position)
            out.append(blank() if line_start or end else blank() + chance.choice([" ", " ", "\t"]))
            continue
        starts, line_start = line_start, False
        if match := re.match(r"<<-?(\w+)\r?\n", rest):
            modes.append(["heredoc", match[1]])
            out.append(match[0])
            position += len(match[0])
        elif match := re.match(r"#[^\n]*|//[^\n]*|/\*.*?\*/", rest, re.S):
            out.append(blank() + match[0] if starts else " " + match[0])
            position += len(match[0])
        elif rest[0] == '"':
            modes.append(["quoted"])
            out.append(rest[0])
            position += 1
        elif rest[0] == "\n":
            out.append(chance.choice(["", "", "  "]) + "\n" if not rest.startswith("\r") else rest[0])
            position += 1
            line_start = True
        elif modes and modes[-1][0] == "sequence" and rest[0] in "{}" or rest.startswith("~}"):
            word = "~}" if rest.startswith("~}") else rest[0]
            position += len(word)
            if word == "{":
                modes[-1][1] += 1
            elif modes and modes[-1][0] == "sequence" and modes[-1][1]:
                modes[-1][1] -= 1
            elif modes:
                modes.pop()
            out.append(word)
        elif match := OPERATOR.match(rest):
            # A minus inside of a name is part of it; blank space around any other one changes nothing.
            word = match[0]
            position += len(word)
            glued = word in (".", "::") or "-" in word or "." in word
            out.append(word if glued else blank() + word + blank())
        else:
            match = re.match(r"[\w-]+|.", rest, re.S)
            out.append((blank() if starts else "") + match[0])
            position += len(match[0])
    return "".join(out)


def formatted(tool, texts):
    """What the tool makes of the files of a folder, which files it refuses, and how long it takes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            pathlib.Path(folder, name).write_bytes(text)
        started = time.monotonic()
        run = subprocess.run([tool, "fmt", "-no-color", "-list=false", folder], capture_output=True, env=environment)
        took = time.monotonic() - started
        results = {name: pathlib.Path(folder, name).read_bytes() for name in texts}
    refused = set(re.findall(r"(\d+-\d+\.[a-z.]+) line", run.stderr.decode(errors="replace").replace("\n", "")))
    return results, refused & set(texts), took


texts, sources = {}, {}
chance = random.Random(int(seed))
files = [p for f in folders for p in sorted(pathlib.Path(f).rglob("*")) if p.is_file() and p.name.endswith(KINDS)]
for number, path in enumerate(files):
    kind = next(kind for kind in KINDS if path.name.endswith(kind))
    original = path.read_bytes()
    for copy in range(int(copies) + 1):
        name = f"{number}-{copy}{kind}"
        sources[name] = path
        try:
            texts[name] = mangled(original.decode(), chance).encode() if copy else original
        except UnicodeDecodeError:
            texts[name] = original

theirs, they_refuse, their_time = formatted("terraform", texts)
ours, we_refuse, our_time = formatted(runblock, texts)
differ = [name for name in texts if theirs[name] != ours[name] or (name in they_refuse) != (name in we_refuse)]
changed = sum(theirs[name] != texts[name] for name in texts)
size = sum(map(len, texts.values()))
for name in differ[:10]:
    print(f"{sources[name]} (copy {name.split('.')[0].split('-')[1]}) differs")
    pairs = zip(theirs[name].splitlines(), ours[name].splitlines())
    line = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if line:
        print(f"  terraform {line[0]!r}\n  runblock  {line[1]!r}")
print(
    f"{len(files)} files in {len(texts)} forms, {size / 1e6:.1f} MB: {len(texts) - len(differ)} agree, {len(differ)} differ;"
    f" {changed} were changed, {len(they_refuse)} refused; terraform {their_time:.2f} s, runblock {our_time:.2f} s"
)
sys.exit(0 if texts and not differ else 1)
PYTHON
