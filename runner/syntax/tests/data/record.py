#!/usr/bin/env python3
"""Record what terraform says about syntax. Needs `terraform` (1.11.4 made the committed files) on PATH.

snippets.json -> recorded.json: each text becomes one file of a module, and `terraform validate -json` reports on all
of them at once; what it says about arguments and blocks it does not know is left out. Offsets are bytes. Terraform
shows an empty range one byte wide.

templates.json -> values.json: each template becomes an output of a module that is applied.
"""
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
NOT_SYNTAX = {"Unsupported argument", "Unsupported block type"}


def snippets():
    texts = json.loads((HERE / "snippets.json").read_text())
    found = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as directory:
        for index, text in enumerate(texts):
            (pathlib.Path(directory) / f"c{index}.tf").write_bytes(text.encode())
        run = subprocess.run(["terraform", "validate", "-json"], cwd=directory, capture_output=True, check=False)
        for diagnostic in json.loads(run.stdout)["diagnostics"]:
            if diagnostic["summary"] in NOT_SYNTAX:
                continue
            name = diagnostic["range"]["filename"]
            found[int(name[1:-3])].append({
                "summary": diagnostic["summary"],
                "detail": diagnostic["detail"].replace(name, "main.tf"),
                "start": diagnostic["range"]["start"]["byte"],
                "end": diagnostic["range"]["end"]["byte"],
            })
    write("recorded.json", [{"text": text, "diagnostics": said} for text, said in zip(texts, found)])


def templates():
    texts = json.loads((HERE / "templates.json").read_text())
    with tempfile.TemporaryDirectory() as directory:
        outputs = "".join(f'output "o{index}" {{\n value = {text}\n}}\n' for index, text in enumerate(texts))
        (pathlib.Path(directory) / "main.tf").write_bytes(outputs.encode())
        subprocess.run(["terraform", "apply", "-auto-approve"], cwd=directory, capture_output=True, check=True)
        run = subprocess.run(["terraform", "output", "-json"], cwd=directory, capture_output=True, check=True)
    values = json.loads(run.stdout)
    write("values.json", [{"text": text, "value": values[f"o{index}"]["value"]} for index, text in enumerate(texts)])


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / name).write_text(f"[\n{lines}\n]\n")


snippets()
templates()
