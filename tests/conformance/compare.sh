#!/usr/bin/env bash
# Runs terraform and runblock on the same modules and prints both verdicts of
# every run side by side.
#
#     tests/conformance/compare.sh [DIR…]
#     tests/conformance/compare.sh --suites [NAME…]
#     tests/conformance/compare.sh --random SEED [COUNT [--wide|--tests|--trees]]
#
# Takes every workspace of tests/workspaces and every DIR given. RUNBLOCK_BIN
# names the binary, target/debug/runblock by default. Ends with 0 when every
# verdict and every exit code agrees, 1 when one does not, 2 when a tool is missing.
#
# With --suites, takes the suites of suites/NAME.txt, or all of them, in place of
# folders: asks terraform anew, runs runblock as it stands in this checkout, and
# compares exit codes, verdicts, diagnostics and text, in the human form and in JSON.
# With --random, the suites are COUNT random ones of `generate_modules.py`, 50 by default, with --tests of
# `generate_tests.py`, and with --trees of `generate_trees.py`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ "${1:-}" = --suites ] || [ "${1:-}" = --random ]; then
    command -v cargo >/dev/null || { echo "cargo is not on PATH" >&2; exit 2; }
    temporary=$(mktemp -d)
    trap 'rm -rf "$temporary"' EXIT
    answers=$temporary/answers.json
    if [ "$1" = --random ]; then
        case ${4:-} in
            --tests | --trees) made=("$here/generate_${4#--}.py") ;;
            *) made=("$here/generate_modules.py" ${4:+"$4"}) ;;
        esac
        "${made[@]}" --seed "${2:?which seed?}" --count "${3:-50}" >"$temporary/random.txt"
        set -- --suites "$temporary/random.txt"
    fi
    shift
    "$here/record.sh" --into "$answers" "$@"
    cargo run --quiet --manifest-path "$here/Cargo.toml" --bin compare -- "$answers"
    exit
fi
runblock=${RUNBLOCK_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/runblock}
command -v terraform >/dev/null || { echo "terraform is not on PATH" >&2; exit 2; }
[ -x "$runblock" ] || { echo "no runblock at $runblock: cargo build, or set RUNBLOCK_BIN" >&2; exit 2; }
runblock=$(realpath "$runblock")

python3 - "$here" "$runblock" "$@" <<'PYTHON'
import json, os, pathlib, shutil, subprocess, sys, tempfile

here, runblock, extra = pathlib.Path(sys.argv[1]), sys.argv[2], [pathlib.Path(a) for a in sys.argv[3:]]
environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}


def verdicts(folder, *command):
    try:
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return {}, "timeout"
    runs = {}
    for line in result.stdout.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        run = event.get("test_run")
        if run and run.get("progress") == "complete":
            runs[f"{run['path']}::{run['run']}"] = run.get("status")
    return runs, result.returncode


version = subprocess.run(["terraform", "version", "-json"], env=environment, capture_output=True, text=True)
dialect = "terraform@" + json.loads(version.stdout)["terraform_version"]
folders = sorted(p for p in (here.parent / "workspaces").iterdir() if p.is_dir()) + extra
agree = total = codes = 0
for source in folders:
    with tempfile.TemporaryDirectory() as temporary:
        name = source.resolve().name
        folder = pathlib.Path(temporary) / name
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".terraform", ".git"))
        init = subprocess.run(["terraform", "init", "-input=false"], cwd=folder, env=environment, capture_output=True)
        theirs, their_code = verdicts(folder, "terraform", "test", "-json")
        shutil.rmtree(folder / ".terraform", ignore_errors=True)
        ours, our_code = verdicts(folder, runblock, "test", "--json", "--dialect", dialect)
    codes += their_code == our_code
    note = "" if init.returncode == 0 else "  (terraform init fails)"
    print(f"{name}: exit code terraform {their_code}, runblock {our_code}{note}")
    for run in dict.fromkeys([*theirs, *ours]):
        pair = theirs.get(run, "-"), ours.get(run, "-")
        total += 1
        agree += pair[0] == pair[1]
        print(f"  {'=' if pair[0] == pair[1] else '≠'} {pair[0]:7} {pair[1]:7} {run}")

print(f"\n{agree} of {total} runs agree, {codes} of {len(folders)} exit codes agree")
sys.exit(0 if (agree, codes) == (total, len(folders)) else 1)
PYTHON
