"""Beside another Terraform server in the same editor, no file has two of anything."""

import asyncio

from conftest import MODULE
from lsprotocol import types

FILE = "tests/main.tftest.hcl"


def only_tests(params):
    params["initializationOptions"] = {"files": "tests"}


async def everything(editor, address, needle):
    """What the server has to say about a file and a place in it, by method, without the empty answers."""
    client, at = editor.client, editor.at(address, needle, 1)
    document = at["text_document"]
    whole = types.Range(types.Position(0, 0), types.Position(999, 0))
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    context = types.ReferenceContext(include_declaration=True)
    asked = {
        "code lens": client.text_document_code_lens_async(types.CodeLensParams(document)),
        "completion": client.text_document_completion_async(types.CompletionParams(**at)),
        "definition": client.text_document_definition_async(types.DefinitionParams(**at)),
        "folding": client.text_document_folding_range_async(types.FoldingRangeParams(document)),
        "formatting": client.text_document_formatting_async(types.DocumentFormattingParams(document, options)),
        "highlight": client.text_document_document_highlight_async(types.DocumentHighlightParams(**at)),
        "hints": client.text_document_inlay_hint_async(types.InlayHintParams(document, whole)),
        "hover": client.text_document_hover_async(types.HoverParams(**at)),
        "links": client.text_document_document_link_async(types.DocumentLinkParams(document)),
        "references": client.text_document_references_async(types.ReferenceParams(context=context, **at)),
        "rename": client.text_document_rename_async(types.RenameParams(new_name="other", **at)),
        "selection": client.text_document_selection_range_async(types.SelectionRangeParams(document, [at["position"]])),
        "symbols": client.text_document_document_symbol_async(types.DocumentSymbolParams(document)),
        "tokens": client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document)),
    }
    answers = await editor.ask(asyncio.gather(*asked.values()))
    return {name for name, answer in zip(asked, answers) if answer}


async def test_module_files_have_one_server(edit_as):
    """The same editor twice, as if the second were another server that knows every file."""
    tests, other = await edit_as("helix-25.01.1", only_tests), await edit_as("helix-25.01.1")
    for editor in (tests, other):
        editor.open(FILE)
        editor.open("main.tf", MODULE.replace("local.greeting", "local.nothing"), language="terraform")
    module, file = tests.uri("main.tf"), tests.uri(FILE)
    assert await everything(tests, module, "greeting") == set()
    assert {"hover", "symbols", "tokens", "references"} <= await everything(other, module, "greeting")
    assert {"hover", "symbols", "tokens", "references", "code lens"} <= await everything(tests, file, "output.greeting")
    await other.diagnostics(module, lambda found: len(found) > 0)
    await tests.settled()
    assert {it.uri for it in tests.published} == {file}
    # The list of everything has no declaration of a module twice.
    named = lambda editor: editor.ask(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query="")))
    assert {it.location.uri.rsplit(".", 1)[1] for it in await named(tests)} == {"hcl"}
    assert {it.location.uri.rsplit(".", 1)[1] for it in await named(other)} == {"hcl", "tf"}


async def test_what_is_typed_in_modules_still_counts(edit_as):
    editor = await edit_as("vscode-1.139.1", only_tests)
    file = editor.open(FILE)
    assert await editor.diagnostics(file) == ()
    editor.open("main.tf", MODULE.replace('output "greeting"', 'output "salute"'), language="terraform")
    await editor.diagnostics(file, lambda found: len(found) == 2)
    editor.replace(editor.uri("main.tf"), MODULE)
    await editor.diagnostics(file, lambda found: len(found) == 0)
    params = types.RenameParams(new_name="salute", **editor.at(file, "output.greeting", 8))
    edit = await editor.ask(editor.client.text_document_rename_async(params))
    assert len(edit.document_changes) == 2
