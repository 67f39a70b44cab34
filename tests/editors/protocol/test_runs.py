"""Tests that are run from the editor, by nothing but the protocol's own means."""

import asyncio

from conftest import TESTS
from lsprotocol import types
from pygls.exceptions import JsonRpcException

FILE = "tests/main.tftest.hcl"
SLOW = """variables {
  name = "bob"
}
run "never_ends" {
  command = plan
  assert {
    condition     = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a + b + c]]]) == length(output.greeting)
    error_message = "There are as many."
  }
}
"""


async def lenses(editor, address):
    params = types.CodeLensParams(types.TextDocumentIdentifier(address))
    return await editor.ask(editor.client.text_document_code_lens_async(params))


def execute(editor, command):
    params = types.ExecuteCommandParams(command.command, command.arguments)
    return editor.client.workspace_execute_command_async(params)


async def test_a_lens_runs_its_block_and_shows_how_it_went(editor):
    failing = TESTS.replace("length(var.name) > 0", "length(var.name) > 99")
    file = editor.open(FILE, failing)
    found = await lenses(editor, file)
    second = next(it for it in found if editor.slice(file, it.range).startswith('run "second"') or "second" in str(it.command.arguments))
    result = await editor.ask(execute(editor, second.command))
    assert (result["status"] if isinstance(result, dict) else result.status) == "fail"
    found = await editor.diagnostics(file, lambda found: any("日本" in it.message for it in found))
    assert "length(var.name)" in editor.slice(file, found[0].range)
    titles = [it.command.title for it in await lenses(editor, file)]
    assert any("✗" in title for title in titles), titles
    refreshes = editor.declares("workspace.code_lens.refresh_support")
    if refreshes:
        await editor.until(lambda: len(editor.refreshed) > 0)
    # Progress is shown only where the client has said that it shows it, and then has an end.
    shown = editor.client.progress_reports
    assert bool(shown) == bool(editor.declares("window.work_done_progress"))
    for reports in shown.values():
        assert isinstance(reports[0], types.WorkDoneProgressBegin)
        assert isinstance(reports[-1], types.WorkDoneProgressEnd)
    # What is typed makes the verdict stale.
    editor.replace(file, TESTS)
    await editor.diagnostics(file, lambda found: len(found) == 0)


async def test_a_run_is_cancelled_from_its_progress(editor):
    file = editor.open(FILE, SLOW)
    lens = next(it for it in await lenses(editor, file) if "never_ends" in str(it.command.arguments))
    params = types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    params.work_done_token = "mine"
    running = asyncio.ensure_future(editor.client.workspace_execute_command_async(params))
    await asyncio.sleep(0.5)
    assert not running.done()
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams("mine"))
    result = await editor.ask(running)
    assert (result["status"] if isinstance(result, dict) else result.status) != "pass"
    assert await lenses(editor, file)


async def test_commands_that_are_none_are_refused(editor):
    editor.open(FILE)
    for command, arguments in [("no.such.command", []), ("runblock.run", []), ("runblock.run", [{"uri": "file:///no/such"}])]:
        try:
            await editor.ask(editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command, arguments)))
        except JsonRpcException as refusal:
            assert refusal.code == -32602
        else:
            raise AssertionError(f"{command} was not refused")
