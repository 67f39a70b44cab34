"""Greeting, text that is typed, and what is published about it."""

import asyncio

import pytest
from conftest import MODULE, TESTS
from lsprotocol import types

FILE = "tests/main.tftest.hcl"


async def test_the_greeting_is_answered_in_the_clients_terms(editor):
    server = editor.server.capabilities
    offered = editor.declares("general.position_encodings", ()) or ()
    assert server.position_encoding in {*offered, types.PositionEncodingKind.Utf16}
    assert editor.server.server_info.name == "runblock"
    sync = server.text_document_sync
    assert sync.open_close and sync.change == types.TextDocumentSyncKind.Incremental
    # A client that cannot ask first is not told to.
    prepares = getattr(server.rename_provider, "prepare_provider", False)
    assert bool(prepares) == bool(editor.declares("text_document.rename.prepare_support"))
    types_known = editor.declares("text_document.semantic_tokens.token_types", ())
    if types_known:
        legend = server.semantic_tokens_provider.legend
        assert set(legend.token_types) <= set(types_known)
        assert set(legend.token_modifiers) <= set(editor.declares("text_document.semantic_tokens.token_modifiers"))


async def test_files_are_watched_only_by_clients_that_offer_it(editor):
    editor.open(FILE)
    await editor.diagnostics(editor.uri(FILE))
    await editor.settled()
    methods = [it.method for params in editor.registered for it in params.registrations]
    dynamic = editor.declares("workspace.did_change_watched_files.dynamic_registration")
    assert methods == (["workspace/didChangeWatchedFiles"] if dynamic else [])


async def test_diagnostics_follow_typing_and_go_with_the_document(editor):
    file = editor.open(FILE)
    assert await editor.diagnostics(file) == ()
    # Wrong characters behind wide ones: the place is right in the agreed units.
    at = TESTS.index("output.greeting")
    editor.type(file, at, at + len("output.greeting"), "output.greting")
    found = await editor.diagnostics(file, lambda found: len(found) > 0)
    assert [editor.slice(file, it.range) for it in found] == ["output.greting"]
    assert found[0].source == "runblock" and found[0].severity == types.DiagnosticSeverity.Error
    assert editor.published[-1].version == editor.versions[file]
    editor.type(file, at + len("output.gre"), at + len("output.gre"), "e")
    assert await editor.diagnostics(file, lambda found: len(found) == 0) == ()
    editor.replace(file, "run {")
    await editor.diagnostics(file, lambda found: len(found) > 0)
    editor.close(file)
    await editor.until(lambda: editor.published[-1].diagnostics == ())


async def test_diagnostics_say_no_more_than_the_client_takes(editor):
    text = TESTS + 'variables {\n  name = "again"\n  unused = 1\n}\n'
    file = editor.open(FILE, text.replace("variables {\n  name = \"again\"", "variables {\n  other = 1", 1))
    editor.replace(file, TESTS.replace('name = "bob"', 'name = "bob"\n  unused = 1') + '\nrun "second" {\n}\n')
    found = await editor.diagnostics(file, lambda found: len(found) > 1)
    unused = next(it for it in found if it.code == "unused-variable")
    twice = next(it for it in found if it.severity == types.DiagnosticSeverity.Error)
    takes = lambda name: editor.declares(f"text_document.publish_diagnostics.{name}")
    assert (unused.code_description is not None) == bool(takes("code_description_support"))
    tags = takes("tag_support")
    assert (unused.tags is not None) == bool(tags and types.DiagnosticTag.Unnecessary in tags.value_set)
    assert (twice.related_information is not None) == bool(takes("related_information"))
    if unused.code_description:
        assert unused.code_description.href.startswith("https://")


