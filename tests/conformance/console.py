#!/usr/bin/env python3
"""Gives the same expressions to `runblock console` and `terraform console` and counts where the answers agree.

    console.py                              every expression of expressions/, group by group
    console.py --random 7 --count 2000      random expressions with seed 7
    console.py --matrix                     the tables of generate_expressions.py
    console.py FILE…                        the expressions in these files, one per line
    console.py --record console.json        write down what terraform says instead of comparing

Needs `terraform` on the PATH; RUNBLOCK_BIN names the other program, target/debug/runblock by default. An answer is the
exit code and both output streams, to the letter. Only expressions of one line can be asked this way.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile

import generate_expressions
import record_expressions

HERE = pathlib.Path(__file__).resolve().parent
RUNBLOCK = os.environ.get("RUNBLOCK_BIN", str(HERE.parent.parent / "target/debug/runblock"))
WORKERS = os.cpu_count() or 1


def main():
    arguments = parse()
    expressions = list(wanted(arguments))
    with tempfile.TemporaryDirectory() as root:
        folders = queue.Queue()
        for worker in range(WORKERS):
            folders.put(prepare(pathlib.Path(root) / "module", pathlib.Path(root) / str(worker)))
        with concurrent.futures.ThreadPoolExecutor(max_workers=WORKERS) as pool:
            if arguments.record:
                ask = lambda pair: in_folder(folders, lambda folder: answer("terraform", folder, pair[1]))
                write(arguments.record, zip(expressions, pool.map(ask, expressions)))
                return
            dialect = installed(root)
            both = lambda folder, text: (
                answer("terraform", folder, text),
                answer(RUNBLOCK, folder, text, "--dialect", dialect),
            )
            ask = lambda pair: in_folder(folders, lambda folder: both(folder, pair[1]))
            report(zip(expressions, pool.map(ask, expressions)))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--random", type=int, metavar="SEED")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--matrix", action="store_true")
    parser.add_argument("--record", type=pathlib.Path, metavar="FILE")
    return parser.parse_args()


def wanted(arguments):
    """(group, expression) pairs."""
    if arguments.random is not None:
        for text in generate_expressions.random_expressions(arguments.random, arguments.count):
            yield f"seed {arguments.random}", text
    elif arguments.matrix:
        for text in generate_expressions.matrix():
            yield "matrix", text
    elif arguments.files:
        for path in arguments.files:
            for text in path.read_text().splitlines():
                if text.strip() and not text.startswith("#"):
                    yield path.stem, text
    else:
        folders = [HERE / "expressions", HERE / "expressions/scope", HERE / "expressions/console"]
        for group, text in (pair for folder in folders for pair in record_expressions.read_groups(folder)):
            if "\n" not in text:
                yield group, text


def prepare(module, folder):
    """A folder with the names of expressions/scope, ready for terraform."""
    if not module.exists():
        shutil.copytree(HERE / "expressions/scope", module, ignore=shutil.ignore_patterns("*.txt"))
        shutil.copytree(HERE / "expressions/files", module, dirs_exist_ok=True)
        run("terraform", module, ["init", "-input=false"], "")
    shutil.copytree(module, folder)
    return folder


def in_folder(folders, action):
    """Terraform locks the folder that it works in, so each worker takes one of its own."""
    folder = folders.get()
    try:
        return action(folder)
    finally:
        folders.put(folder)


def installed(folder):
    """The rules that terraform's answers follow, as runblock names them."""
    version = json.loads(run("terraform", folder, ["version", "-json"], "").stdout)["terraform_version"]
    return "terraform@" + ".".join(version.split(".")[:2])


def answer(tool, folder, text, *arguments):
    result = run(tool, folder, ["console", "-no-color", *arguments], text + "\n")
    # A panic of terraform itself prints a trace that differs each time.
    error = re.sub(r"(panic: .*)\n(?s:.*)", r"\1", result.stderr.decode())
    return {"code": result.returncode, "stdout": result.stdout.decode(), "stderr": error}


def run(tool, folder, arguments, text):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment |= {"CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    command = [tool, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=text.encode(), capture_output=True)


def write(target, answers):
    cases = [{"group": group, "expr": text, **case} for (group, text), case in answers]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    target.write_text("[\n" + lines + "\n]\n")
    print(f"{target.name}: {len(cases)} answers, {sum(case['code'] != 0 for case in cases)} of them errors")


def report(answers):
    groups = collections.defaultdict(lambda: [0, 0])
    for (group, text), (theirs, ours) in answers:
        groups[group][theirs == ours] += 1
        if theirs != ours:
            print(f"{group}: {text}\n  terraform: {shown(theirs)}\n  runblock:  {shown(ours)}\n", flush=True)
    for group, (disagree, agree) in groups.items():
        print(f"{group:24} {agree:5} agree, {disagree:3} disagree")
    agree, disagree = (sum(counts[side] for counts in groups.values()) for side in (1, 0))
    print(f"{'total':24} {agree:5} agree, {disagree:3} disagree")
    sys.exit(disagree > 0)


def shown(case):
    return f"{case['code']} {case['stdout']}{case['stderr']}".strip().replace("\n", "\n             ")


if __name__ == "__main__":
    main()
