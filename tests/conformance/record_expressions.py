#!/usr/bin/env python3
"""Records what terraform 1.11.4 says about every expression in expressions/*.txt.

    record_expressions.py              record what is not recorded yet
    record_expressions.py --all        record everything again
    record_expressions.py --list       print the expressions, run nothing

Input: `expressions/<group>.txt`, one expression per line. Lines that begin with
`#` and empty lines are skipped; an expression of several lines stands between a
line `<<<` and a line `>>>`. The files that `file` and `templatefile` read are in
`expressions/files/`, which is the working directory.

Output: `expressions.json`, a list in input order of

    {"group", "expr", "console", "json", "type"}
    {"group", "expr", "error": {"summary", "detail", "range", …}, "more": [error…]}

`console` is the text that `terraform console` prints for the value, `json` the
text of `jsonencode` (left out where it cannot be encoded), `type` the text of
the console's `type()`. Errors come from `terraform validate -json` (`plan -json`
for expressions with a scope) on `x = <expr>` inside a `locals` block, with ranges moved so that the expression
begins at line 1, column 1, byte 0. `values` and `function_call` of an error are
what the tool shows below the snippet.

Groups under `expressions/scope/` see the names that `expressions/scope/main.tf`
declares, most of them unknown; they are recorded to `expressions_in_scope.json`,
where `json` is left out as soon as any part of the value is unknown.
"""

import base64
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPRESSIONS = HERE / "expressions"
PREFIX = "locals {\n  x = "


def main():
    arguments = sys.argv[1:]
    if "--list" in arguments:
        for _, expression in read_groups(EXPRESSIONS):
            print(expression)
        return
    again = "--all" in arguments
    record(EXPRESSIONS, HERE / "expressions.json", None, again)
    scope = EXPRESSIONS / "scope"
    if scope.is_dir():
        record(scope, HERE / "expressions_in_scope.json", scope, again)


def record(folder, target, scope, again):
    known = {}
    if target.exists() and not again:
        known = {case["expr"]: case for case in json.loads(target.read_text())}
    wanted = list(read_groups(folder))
    missing = [pair for pair in wanted if pair[1] not in known]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for case in pool.map(lambda pair: record_one(*pair, scope), missing):
            known[case["expr"]] = case
    cases = [{**known[expression], "group": group} for group, expression in wanted]
    lines = ",\n".join(json.dumps(ordered(case), ensure_ascii=False) for case in cases)
    target.write_text("[\n" + lines + "\n]\n")
    errors = sum("error" in case for case in cases)
    print(f"{target.name}: {len(cases)} expressions, {errors} of them errors, {len(missing)} recorded now")


def ordered(case):
    keys = ["group", "expr", "console", "json", "type", "error", "more"]
    return {key: case[key] for key in keys if key in case}


def read_groups(folder):
    """Yields (group, expression) once per expression, in file order."""
    seen = set()
    for path in sorted(folder.glob("*.txt")):
        block = None
        for line in path.read_text().split("\n"):
            if block is not None:
                if line == ">>>":
                    expression, block = "\n".join(block), None
                else:
                    block.append(line)
                    continue
            elif line == "<<<":
                block = []
                continue
            elif not line.strip() or line.startswith("#"):
                continue
            else:
                expression = line
            if expression not in seen:
                seen.add(expression)
                yield path.stem, expression


def record_one(group, expression, scope):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(EXPRESSIONS / "files", folder, dirs_exist_ok=True)
        if scope:
            for source in scope.iterdir():
                if source.is_dir():
                    shutil.copytree(source, folder / source.name)
                elif source.suffix == ".tf":
                    shutil.copy(source, folder)
            terraform(folder, "init", "-input=false")
        (folder / "expression.tf").write_text(PREFIX + expression + "\n}\n")
        case = {"group": group, "expr": expression}
        errors = [error_of(d) for d in diagnostics(folder, scope) if d["severity"] == "error"]
        if errors:
            case["error"] = errors[0]
            if errors[1:]:
                case["more"] = errors[1:]
            return case
        value = console(folder, "local.x")
        if value.returncode != 0 or "\x1b" in value.stdout:
            raise SystemExit(f"an error in the console only: {expression}\n{value.stdout}{value.stderr}")
        case["console"] = value.stdout[:-1]
        case["type"] = console(folder, "type(local.x)").stdout.strip()
        encoded = console(folder, "base64encode(nonsensitive(jsonencode(local.x)))")
        text = encoded.stdout.strip()
        if encoded.returncode == 0 and text.startswith('"'):
            case["json"] = base64.b64decode(text.strip('"')).decode()
        return case


def diagnostics(folder, scope):
    """All that the tool says; only a plan tells the types of the unknown names."""
    if not scope:
        return json.loads(terraform(folder, "validate", "-json").stdout)["diagnostics"]
    events = map(json.loads, terraform(folder, "plan", "-json", "-input=false").stdout.splitlines())
    return [event["diagnostic"] for event in events if event["type"] == "diagnostic"]


def error_of(diagnostic):
    # The trace below a panic of the tool itself differs each time.
    detail = re.sub(r"\ngoroutine \d+ \[running\]:.*", ".", diagnostic["detail"], flags=re.S)
    error = {"summary": diagnostic["summary"], "detail": detail}
    # The tool gives some errors an empty place in a file without a name.
    if diagnostic.get("range", {}).get("filename"):
        error["range"] = {side: moved(diagnostic["range"][side]) for side in ("start", "end")}
    snippet = diagnostic.get("snippet") or {}
    if snippet.get("values"):
        error["values"] = snippet["values"]
    if snippet.get("function_call"):
        error["function_call"] = snippet["function_call"]
    return error


def moved(position):
    """The position as it would be if the file held the expression only."""
    line = position["line"] - PREFIX.count("\n")
    first = len(PREFIX) - PREFIX.rindex("\n") - 1
    column = position["column"] - (first if line == 1 else 0)
    return {"line": line, "column": column, "byte": position["byte"] - len(PREFIX)}


def console(folder, line):
    return terraform(folder, "console", stdin=line + "\n")


def terraform(folder, *arguments, stdin=""):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment |= {"CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    command = ["terraform", *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, input=stdin.encode(), capture_output=True)
    # Decoded here, because text mode would turn every CR into a line end.
    result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
    return result


if __name__ == "__main__":
    main()
