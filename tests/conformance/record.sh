#!/usr/bin/env bash
# Records what terraform says
# * about every workspace, into workspaces.json,
# * about every suite of suites/*.txt, into suites.json,
# * about the cases of cases.json in the `-json` form, into cases_json.json.
#
# In suites/*.txt a line `=== NAME` begins a suite, an optional line `args: …` gives
# arguments, `//- /PATH` begins a file, and a ␍ anywhere gives all
# files of the suite CRLF line ends.
#
#     tests/conformance/record.sh                   # everything
#     tests/conformance/record.sh planning order    # suites/planning.txt and suites/order.txt, the rest stays as it is
#     tests/conformance/record.sh --check [NAME…]   # writes nothing, names the suites that answer otherwise than recorded
#     tests/conformance/record.sh --into FILE [NAME…]   # these suites alone, into another file than suites.json
#
# Needs terraform 1.11.4 on PATH and python3. Each workspace is copied to a
# temporary folder, initialised, and run twice: `test -no-color`, `test -no-color -json`.
# A suite has a folder for each of the two, because its provisioners may write files.
# Timestamps are left out and elapsed times set to 0, because they differ each time. A report in JUnit's form that a suite
# writes is recorded with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v terraform >/dev/null || { echo "terraform is not on PATH" >&2; exit 2; }

python3 - "$here" "$@" <<'PYTHON'
import concurrent.futures, json, os, pathlib, re, shutil, subprocess, sys, tempfile

here = pathlib.Path(sys.argv[1])
chosen = [argument for argument in sys.argv[2:] if argument != "--check"]
check = "--check" in sys.argv[2:]
into = None
if "--into" in chosen:
    at = chosen.index("--into")
    if at + 1 == len(chosen):
        sys.exit("--into needs a file")
    into = pathlib.Path(chosen[at + 1]).resolve()
    del chosen[at:at + 2]
environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}


def terraform(folder, *arguments):
    result = subprocess.run(["terraform", *arguments], cwd=folder, env=environment, capture_output=True)
    # Decoded here, because text mode would turn every CR into a line end.
    result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
    return result


def timeless(line):
    event = json.loads(line)
    event.pop("@timestamp", None)
    if "elapsed" in event.get("test_run", {}):
        event["test_run"]["elapsed"] = 0
    return json.dumps(event, ensure_ascii=False)


def position(p):
    return f"{p['line']}:{p['column']}"


def digest(events):
    """Verdict per run and, for every diagnostic, where it is and what it is called."""
    runs, diagnostics = {}, []
    for event in events:
        if event["type"] == "test_run" and event["test_run"]["progress"] == "complete":
            runs[event["test_run"]["path"] + "::" + event["test_run"]["run"]] = event["test_run"]["status"]
        if event["type"] == "diagnostic":
            found = event["diagnostic"]
            entry = {"severity": found["severity"], "summary": found["summary"]}
            if "range" in found:
                r = found["range"]
                entry["range"] = f"{r['filename']}:{position(r['start'])}-{position(r['end'])}"
            diagnostics.append(entry)
    return runs, diagnostics


def read_suites(path):
    """Yields (name, arguments, files)."""
    for block in re.split(r"^=== ", path.read_text(), flags=re.M)[1:]:
        head, *parts = re.split(r"^//- /(.*)\n", block, flags=re.M)
        name, _, arguments = head.strip().partition("\nargs: ")
        files = dict(zip(parts[::2], parts[1::2]))
        if any("␍" in text for text in files.values()):
            files = {path: text.replace("␍", "").replace("\n", "\r\n") for path, text in files.items()}
        yield name, arguments.split(), files


def record(files, arguments):
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as other:
        folder, again = pathlib.Path(temporary), pathlib.Path(other)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, newline="")
        # A suite that brings the list of its installed modules has nothing to install.
        if not any(path.startswith(".terraform/") for path in files):
            terraform(folder, "init", "-input=false")
        shutil.copytree(folder, again, dirs_exist_ok=True)
        outputs = []
        for where, form in (folder, ["-no-color"]), (again, ["-no-color", "-json"]):
            result = terraform(where, "test", *form, *arguments)
            stdout = result.stdout
            if "-json" in form and stdout.startswith("{"):
                stdout = "".join(timeless(line) + "\n" for line in stdout.splitlines())
            outputs.append({"code": result.returncode, "stdout": stdout, "stderr": result.stderr})
        report = [argument.removeprefix("-junit-xml=") for argument in arguments if argument.startswith("-junit-xml=")]
        written = [(folder / path).read_text() for path in report if (folder / path).is_file()]
    entry = {"files": files, "args": arguments, "human": outputs[0], "json": outputs[1]}
    return entry | {"junit": unhurried(written[0])} if written else entry


