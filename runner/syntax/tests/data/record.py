#!/usr/bin/env python3
"""Record what terraform says about the syntax of each text in snippets.json, into recorded.json.

Needs `terraform` (1.11.4 made the committed file) on PATH. Each text becomes one file of a module, and
`terraform validate -json` reports on all of them at once; what it says about arguments and blocks it does not know is
left out. Offsets are bytes. Terraform shows an empty range one byte wide.
"""
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
NOT_SYNTAX = {"Unsupported argument", "Unsupported block type"}


def main():
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
    cases = [{"text": text, "diagnostics": said} for text, said in zip(texts, found)]
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / "recorded.json").write_text(f"[\n{lines}\n]\n")


main()
