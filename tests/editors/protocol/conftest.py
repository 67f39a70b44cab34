"""What every test starts from: a folder of files of its own, and an editor that was greeted in it."""

import pytest
import pytest_asyncio

from editor import EDITORS, Editor, greeting

MODULE = """variable "name" {
  description = "Who is **greeted**."
  type        = string
}

locals {
  greeting = "hello ${var.name}"
}

output "greeting" {
  value = local.greeting
}

resource "terraform_data" "card" {
  input = local.greeting
}
"""

# Characters of one, two, three and four bytes stand before what is asked about.
TESTS = """# A test.
# 日本語
variables {
  name = "bob" # 👋🏽
}

run "first" {
  command = plan
}

run "second" {
  variables {
    name = "é𝒳日👋🏽 ${run.first.greeting}"
  }
  assert {
    condition     = "👋🏽日" != output.greeting && length(var.name) > 0
    error_message = "日本 ${var.name}"
  }
}
"""


@pytest.fixture
def root(tmp_path):
    """A module and its tests, in a folder whose name needs escaping."""
    folder = tmp_path / "a b+c"
    (folder / "tests").mkdir(parents=True)
    (folder / "setup").mkdir()
    (folder / "setup" / "main.tf").write_text('output "made" {\n  value = 1\n}\n')
    (folder / "main.tf").write_text(MODULE, encoding="utf-8")
    (folder / "tests" / "main.tftest.hcl").write_text(TESTS, encoding="utf-8")
    return folder


@pytest_asyncio.fixture(params=EDITORS)
async def editor(request, root):
    """Each of the eight editors in turn. Its session ends well, whatever the test did."""
    editor = await Editor(root).start(greeting(request.param, root))
    yield editor
    assert await editor.stop() == 0


@pytest_asyncio.fixture
async def edit_as(root):
    """An editor by its name, with its greeting changed by the test."""
    started = []

    async def start(name, change=lambda params: None):
        params = greeting(name, root)
        change(params)
        editor = await Editor(root).start(params)
        started.append(editor)
        return editor

    yield start
    for editor in started:
        assert await editor.stop() == 0