def unhurried(report):
    """A report in JUnit's form without its times, which differ each time."""
    return re.sub(r'timestamp="[^"]*"', 'timestamp="TS"', re.sub(r' time="[0-9.e-]+"', ' time="T"', report))


def steady(entry):
    """What a suite says, without what differs each time: ids, keys of deposed objects, the order of a cycle's members,
    of a plan's relevant attributes, and of diagnostics in JSON."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", json.dumps(entry, ensure_ascii=False))
    text = re.sub(r'(deposed object |deposed[a-z_\\]*": \\?")[0-9a-f]{8}', r"\1<key>", text)
    text = re.sub(r'Cycle: ([^\\"]*)', lambda found: "Cycle: " + ", ".join(sorted(found[1].split(", "))), text)
    entry = json.loads(text)
    lines, group = [], []
    for line in entry["json"]["stdout"].splitlines() + [""]:
        if '"type": "diagnostic"' in line:
            group.append(line)
        elif '"progress": "running"' not in line:
            event = json.loads(line) if line.startswith("{") else {}
            event.get("test_plan", {}).get("relevant_attributes", []).sort(key=str)
            lines += sorted(group) + [json.dumps(event) if event else line]
            group = []
    entry["json"]["stdout"] = lines
    return entry


def record_suites(recorded):
    """The suites of the chosen files anew, and those of the others as they are recorded."""
    suites = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in sorted((here / "suites").glob("*.txt")):
            if chosen and path.stem not in chosen:
                suites |= {name: entry for name, entry in recorded.items() if name.startswith(path.stem + "/")}
                continue
            for name, arguments, files in read_suites(path):
                suites[f"{path.stem}/{name}"] = pool.submit(record, files, arguments)
    return {name: entry if isinstance(entry, dict) else entry.result() for name, entry in suites.items()}


def write(name, content):
    text = json.dumps({"terraform": version, **content}, indent=1, ensure_ascii=False)
    (here / name).write_text(text + "\n")


version = json.loads(terraform(".", "version", "-json").stdout)["terraform_version"]
for name in chosen:
    if not (here / "suites" / f"{name}.txt").is_file():
        sys.exit(f"there is no suites/{name}.txt")
recorded = json.loads((here / "suites.json").read_text())["suites"]
suites = record_suites(recorded)
if check:
    differ = [name for name in suites.keys() | recorded.keys()
              if name not in suites or name not in recorded or steady(suites[name]) != steady(recorded[name])]
    print(f"{len(suites)} suites, of which {len(differ)} answer otherwise than recorded", *sorted(differ), sep="\n")
    sys.exit(bool(differ))
if into:
    write(into, {"suites": {name: suite for name, suite in suites.items()
                            if not chosen or name.split("/")[0] in chosen}})
    sys.exit()
write("suites.json", {"suites": suites})
print(f"{len(suites)} suites")
if chosen:
    sys.exit()

workspaces = {}
for source in sorted(p for p in (here.parent / "workspaces").iterdir() if p.is_dir()):
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / source.name
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".terraform*"))
        init = terraform(folder, "init", "-input=false")
        if init.returncode != 0:
            sys.exit(f"{source.name}: init fails\n{init.stderr}")
        human = terraform(folder, "test", "-no-color")
        machine = terraform(folder, "test", "-no-color", "-json")
    events = [timeless(line) for line in machine.stdout.splitlines()]
    runs, diagnostics = digest(map(json.loads, events))
    workspaces[source.name] = {
        "code": human.returncode,
        "runs": runs,
        "diagnostics": diagnostics,
        "human": {"code": human.returncode, "stdout": human.stdout, "stderr": human.stderr},
        "json": {"code": machine.returncode, "stdout": "\n".join(events) + "\n", "stderr": machine.stderr},
    }
    print(f"{source.name}: {len(runs)} runs, exit code {human.returncode}")

cases = {}
for name, case in json.loads((here / "cases.json").read_text())["cases"].items():
    if case["provider"] or "-no-color" not in case["args"]:
        continue
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for path, content in case["files"].items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        terraform(folder, "init", "-input=false")
        environment |= case["env"]
        arguments = ["-json" if argument == "-no-color" else argument for argument in case["args"]]
        machine = terraform(folder, "test", *arguments)
        for variable in case["env"]:
            del environment[variable]
    if machine.returncode != case["code"]:
        sys.exit(f"{name}: exit code {machine.returncode}, recorded {case['code']}")
    cases[name] = {
        "code": machine.returncode,
        "stdout": "".join(timeless(line) + "\n" for line in machine.stdout.splitlines()),
        "stderr": machine.stderr,
    }
print(f"{len(cases)} cases")


write("workspaces.json", {"workspaces": workspaces})
write("cases_json.json", {"cases": cases})
PYTHON
