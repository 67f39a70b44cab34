#!/usr/bin/env python3
"""Records what terraform says of the mistakes in `mistakes/*.txt`, into `mistakes.json`. `src/mistakes.rs` describes the form.

    record_mistakes.py            # needs terraform 1.11.4 on PATH
    record_mistakes.py --check    # writes nothing, names the cases that terraform answers otherwise than recorded

A case that `terraform validate` has nothing against is run with `terraform test` where it has test files. What it says of the
corrected files has to be nothing at all; the program ends with an error where it says something.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RECORDING = HERE / "mistakes.json"
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}


def cases():
    for path in sorted((HERE / "mistakes").glob("*.txt")):
        for case in path.read_text(encoding="utf-8").split("\n=== ")[1:]:
            title, _, rest = (case + "\n").partition("\n")
            wrong, _, corrected = rest.partition("--- corrected\n")
            lines = wrong.splitlines(keepends=True)
            if lines and lines[0].startswith("dialect: "):
                continue
            while lines and lines[0].startswith(("ours: ", "theirs: ")):
                del lines[0]
            wrong = files("".join(lines))
            yield f"{path.stem}/{title}", wrong, wrong | files(corrected)


def files(text):
    """The files of a text; what stands before the first `//- /path` is `main.tf`."""
    found, path = {}, "main.tf"
    for line in text.splitlines(keepends=True):
        if line.startswith("//- /"):
            path = line[len("//- /"):].strip()
            found[path] = ""
        else:
            found[path] = found.get(path, "") + line
    return found


def terraform(folder, *arguments):
    command = ["terraform", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False).stdout


def write(folder, texts):
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def place(found):
    start, end = found["start"], found["end"]
    return f"{found['filename']}:{start['line']}:{start['column']}-{end['line']}:{end['column']}"


def said(folder, has_tests):
    found = json.loads(terraform(folder, "validate", "-json"))["diagnostics"]
    if has_tests and not any(one["severity"] == "error" for one in found):
        events = [json.loads(line) for line in terraform(folder, "test", "-json").splitlines()]
        found = found + [event["diagnostic"] for event in events if "diagnostic" in event]
    lines = []
    for one in found:
        where = one.get("range")
        line = f"{one['severity']} {place(where) if where else '-'} {one['summary']}"
        line += f": {one['detail']}" if one["detail"] else ""
        if line not in lines:
            lines.append(line)
    return sorted(lines)


def record(case):
    name, wrong, corrected = case
    has_tests = any(".tftest." in path for path in wrong)
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        # The corrected files can be installed, which what is wrong may keep terraform from.
        write(folder, corrected)
        terraform(folder, "init", "-backend=false", "-input=false")
        clean = said(folder, has_tests)
        for path in corrected:
            (folder / path).unlink()
        write(folder, wrong)
        return name, said(folder, has_tests), clean


def main():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        recorded = list(pool.map(record, cases()))
    for name, _, clean in recorded:
        for line in clean:
            print(f"{name}: of the corrected files: {line}", file=sys.stderr)
    answers = {name: found for name, found, _ in recorded}
    failed = any(clean for _, _, clean in recorded)
    if "--check" in sys.argv[1:]:
        before = json.loads(RECORDING.read_text(encoding="utf-8"))
        for name in sorted(before.keys() | answers.keys()):
            if before.get(name) != answers.get(name):
                print(f"{name} is answered otherwise than recorded")
                failed = True
    else:
        text = json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True)
        RECORDING.write_text(text + "\n", encoding="utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
