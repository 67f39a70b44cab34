#!/usr/bin/env python3
"""Records what terraform 1.11.4 makes of the bodies of resources: runner/config/tests/it/bodies.json.

    record_bodies.py            record every case of oracle/cases/*.txt again
    record_bodies.py --check    write nothing, name the cases that are recorded otherwise

The resources are those of a provider that runs in this process (oracle/provider.py), with the schemas of
`oracle/schemas.json`. A file of `oracle/cases` holds the cases of one group in the form of `suites/*.txt`: a line
`=== NAME` begins a case, `//- /PATH` a file of it. The groups and what is kept of each case:

    validate       `terraform validate`:        {"files", "said": [diagnostic…]}
    plan           `terraform plan`:            {"files", "said", "configs": {type: [what the provider gets…]}}
    propose        /before/main.tf is applied, then /main.tf planned:
                                                {"type", "prior", "config", "proposed"}
    invalid        the same, if there is a /before/main.tf, and the provider plans the object of /planned.json:
                                                {"type", "prior", "config", "planned", "said": [text…]}
    inconsistent   /main.tf is applied, and the provider says that /applied.json came of it:
                                                {"type", "planned", "actual", "said"}

In the last three, one resource is looked at, the first that is planned. The object in `planned.json` or `applied.json`
has to name only what is there: arguments that are left out are null, computed ones of the resource itself unknown, and
there are no blocks. `"<unknown>"` is an unknown value. Of several wrong parts of an object that is the value of an
argument, Terraform names any, so a case has one wrong part in each.

Needs terraform 1.11.4 on PATH, python3, and the packages grpcio and msgpack. Nothing is installed and no registry asked.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "oracle"))
from provider import SOURCE, Provider, is_open  # noqa: E402
from wire import UNKNOWN  # noqa: E402

TARGET = HERE.parent.parent / "runner/config/tests/it/bodies.json"
DOCUMENT = json.loads((HERE / "oracle/schemas.json").read_text())
SCHEMAS = DOCUMENT["provider_schemas"][SOURCE]
# The cases have no such block, because whoever replays them has the one provider only.
REQUIREMENT = 'terraform {\n  required_providers {\n    oracle = { source = "example/oracle" }\n  }\n}\n'


def main():
    groups = {"validate": validate, "plan": plan, "propose": propose, "invalid": invalid, "inconsistent": inconsistent}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pending = {}
        for group, how in groups.items():
            pending[group] = [pool.submit(record_one, how, *case) for case in read_cases(group)]
        recorded = {group: [case.result() for case in cases] for group, cases in pending.items()}
    for group, cases in recorded.items():
        print(f"{group}: {len(cases)} cases")
    recorded["schemas"] = DOCUMENT
    if "--check" in sys.argv[1:]:
        known = json.loads(TARGET.read_text())
        old, new = ([(group, case) for group in groups for case in those[group]] for those in (known, recorded))
        changed = [pair for pair in old if pair not in new] + [pair for pair in new if pair not in old]
        differ = sorted({f"{group}/{case['name']}" for group, case in changed})
        print(f"{len(differ)} of them are recorded otherwise", *differ, sep="\n")
        sys.exit(bool(differ))
    TARGET.write_text(json.dumps(recorded, indent=1, sort_keys=True, ensure_ascii=False))


def read_cases(group):
    """Yields (name, files)."""
    text = (HERE / f"oracle/cases/{group}.txt").read_text()
    for case in re.split(r"^=== ", text, flags=re.M)[1:]:
        name, *parts = re.split(r"^//- /(.*)\n", case, flags=re.M)
        yield name.strip(), dict(zip(parts[::2], parts[1::2]))


def record_one(how, name, files):
    with tempfile.TemporaryDirectory() as folder, Provider(SCHEMAS, f"{folder}/provider.sock") as provider:
        try:
            return {"name": name, **how(Module(pathlib.Path(folder), provider), files)}
        except Exception as error:
            raise SystemExit(f"{name}: {error}") from error


def validate(module, files):
    module.write(files)
    found = json.loads(module.terraform("validate", "-json"))["diagnostics"]
    return {"files": files, "said": said(found)}


def plan(module, files):
    module.write(files)
    found = module.diagnostics("plan")
    configs = {}
    for request in module.requests("plan"):
        configs.setdefault(request["type"], []).append(request["config"])
    for known in configs.values():
        known.sort(key=lambda config: json.dumps(config, sort_keys=True))
    return {"files": files, "said": said(found), "configs": configs}


def propose(module, files):
    module.apply_before(files)
    module.diagnostics("plan")
    return chosen(module.requests("plan"), "type", "prior", "config", "proposed")


def invalid(module, files):
    module.apply_before(files)
    planned = module.provider.planned = answer(files, "planned.json")
    found = module.diagnostics("plan")
    return {**chosen(module.requests("plan"), "type", "prior", "config"), "planned": planned, "said": texts(found)}


def inconsistent(module, files):
    module.apply_before(files)
    actual = module.provider.applied = answer(files, "applied.json")
    found = module.diagnostics("apply", "-auto-approve")
    return {**chosen(module.requests("apply"), "type", "planned"), "actual": actual, "said": texts(found)}


class Module:
    """A folder in which terraform runs with the provider."""

    def __init__(self, folder, provider):
        self.folder = folder
        self.provider = provider
        (folder / "requirement.tf").write_text(REQUIREMENT)

    def write(self, files):
        for path, content in files.items():
            (self.folder / path).write_text(content)
        self.terraform("init", "-input=false")

    def apply_before(self, files):
        """Applies what was there before, if anything was, and writes what is there now."""
        if "before/main.tf" in files:
            self.write({"main.tf": files["before/main.tf"]})
            errors = self.diagnostics("apply", "-auto-approve")
            if errors:
                raise ValueError(f"what was there before cannot be applied: {errors}")
            self.provider.requests.clear()
        self.write({"main.tf": files["main.tf"]})

    def diagnostics(self, *command):
        events = map(json.loads, self.terraform(*command, "-json", "-input=false").splitlines())
        return [event["diagnostic"] for event in events if event["type"] == "diagnostic"]

    def requests(self, call):
        return [request for request in self.provider.requests if request["call"] == call]

    def terraform(self, *arguments):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
        # The settings of whoever records may say where providers come from.
        environment |= {"CHECKPOINT_DISABLE": "1", "NO_COLOR": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        environment |= self.provider.environment()
        command = ["terraform", *arguments]
        result = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, check=False)
        return result.stdout.decode()


def chosen(requests, *parts):
    if not requests:
        raise ValueError("terraform has not asked the provider")
    return {part: requests[0][part] for part in parts}


def said(diagnostics):
    """What is said, once each and in an order that does not depend on who was first."""
    found = sorted(map(digest, diagnostics), key=lambda it: (it["place"], it["summary"], it["detail"]))
    return [one for index, one in enumerate(found) if one not in found[:index]]


def digest(diagnostic):
    kept = {key: diagnostic[key] for key in ("severity", "summary", "detail")}
    kept["place"] = place(diagnostic.get("range"))
    values = (diagnostic.get("snippet") or {}).get("values")
    if values:
        kept["operands"] = [f"{value['traversal']} {value['statement']}" for value in values]
    return kept


def place(found):
    if not found:
        return ""
    start, end = found["start"], found["end"]
    line = f"{end['line']}," if end["line"] != start["line"] else ""
    return f"{found['filename']}:{start['line']},{start['column']}-{line}{end['column']}"


def texts(diagnostics):
    return sorted(f"{diagnostic['summary']}: {diagnostic['detail']}" for diagnostic in diagnostics)


def answer(files, path):
    """The object that the provider is to answer, with everything that the file leaves out."""
    kind = re.search(r'^resource "(\w+)"', files["main.tf"], re.M)[1]
    given, block = json.loads(files[path]), SCHEMAS["resource_schemas"][kind]["block"]
    if not isinstance(given, dict):
        return given
    computed = {name: UNKNOWN for name, one in block["attributes"].items() if one.get("computed")}
    return completed({**computed, **given}, block)


def completed(given, block):
    """A body, in which null stands for every argument that is left out, and nothing for every block."""
    if not isinstance(given, dict):
        return given
    value = {}
    for name, attribute in block.get("attributes", {}).items():
        value[name], body = given.get(name), attribute.get("nested_type")
        if body:
            value[name] = completed_parts(value[name], body["nesting_mode"], body)
    for name, nested in block.get("block_types", {}).items():
        nesting, body = nested["nesting_mode"], nested.get("block", {})
        value[name] = completed_parts(given[name], nesting, body) if name in given else none(nesting, body)
    return value


def completed_parts(given, nesting, body):
    if is_open(body):
        return given
    if isinstance(given, list):
        return [completed(part, body) for part in given]
    if isinstance(given, dict) and nesting == "map":
        return {key: completed(part, body) for key, part in given.items()}
    return completed(given, body)


def none(nesting, body):
    """The value of a type of blocks of which there are none."""
    if nesting in ("single", "group"):
        return None if nesting == "single" else completed({}, body)
    if is_open(body):
        return ['["tuple",[]]', []] if nesting == "list" else ['["object",{}]', {}]
    return {} if nesting == "map" else []


if __name__ == "__main__":
    main()
