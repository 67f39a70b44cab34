#!/usr/bin/env python3
"""Records what `terraform test` says of mocks of a provider whose schemas have everything: mocks.json.

    record_mocks.py            record every suite of oracle/cases/mocks.txt again
    record_mocks.py --check    write nothing, name the suites that answer otherwise than recorded

The suites have the form of `suites/*.txt`, and the provider is the one that record_bodies.py says more of: it runs in this
process. Terraform takes the schemas from it and asks it nothing else that matters here. Whoever replays the suites finds
the schemas in the module, where runblock looks for them.

Needs terraform 1.11.4 on PATH, python3, and the packages grpcio and msgpack.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from record_bodies import DOCUMENT, HERE, REQUIREMENT, SCHEMAS, Provider

TARGET = HERE / "mocks.json"


def main():
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pending = {name: pool.submit(record, files, arguments) for name, arguments, files in read_suites()}
        suites = {name: suite.result() for name, suite in pending.items()}
    print(f"{len(suites)} suites")
    if "--check" in sys.argv[1:]:
        known = json.loads(TARGET.read_text())["suites"]
        differ = sorted(name for name in known.keys() | suites.keys() if known.get(name) != suites.get(name))
        print(f"{len(differ)} of them answer otherwise than recorded", *differ, sep="\n")
        sys.exit(bool(differ))
    recorded = {"schemas": DOCUMENT, "suites": suites}
    TARGET.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


def read_suites():
    """Yields (name, arguments, files)."""
    text = (HERE / "oracle/cases/mocks.txt").read_text()
    for suite in re.split(r"^=== ", text, flags=re.M)[1:]:
        head, *parts = re.split(r"^//- /(.*)\n", suite, flags=re.M)
        name, _, arguments = head.strip().partition("\nargs: ")
        files = dict(zip(parts[::2], parts[1::2]))
        yield name, arguments.split(), files | {"requirement.tf": REQUIREMENT}


def record(files, arguments):
    with tempfile.TemporaryDirectory() as folder, Provider(SCHEMAS, f"{folder}/provider.sock") as provider:
        module = pathlib.Path(folder) / "module"
        for path, content in files.items():
            (module / path).parent.mkdir(parents=True, exist_ok=True)
            (module / path).write_text(content)

        def terraform(*words):
            environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
            environment |= {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull} | provider.environment()
            result = subprocess.run(["terraform", *words], cwd=module, env=environment, capture_output=True, check=False)
            return {"code": result.returncode, "stdout": result.stdout.decode(), "stderr": result.stderr.decode()}

        terraform("init", "-input=false")
        human = terraform("test", "-no-color", *arguments)
        machine = terraform("test", "-no-color", "-json", *arguments)
        machine["stdout"] = "".join(timeless(line) + "\n" for line in machine["stdout"].splitlines())
        return {"files": files, "args": arguments, "human": human, "json": machine}


def timeless(line):
    event = json.loads(line)
    event.pop("@timestamp", None)
    if "elapsed" in event.get("test_run", {}):
        event["test_run"]["elapsed"] = 0
    return json.dumps(event, ensure_ascii=False)


if __name__ == "__main__":
    main()
