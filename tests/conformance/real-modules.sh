#!/usr/bin/env bash
# Runs runblock on checkouts of public modules and compares the verdict of every
# run with the one that terraform 1.11.4 gave, recorded in real-modules.json.
#
#     tests/conformance/real-modules.sh CHECKOUT…
#
# Fetches nothing. A checkout is recognised by the last part of its folder name,
# for example `terraform-null-cidrsum` or `mxk+terraform-null-cidrsum`; its commit
# should be the one in real-modules.json. Runs every recorded root of class i (no
# provider); REAL_MODULE_CLASSES="i ii" widens that. Runs that differ are named,
# and at the end stands a table of the modules. Ends with 1 when a verdict differs
# or nothing was compared.
#
# A module whose tests mock nothing may plan with the provider `coder`, which the
# program `served` of this crate has: cargo build -p runblock -p runblock-conformance.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
programs=${CARGO_TARGET_DIR:-$here/../../target}/debug
runblock=${RUNBLOCK_BIN:-$programs/runblock}
served=$programs/served
for program in "$runblock" "$served"; do
  [ -x "$program" ] || {
    echo "no program at $program: cargo build -p runblock -p runblock-conformance" >&2
    exit 2
  }
done

python3 - "$here" "$(realpath "$runblock")" "$(realpath "$served")" "$@" <<'PYTHON'
import json, os, pathlib, subprocess, sys

here, runblock, served = pathlib.Path(sys.argv[1]), *sys.argv[2:4]
checkouts = [pathlib.Path(a).resolve() for a in sys.argv[4:]]
recorded = json.loads((here / "real-modules.json").read_text())
classes = set(os.environ.get("REAL_MODULE_CLASSES", "i").split())
table = []

for checkout in checkouts:
    repository = next((r for r in recorded["repositories"] if checkout.name.endswith(r.split("/")[1])), None)
    if repository is None:
        print(f"{checkout.name}: not in real-modules.json")
        continue
    head = subprocess.run(["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True)
    wanted = recorded["repositories"][repository]["commit"]
    if (checkout / ".git").exists() and head.stdout.strip() != wanted:
        print(f"{repository}: checked out at {head.stdout.strip()[:12]}, recorded at {wanted[:12]}")
    for key, root in recorded["roots"].items():
        if not key.startswith(repository + "/") or not classes & set(root["class"]):
            continue
        folder = checkout / key[len(repository) + 1 :].split(" ")[0]
        tests = [*folder.glob("*.tftest.hcl"), *(folder / (root["test_directory"] or "tests")).glob("*.tftest.hcl")]
        mocks = any("mock_provider" in test.read_text() for test in tests)
        command = [runblock if mocks else served, "test", "--json", "--dialect", "terraform@1.11"]
        if root["test_directory"]:
            command += ["--test-directory", root["test_directory"]]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        ours = {}
        for line in result.stdout.splitlines():
            event = json.loads(line)
            run = event.get("test_run")
            if run and run.get("progress") == "complete":
                ours[f"{run['path']}::{run['run']}"] = run.get("status")
        pairs = [(run, root["runs"].get(run, "-"), ours.get(run, "-")) for run in dict.fromkeys([*root["runs"], *ours])]
        for run, recorded_status, status in pairs:
            if recorded_status != status:
                print(f"{key}: {run}: recorded {recorded_status}, here {status}")
        table.append((key, len(pairs), sum(theirs == status for _, theirs, status in pairs)))

width = max((len(key) for key, _, _ in table), default=0)
print(f"\n{'module':{width}}  runs  equal")
for key, runs, equal in sorted(table):
    print(f"{key:{width}}  {runs:4}  {equal:5}{'' if runs == equal else '  differs'}")
total, agree = (sum(row[column] for row in table) for column in (1, 2))
print(f"{'':{width}}  {total:4}  {agree:5}")
print("every run is equal" if total and agree == total else "not every run is equal")
sys.exit(0 if total and agree == total else 1)
PYTHON
