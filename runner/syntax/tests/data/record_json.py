#!/usr/bin/env python3
"""Records what terraform says about faulty JSON, into recorded_json.json.

Each text of `texts.json.txt`, written as a JSON string on a line of its own, is a `main.tf.json` for `terraform validate
-json`. Only faults of the text count: what the decoder says about the values comes after them and is left out, but for
the root's type.
"""
import json, os, pathlib, subprocess, tempfile

here = pathlib.Path(__file__).parent
environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}
SCHEMA = {
    "Incorrect JSON value type", "Extraneous JSON object property", "Missing block label", "Missing required argument",
    "Duplicate argument", "Duplicate attribute definition", "Duplicate local value definition",
    "Invalid local value name",
}


def validate(text):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "main.tf.json").write_text(text, newline="")
        result = subprocess.run(["terraform", "validate", "-json"], cwd=folder, env=environment, capture_output=True)
    found = [d for d in json.loads(result.stdout)["diagnostics"] if d["summary"] not in SCHEMA]
    return [
        {
            "summary": d["summary"],
            "detail": d["detail"],
            "start": d["range"]["start"]["byte"],
            "end": d["range"]["end"]["byte"],
        }
        for d in found
    ]


texts = [json.loads(line) for line in (here / "texts.json.txt").read_text().splitlines()]
rows = [json.dumps({"text": text, "diagnostics": validate(text)}, ensure_ascii=False) for text in texts]
(here / "recorded_json.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
