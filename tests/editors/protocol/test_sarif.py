"""What `runblock check --format sarif` writes is what the published schema of SARIF 2.1.0 describes.

`pydantic-sarif` is made from that schema: it refuses properties that are not in it, and values of other types.
"""

import json
import os
import subprocess

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

WRONG = """variables {
  other = 1
}

run "é𝒳" {
  comand = plan
  assert {
    condition     = output.greetin == "日本"
    error_message = "No."
  }
}

run "é𝒳" {
}
"""


def checked(folder, *arguments):
    command = [os.environ["RUNBLOCK_BIN"], "check", "--format", "sarif", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    document = json.loads(done.stdout)
    Sarif.model_validate(document)
    return done.returncode, document["runs"][0]


def test_findings(root):
    (root / "tests" / "wrong.tftest.hcl").write_text(WRONG, encoding="utf-8")
    status, run = checked(root)
    assert status == 1
    assert {it["level"] for it in run["results"]} == {"error", "note"}
    assert any(it.get("fixes") for it in run["results"])
    places = [it["locations"][0]["physicalLocation"] for it in run["results"] if it.get("locations")]
    assert {"tests/wrong.tftest.hcl"} <= {it["artifactLocation"]["uri"] for it in places}


def test_nothing_found(root):
    status, run = checked(root)
    assert (status, run["results"]) == (0, [])


def test_text_that_cannot_be_read(root):
    (root / "tests" / "a b%.tftest.json").write_bytes(b'{"run": \xff')
    status, run = checked(root)
    assert (status, len(run["results"]) > 0) == (1, True)


def test_schema_refuses_what_is_not_in_it(root):
    with pytest.raises(ValueError):
        Sarif.model_validate({"version": "2.1.0", "runs": [{"tool": {"driver": {"nme": "x"}}}]})
