"""What editors ask about a place or a file, each in the form that they said they take."""

from conftest import MODULE, TESTS
from lsprotocol import types

FILE = "tests/main.tftest.hcl"


def document(address):
    return types.TextDocumentIdentifier(address)


async def complete(editor, address, needle, add=None):
    at = editor.at(address, needle, len(needle) if add is None else add)
    found = await editor.ask(editor.client.text_document_completion_async(types.CompletionParams(**at)))
    return list(found.items if isinstance(found, types.CompletionList) else found or [])


async def test_completion_of_a_half_typed_name(editor):
    file = editor.open(FILE)
    editor.replace(file, TESTS.replace("run.first.greeting", "run.first."))
    items = await complete(editor, file, "run.first.")
    assert [it.label for it in items] == ["greeting"]
    edited = editor.edited(file, [items[0].text_edit])
    assert edited == TESTS


async def test_snippets_only_for_those_who_take_them(editor):
    file = editor.open(FILE, 'r')
    items = {it.label: it for it in await complete(editor, file, "r")}
    snippets = editor.declares("text_document.completion.completion_item.snippet_support")
    run = items["run"]
    assert (run.insert_text_format == types.InsertTextFormat.Snippet) == bool(snippets)
    assert ("$" in run.text_edit.new_text) == bool(snippets), run.text_edit.new_text
    assert run.text_edit.range.start == types.Position(0, 0)


async def test_hover_is_marked_up_only_for_those_who_read_it(editor):
    file = editor.open(FILE)
    at = editor.at(file, "${var.name}", 7)
    found = await editor.ask(editor.client.text_document_hover_async(types.HoverParams(**at)))
    formats = editor.declares("text_document.hover.content_format")
    assert found.contents.kind == formats[0]
    marks = "```" in found.contents.value
    assert marks == (found.contents.kind == types.MarkupKind.Markdown), found.contents.value
    assert 'variable "name"' in found.contents.value
    assert editor.slice(file, found.range) in ("var.name", "name")


async def test_signature_help(editor):
    file = editor.open(FILE)
    at = editor.at(file, "length(var", 7)
    found = await editor.ask(editor.client.text_document_signature_help_async(types.SignatureHelpParams(**at)))
    signature = found.signatures[0]
    assert signature.label.startswith("length(")
    formats = editor.declares("text_document.signature_help.signature_information.documentation_format") or ()
    marked = isinstance(signature.documentation, types.MarkupContent)
    assert marked == (len(formats) > 0 and formats[0] == types.MarkupKind.Markdown)
    assert all(parameter.label in signature.label for parameter in signature.parameters)


async def test_definitions_are_links_only_for_those_who_show_them(editor):
    file = editor.open(FILE)
    at = editor.at(file, "output.greeting", 8)
    found = await editor.ask(editor.client.text_document_definition_async(types.DefinitionParams(**at)))
    (place,) = found if isinstance(found, (list, tuple)) else [found]
    module = editor.uri("main.tf").replace("%2B", "+")
    if editor.declares("text_document.definition.link_support"):
        assert place.target_uri == module
        assert editor.slice(file, place.origin_selection_range) == "output.greeting"
        start = place.target_selection_range.start
    else:
        assert place.uri == module
        start = place.range.start
    assert start.line == MODULE[: MODULE.index('output "greeting"')].count("\n")


async def test_references_and_highlights(editor):
    file = editor.open(FILE)
    at = editor.at(file, "output.greeting", 8)
    context = types.ReferenceContext(include_declaration=True)
    params = types.ReferenceParams(context=context, **at)
    found = await editor.ask(editor.client.text_document_references_async(params))
    assert sorted(it.uri.rsplit("/", 1)[1] for it in found) == ["main.tf", "main.tftest.hcl", "main.tftest.hcl"]
    params = types.DocumentHighlightParams(**at)
    found = await editor.ask(editor.client.text_document_document_highlight_async(params))
    assert [editor.slice(file, it.range) for it in found] == ["greeting", "greeting"]


async def test_rename_as_the_client_takes_edits(editor):
    file = editor.open(FILE)
    at = editor.at(file, "output.greeting", 8)
    if editor.declares("text_document.rename.prepare_support"):
        params = types.PrepareRenameParams(**at)
        found = await editor.ask(editor.client.text_document_prepare_rename_async(params))
        assert (found.placeholder, editor.slice(file, found.range)) == ("greeting", "greeting")
    params = types.RenameParams(new_name="salute", **at)
    edit = await editor.ask(editor.client.text_document_rename_async(params))
    if editor.declares("workspace.workspace_edit.document_changes"):
        assert edit.changes is None
        by_address = {it.text_document.uri: it.edits for it in edit.document_changes}
        versions = {it.text_document.uri: it.text_document.version for it in edit.document_changes}
        assert versions[file] == 1 and set(versions.values()) == {1, None}
    else:
        assert edit.document_changes is None
        by_address = edit.changes
    assert len(by_address) == 2
    expected = TESTS.replace("first.greeting", "first.salute").replace("output.greeting", "output.salute")
    assert editor.edited(file, by_address[file]) == expected


async def test_a_rename_that_would_break_something_is_refused_with_a_reason(editor):
    from pygls.exceptions import JsonRpcException

    file = editor.open(FILE)
    params = types.RenameParams(new_name="no name", **editor.at(file, "output.greeting", 8))
    try:
        await editor.ask(editor.client.text_document_rename_async(params))
    except JsonRpcException as refusal:
        assert refusal.code == -32803 and "no name" in str(refusal)
    else:
        raise AssertionError("the rename was not refused")