async def test_an_unsaved_module_counts(editor):
    file = editor.open(FILE)
    assert await editor.diagnostics(file) == ()
    module = editor.open("main.tf", language="terraform")
    editor.replace(module, MODULE.replace('output "greeting"', 'output "salute"'))
    found = await editor.diagnostics(file, lambda found: len(found) == 2)
    assert [editor.slice(file, it.range) for it in found] == [".greeting", "output.greeting"]
    editor.close(module)
    await editor.diagnostics(file, lambda found: len(found) == 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_columns_are_right_behind_wide_characters(edit_as, encoding):
    def only(params):
        params["capabilities"].setdefault("general", {})["positionEncodings"] = [encoding]

    editor = await edit_as("vscode-1.100.3", only)
    assert editor.encoding == encoding
    file = editor.open(FILE)
    for needle, word in [("run.first.greeting", "greeting"), ("output.greeting", "greeting"), ("length(", "length")]:
        add = needle.index(word) + 1
        hover = await editor.ask(editor.client.text_document_hover_async(types.HoverParams(**editor.at(file, needle, add))))
        assert editor.slice(file, hover.range).endswith(word), needle
    # A place behind a line's end is its end.
    line = TESTS.split("\n").index('  name = "bob" # 👋🏽')
    span = types.Range(types.Position(line, 9999), types.Position(line, 99999))
    params = types.DidChangeTextDocumentParams(
        types.VersionedTextDocumentIdentifier(version=2, uri=file),
        [types.TextDocumentContentChangePartial(range=span, text="\n")],
    )
    editor.client.text_document_did_change(params)
    editor.texts[file], editor.versions[file] = TESTS.replace("👋🏽\n", "👋🏽\n\n", 1), 2
    editor.type(file, 0, 0, "#\n")
    hover = await editor.ask(editor.client.text_document_hover_async(types.HoverParams(**editor.at(file, needle, add))))
    assert editor.slice(file, hover.range).endswith(word)


async def test_edits_of_one_message_count_in_each_others_text(editor):
    file = editor.open(FILE, 'run "a" {\n}\n')
    at = lambda line, character: types.Position(line, character)
    changes = [
        types.TextDocumentContentChangePartial(range=types.Range(at(0, 5), at(0, 6)), text="first"),
        types.TextDocumentContentChangePartial(range=types.Range(at(0, 10), at(0, 10)), text="_one"),
        types.TextDocumentContentChangePartial(range=types.Range(at(1, 1), at(2, 0)), text='\n\nrun "b" {\n}\n'),
    ]
    document = types.VersionedTextDocumentIdentifier(version=2, uri=file)
    editor.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))
    document = types.TextDocumentIdentifier(file)
    found = await editor.ask(editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document)))
    assert [it.name for it in found] == ["first_one", "b"]


async def test_a_folder_may_come_and_go(edit_as, tmp_path):
    editor = await edit_as("vscode-1.139.1")
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.tf").write_text('output "farewell" {\n  value = 1\n}\n')
    ask = lambda: editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query="farewell")))
    assert not await ask()
    folder = types.WorkspaceFolder(uri=f"file://{other}", name="other")
    change = lambda added, removed: editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent(added=added, removed=removed))
    )
    change([folder], [])
    assert [it.name for it in await ask()] == ["farewell"]
    change([], [folder])
    assert not await ask()


async def test_changes_on_disk_are_seen_when_the_client_tells(edit_as):
    editor = await edit_as("helix-25.01.1")
    file = editor.open(FILE)
    assert await editor.diagnostics(file) == ()
    (editor.root / "main.tf").write_text(MODULE.replace('output "greeting"', 'output "salute"'))
    await asyncio.sleep(0.05)
    event = types.FileEvent(uri=editor.uri("main.tf"), type=types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await editor.diagnostics(file, lambda found: len(found) == 2)


async def test_changes_on_disk_are_seen_with_the_next_keystroke(edit_as):
    editor = await edit_as("vim-lsp")
    file = editor.open(FILE)
    assert await editor.diagnostics(file) == ()
    (editor.root / "main.tf").write_text(MODULE.replace('output "greeting"', 'output "salute"'))
    editor.type(file, 0, 0, "#")
    await editor.diagnostics(file, lambda found: len(found) == 2)
