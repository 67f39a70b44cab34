#!/usr/bin/env python3
"""Records what terraform's base64gzip makes of the texts in gzip.txt.

Each line is a recipe, then ` = `, then the SHA-256 of base64gzip(text). A recipe is a list of parts:

    text:"abc":3      that text, three times
    letters:K:S:N     N characters, each one of the first K printable ones, from seed S
    words:S:N         N words with a space behind each
    again:N           everything so far, N times

The same recipes are followed in `gzip/tests.rs`.
"""

import hashlib
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def random(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield seed >> 33


def letters(count, seed, length):
    numbers = random(seed)
    # From `a` on, and round again to the space before it.
    return "".join(chr(32 + (65 + next(numbers) % count) % 95) for _ in range(length))


def text_of(recipe):
    text = ""
    for part in recipe.split(" "):
        kind, *fields = part.split(":")
        if kind == "text":
            text += json.loads(":".join(fields[:-1])) * int(fields[-1])
        elif kind == "letters":
            text += letters(*map(int, fields))
        elif kind == "words":
            seed, count = map(int, fields)
            words = [letters(12, seed + index, 2 + index % 8) for index in range(400)]
            numbers = random(seed)
            text += "".join(words[next(numbers) % 400] + " " for _ in range(count))
        elif kind == "again":
            text *= int(fields[0])
    return text


def main():
    table = HERE / "gzip.txt"
    recipes = [line.split(" = ")[0] for line in table.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        for index, recipe in enumerate(recipes):
            (pathlib.Path(folder) / f"{index}.txt").write_text(text_of(recipe), newline="")
        calls = ", ".join(f'sha256(base64gzip(file("{index}.txt")))' for index in range(len(recipes)))
        console = subprocess.run(
            ["terraform", "console"], cwd=folder, input=f"[{calls}]\n", capture_output=True, text=True, check=True
        )
    answers = [line.strip().strip('",') for line in console.stdout.splitlines() if line.startswith("  ")]
    assert len(answers) == len(recipes), console.stderr
    table.write_text("".join(f"{recipe} = {answer}\n" for recipe, answer in zip(recipes, answers)))


if __name__ == "__main__":
    main()
