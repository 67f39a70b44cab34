#!/usr/bin/env bash
# Runs runblock on checkouts of public modules and compares the verdict of every
# run with the one that terraform 1.11.4 gave, recorded in real-modules.json.
#
#     tests/conformance/real-modules.sh CHECKOUT…
#
# Fetches nothing. A checkout is recognised by the last part of its folder name,
# for example `terraform-null-cidrsum` or `mxk+terraform-null-cidrsum`; its commit
# should be the one in real-modules.json. Runs every recorded root of class i (no
# provider); REAL_MODULE_CLASSES="i ii" widens that. Ends with 1 when a verdict
# differs or nothing was compared.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runblock=${RUNBLOCK_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/runblock}
[ -x "$runblock" ] || { echo "no runblock at $runblock: cargo build, or set RUNBLOCK_BIN" >&2; exit 2; }
runblock=$(realpath "$runblock")

python3 - "$here" "$runblock" "$@" <<'PYTHON'
import json, os, pathlib, subprocess, sys

here, runblock, checkouts = pathlib.Path(sys.argv[1]), sys.argv[2], [pathlib.Path(a).resolve() for a in sys.argv[3:]]
recorded = json.loads((here / "real-modules.json").read_text())
classes = set(os.environ.get("REAL_MODULE_CLASSES", "i").split())
agree = total = 0

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
        command = [runblock, "test", "--json", "--dialect", "terraform@1.11"]
        if root["test_directory"]:
            command += ["--test-directory", root["test_directory"]]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        ours = {}
        for line in result.stdout.splitlines():
            event = json.loads(line)
            run = event.get("test_run")
            if run and run.get("progress") == "complete":
                ours[f"{run['path']}::{run['run']}"] = run.get("status")
        print(f"{key}: exit code {result.returncode}, recorded suite status {root['summary']['status']}")
        for run in dict.fromkeys([*root["runs"], *ours]):
            pair = root["runs"].get(run, "-"), ours.get(run, "-")
            total += 1
            agree += pair[0] == pair[1]
            print(f"  {'=' if pair[0] == pair[1] else '≠'} {pair[0]:7} {pair[1]:7} {run}")

print(f"\n{agree} of {total} runs agree")
sys.exit(0 if total and agree == total else 1)
PYTHON
