"""Where documents are: spellings of addresses, documents on no disk, links."""

import pytest
from conftest import MODULE, TESTS
from lsprotocol import types

FILE = "tests/main.tftest.hcl"


def symbols(editor, address):
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(address))
    return editor.ask(editor.client.text_document_document_symbol_async(params))


@pytest.mark.parametrize(
    "address",
    [
        "untitled:Untitled-1",
        "untitled:/home/new%20one.tftest.hcl",
        "git:/w/main.tftest.hcl?%7B%22ref%22%3A%22HEAD%22%7D",
        "vscode-notebook-cell:/w/a.ipynb#W0sZmlsZQ%3D%3D",
        "vscode-vfs://github/o/r/main.tftest.hcl",
        "file://server/share/main.tftest.hcl",
        "file:///c%3A/no%20such/main.tftest.hcl",
    ],
)
async def test_answers_go_to_the_clients_own_spelling(edit_as, address):
    editor = await edit_as("vscode-1.100.3")
    editor.open(address, 'run "a" {\n  comand = plan\n}\n')
    found = await editor.diagnostics(address, lambda found: len(found) > 0)
    assert [it.message.split("\n")[0] for it in found] == ["Unsupported argument"]
    assert {it.uri for it in editor.published} == {address}
    items = await editor.ask(
        editor.client.text_document_completion_async(types.CompletionParams(**editor.at(address, "comand", 2)))
    )
    assert "command" in [it.label for it in items]
    editor.close(address)
    await editor.until(lambda: editor.published[-1].diagnostics == ())


async def test_two_spellings_are_one_document(edit_as):
    editor = await edit_as("neovim-12")
    plain = editor.uri(FILE).replace("%2B", "+")
    spelled = editor.uri(FILE).replace("tests", "t%65sts")
    editor.open(plain, TESTS)
    document = types.VersionedTextDocumentIdentifier(version=2, uri=spelled)
    change = types.TextDocumentContentChangeWholeDocument(text='run "only" {\n}\n')
    editor.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
    assert [it.name for it in await symbols(editor, plain)] == ["only"]
    await editor.settled()
    assert {it.uri for it in editor.published} == {plain}


async def test_a_linked_folder_is_called_as_the_client_calls_it(edit_as, root, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(root)

    def opened_by_link(params):
        params["rootUri"] = f"file://{link}"
        params["workspaceFolders"] = [{"uri": f"file://{link}", "name": "link"}]

    editor = await edit_as("emacs-eglot-30.1", opened_by_link)
    file = f"file://{link}/{FILE}"
    editor.open(file, TESTS)
    assert await editor.diagnostics(file) == ()
    params = types.RenameParams(new_name="salute", **editor.at(file, "output.greeting", 8))
    edit = await editor.ask(editor.client.text_document_rename_async(params))
    assert {it.text_document.uri for it in edit.document_changes} == {file, f"file://{link}/main.tf"}
    # The module is open by where it really is: that is how the client knows it.
    real = editor.uri("main.tf")
    editor.open(real, MODULE.replace("greeting", "salute"))
    await editor.diagnostics(file, lambda found: len(found) == 2)
    editor.replace(real, MODULE)
    await editor.diagnostics(file, lambda found: len(found) == 0)
    edit = await editor.ask(editor.client.text_document_rename_async(params))
    assert {it.text_document.uri for it in edit.document_changes} == {file, real}


async def test_what_is_no_text_does_no_harm(edit_as, root):
    import os

    os.mkfifo(root / "pipe.tf")
    os.mkfifo(root / "tests" / "pipe.tftest.hcl")
    (root / "tests" / "folder.tftest.hcl").mkdir()
    (root / "latin.tf").write_bytes(b'# caf\xe9\noutput "o" {\n  value = 1\n}\n')
    (root / "dos.tf").write_bytes(b'\xef\xbb\xbfoutput "dos" {\r\n  value = 1\r\n}\r\n')
    (root / "nowhere.tfvars").symlink_to("nowhere")
    editor = await edit_as("kakoune-lsp-22")
    file = editor.open(FILE, TESTS.replace("length(var.name) > 0", "output.dos == output.o"))
    assert await editor.diagnostics(file) == ()
    found = await editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query="dos")))
    assert [it.name for it in found] == ["dos"]
    editor.open(editor.uri("tests/folder.tftest.hcl"), TESTS)
    await editor.diagnostics(editor.uri("tests/folder.tftest.hcl"))


async def test_files_go_under_the_server(edit_as, root):
    editor = await edit_as("vscode-1.139.1")
    file = editor.open(FILE)
    assert await editor.diagnostics(file) == ()
    (root / FILE).unlink()
    (root / "main.tf").unlink()
    (root / "tests").rmdir()
    event = types.FileEvent(uri=editor.uri("main.tf"), type=types.FileChangeType.Deleted)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await editor.diagnostics(file, lambda found: len(found) > 0)
    assert [it.name for it in await symbols(editor, file)] == ["variables", "first", "second"]
    editor.close(file)
    await editor.until(lambda: editor.published[-1].diagnostics == ())
    assert await symbols(editor, file) is None
