#!/usr/bin/env python3
"""Records anew what `terraform` says about every case of it/validate.json (needs terraform 1.11.4 on PATH).

A case whose name begins with `test:` and that validates is run with `terraform test`; the others are validated. The
lists `only_terraform` and `only_ours` are kept as they are: they are written by hand.
"""

import json
import os
import subprocess
import sys
import tempfile

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "it", "validate.json")


def terraform(directory, *args):
    return subprocess.run(["terraform", *args], cwd=directory, capture_output=True, text=True, check=False).stdout


def place(found):
    start, end = found["start"], found["end"]
    line = f"{end['line']}," if end["line"] != start["line"] else ""
    return f"{found['filename']}:{start['line']},{start['column']}-{line}{end['column']}"


def record(case):
    with tempfile.TemporaryDirectory() as directory:
        for path, text in case["files"].items():
            target = os.path.join(directory, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "w", encoding="utf-8") as file:
                file.write(text)
        terraform(directory, "init", "-input=false", "-no-color")
        found = json.loads(terraform(directory, "validate", "-json"))["diagnostics"]
        if case["name"].startswith("test:") and not any(one["severity"] == "error" for one in found):
            lines = terraform(directory, "test", "-json").splitlines()
            found = [json.loads(line)["diagnostic"] for line in lines if '"type":"diagnostic"' in line]
    diagnostics = []
    for one in found:
        where = one.get("range")
        # Follow-up errors about the empty name have an empty place; nobody could look there.
        if where and not where["filename"]:
            continue
        line = {key: one[key] for key in ("severity", "summary", "detail")}
        if where:
            line["place"] = place(where)
        if line not in diagnostics:
            diagnostics.append(line)
    return diagnostics


def main():
    with open(PATH, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        case["diagnostics"] = record(case)
        print(case["name"], len(case["diagnostics"]), file=sys.stderr)
    with open(PATH, "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1, ensure_ascii=False, sort_keys=True)
        file.write("\n")


main()