async def test_symbols_are_a_tree_or_a_list(editor):
    file = editor.open(FILE)
    params = types.DocumentSymbolParams(document(file))
    found = await editor.ask(editor.client.text_document_document_symbol_async(params))
    if editor.declares("text_document.document_symbol.hierarchical_document_symbol_support"):
        assert [it.name for it in found] == ["variables", "first", "second"]
        assert editor.slice(file, found[1].selection_range) == '"first"'
        assert editor.slice(file, found[1].range).startswith('run "first" {')
        inner = found[2].children
        assert [it.name for it in inner] == ["variables", "assert"]
        within = lambda a, b: (b.start.line, b.start.character) <= (a.start.line, a.start.character)
        assert all(within(it.range, found[2].range) for it in inner)
    else:
        assert "second" in [it.name for it in found]
        assert {it.location.uri for it in found} == {file}
        assert [it.container_name for it in found if it.name == "assert"] == ["second"]


async def test_folds_are_of_lines_or_of_characters(editor):
    file = editor.open(FILE)
    params = types.FoldingRangeParams(document(file))
    found = await editor.ask(editor.client.text_document_folding_range_async(params))
    lines = TESTS.split("\n")
    run = next(it for it in found if lines[it.start_line].startswith('run "first"'))
    if editor.declares("text_document.folding_range.line_folding_only"):
        assert run.start_character is None and lines[run.end_line + 1] == "}"
    else:
        assert lines[run.end_line] == "}" and run.end_character == 0
    assert next(it for it in found if it.start_line == 0).kind == types.FoldingRangeKind.Comment


async def test_selections_grow(editor):
    file = editor.open(FILE)
    at = editor.at(file, "run.first.greeting", 5)
    params = types.SelectionRangeParams(document(file), [at["position"]])
    (found,) = await editor.ask(editor.client.text_document_selection_range_async(params))
    texts = []
    while found:
        texts.append(editor.slice(file, found.range))
        found = found.parent
    assert "run.first.greeting" in texts and texts[-1] == TESTS
    assert all(a in b and a != b for a, b in zip(texts, texts[1:])), texts


async def test_semantic_tokens_are_of_the_clients_kinds(editor):
    file = editor.open(FILE)
    params = types.SemanticTokensParams(document(file))
    found = await editor.ask(editor.client.text_document_semantic_tokens_full_async(params))
    legend = editor.server.capabilities.semantic_tokens_provider.legend
    words = decode(editor, file, found.data, legend)
    assert len(found.data) % 5 == 0 and len(words) > 10
    known = dict(words)
    variable = "parameter" if "parameter" in legend.token_types else "variable"
    assert known["run"] in ("type", "keyword") and known["length"] == "function"
    assert (variable, "name") in {(kind, word) for word, kind in words}
    # The difference after a keystroke leads to what the whole would have been.
    editor.type(file, 0, 0, '# é\nrun "new" {\n}\n')
    params = types.SemanticTokensDeltaParams(document(file), found.result_id)
    delta = await editor.ask(editor.client.text_document_semantic_tokens_full_delta_async(params))
    data = list(found.data)
    if isinstance(delta, types.SemanticTokensDelta):
        for edit in sorted(delta.edits, key=lambda it: -it.start):
            data[edit.start : edit.start + edit.delete_count] = edit.data or []
    else:
        data = list(delta.data)
    params = types.SemanticTokensParams(document(file))
    whole = await editor.ask(editor.client.text_document_semantic_tokens_full_async(params))
    assert data == list(whole.data)


def decode(editor, address, data, legend):
    """The words of a document with their kinds."""
    lines = editor.texts[address].split("\n")
    words, line, column = [], 0, 0
    for at in range(0, len(data), 5):
        down, right, length, kind, modifiers = data[at : at + 5]
        column = right + (column if down == 0 else 0)
        line += down
        assert modifiers < 1 << len(legend.token_modifiers)
        word = editor._columns(lines[line], column, column + length)
        words.append((word, legend.token_types[kind]))
    return words


async def test_inlay_hints_links_and_linked_editing(editor):
    file = editor.open(FILE)
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    params = types.InlayHintParams(document(file), whole)
    hints = await editor.ask(editor.client.text_document_inlay_hint_async(params))
    assert "string" in "".join(it.label if isinstance(it.label, str) else it.label[0].value for it in hints)
    editor.replace(file, TESTS.replace("command = plan", 'module {\n    source = "./setup"\n  }'))
    links = await editor.ask(editor.client.text_document_document_link_async(types.DocumentLinkParams(document(file))))
    assert [editor.slice(file, it.range).strip('"') for it in links] == ["./setup"]
    tooltips = editor.declares("text_document.document_link.tooltip_support")
    assert all(tooltips or it.tooltip is None for it in links)
    params = types.LinkedEditingRangeParams(**editor.at(file, '"first"', 2))
    linked = await editor.ask(editor.client.text_document_linked_editing_range_async(params))
    assert [editor.slice(file, it) for it in linked.ranges] == ["first", "first"]


async def test_formatting_gives_edits_that_apply(editor):
    file = editor.open(FILE, 'run "a" {\n# 日本\n     command=plan\n}\n')
    options = types.FormattingOptions(tab_size=8, insert_spaces=False)
    params = types.DocumentFormattingParams(document(file), options)
    edits = await editor.ask(editor.client.text_document_formatting_async(params))
    assert editor.edited(file, edits) == 'run "a" {\n  # 日本\n  command = plan\n}\n'
