#!/usr/bin/env python3
"""Records what terraform 1.11.4 makes of every text in format/inputs.json and of generated ones.

    record_format.py               write format.json
    record_format.py --compare N   format N generated texts, from a seed on, with runblock as well; write nothing

Output: `format.json`, a list of

    {"group", "input", "output"}     the formatted text, left out where it is the input
    {"group", "input", "refused"}    a text with syntax errors, which is left alone

The group `kept` is where runblock does on purpose not what terraform does, because terraform loses something there.

All texts are files of one folder that is formatted by one process. Needs terraform on PATH; `--compare` needs the
binary at RUNBLOCK_BIN or in target/debug.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "format"))
from generate import generated  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
GENERATED = 400
# Longer ones say little more than shorter ones.
LONGEST = 600


def main():
    if "--compare" in sys.argv:
        compare(int(sys.argv[sys.argv.index("--compare") + 1]), int(os.environ.get("SEED", "0")))
        return
    groups = json.loads((HERE / "format/inputs.json").read_text())
    cases = [(group, text) for group, texts in groups.items() for text in texts]
    cases += [("generated", text) for text in chosen()]
    results = formatted("terraform", [text for _, text in cases])
    recorded = []
    for (group, text), (output, refused) in zip(cases, results):
        case = {"group": group, "input": text}
        if refused:
            case["refused"] = True
        elif output != text:
            case["output"] = output
        recorded.append(case)
    lines = ",\n".join(json.dumps(case) for case in recorded)
    (HERE / "format.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(recorded)} texts, {sum('refused' in case for case in recorded)} refused")


def chosen():
    """Generated texts that terraform does not turn into ones with syntax errors."""
    texts = [text for text in map(generated, range(GENERATED * 3)) if 0 < len(text) <= LONGEST]
    first = formatted("terraform", texts)
    second = formatted("terraform", [output for output, _ in first])
    sound = [before == after for (_, before), (_, after) in zip(first, second)]
    return [text for text, sound in zip(texts, sound) if sound][:GENERATED]


def compare(count, first):
    runblock = os.environ.get("RUNBLOCK_BIN", str(HERE.parent.parent / "target/debug/runblock"))
    texts = sorted((generated(seed) for seed in range(first, first + count)), key=len)
    pairs = list(zip(texts, formatted("terraform", texts), formatted(runblock, texts)))
    differ = [(text, theirs, ours) for text, theirs, ours in pairs if theirs != ours]
    for text, theirs, ours in differ[:10]:
        print(f"input     {text!r}\nterraform {theirs}\nrunblock  {ours}\n")
    print(f"{count} texts, {sum(refused for _, (_, refused), _ in pairs)} refused, {len(differ)} differ")


def formatted(tool, texts):
    """For every text, the formatted one and whether it was refused."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, f"{index:06}.tf") for index in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_bytes(text.encode())
        command = [tool, "fmt", "-no-color", "-list=false", folder]
        run = subprocess.run(command, capture_output=True, env=environment, check=False)
        # Long lines are folded at any place.
        refused = set(re.findall(r"(\d{6})\.tf line", run.stderr.decode().replace("\n", "")))
        refused |= set(re.findall(r"(\d{6})\.tf line", run.stderr.decode().replace("\n", " ")))
        return [(path.read_bytes().decode(), path.stem in refused) for path in paths]


if __name__ == "__main__":
    main()
