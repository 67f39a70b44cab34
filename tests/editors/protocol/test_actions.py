"""Code actions and completion items that are worked out when they are chosen: what comes then is complete and can be applied."""

from conftest import TESTS
from lsprotocol import types

FILE = "tests/main.tftest.hcl"
WRONG = TESTS.replace("command = plan", "comand = plan")


async def actions(editor, address, needle, only=None):
    """The code actions at a place, by their titles."""
    at = editor.at(address, needle, 1)
    span = types.Range(at["position"], at["position"])
    context = types.CodeActionContext(diagnostics=await editor.diagnostics(address), only=only)
    params = types.CodeActionParams(at["text_document"], span, context)
    found = await editor.ask(editor.client.text_document_code_action_async(params)) or []
    return {action.title: action for action in found if not action.disabled}


async def chosen(editor, action):
    """The action with its edit, which comes at once or when it is chosen, as the editor takes it."""
    lazily = "edit" in (editor.declares("text_document.code_action.resolve_support.properties") or ())
    lazily = lazily and editor.declares("text_document.code_action.data_support")
    assert (action.edit is None) == bool(lazily), action
    return await editor.ask(editor.client.code_action_resolve_async(action)) if lazily else action


async def changes(editor, action):
    """What a chosen action makes of documents, by their names in the folder."""
    edit = (await chosen(editor, action)).edit
    texts = {}
    if not editor.declares("workspace.workspace_edit.document_changes"):
        assert edit.document_changes is None
        return {editor.name(address): editor.edited(address, edits) for address, edits in edit.changes.items()}
    for change in edit.document_changes:
        if isinstance(change, types.CreateFile):
            assert "create" in editor.declares("workspace.workspace_edit.resource_operations", ())
            editor.texts[change.uri] = ""
        elif isinstance(change, types.TextDocumentEdit):
            address = change.text_document.uri
            assert change.text_document.version in (None, editor.versions.get(address))
            texts[editor.name(address)] = editor.edited(address, change.edits)
    return texts


async def test_a_fix_mends_what_the_diagnostic_says(editor):
    file = editor.open(FILE, WRONG)
    await editor.diagnostics(file, lambda found: any("comand" in it.message for it in found))
    if not editor.declares("text_document.code_action.code_action_literal_support"):
        return
    found = await actions(editor, file, "comand")
    fix = found['Change "comand" to "command"']
    assert fix.kind == types.CodeActionKind.QuickFix
    assert await changes(editor, fix) == {FILE: TESTS}
    # Applied, nothing is left of it.
    editor.replace(file, TESTS)
    await editor.diagnostics(file, lambda found: not any("comand" in it.message for it in found))


async def test_everything_is_fixed_at_once(editor):
    wrong = WRONG.replace("output.greeting", "output.greting")
    file = editor.open(FILE, wrong)
    await editor.diagnostics(file, lambda found: len(found) > 1)
    if not editor.declares("text_document.code_action.code_action_literal_support"):
        return
    found = await actions(editor, file, "run ", only=["source.fixAll"])
    (fix,) = found.values()
    assert fix.kind.startswith("source.fixAll")
    assert await changes(editor, fix) == {FILE: TESTS}


async def test_missing_variables_are_added(editor):
    file = editor.open(FILE, 'run "a" {\n  command = plan\n}\n')
    await editor.diagnostics(file, lambda found: any("required variable" in it.message for it in found))
    if not editor.declares("text_document.code_action.code_action_literal_support"):
        return
    found = await actions(editor, file, 'run "a"')
    added = [it for title, it in found.items() if "variable" in title.lower()]
    assert added, list(found)
    text = (await changes(editor, added[0]))[FILE]
    assert "variables {" in text and "name" in text
    editor.replace(file, text)
    await editor.diagnostics(file, lambda found: not any("required variable" in it.message for it in found))


async def test_edits_are_in_the_clients_units(editor):
    """Behind characters of several bytes, too."""
    wrong = TESTS.replace("length(var.name)", "lenght(var.name)")
    file = editor.open(FILE, wrong)
    await editor.diagnostics(file, lambda found: any("lenght" in it.message for it in found))
    if not editor.declares("text_document.code_action.code_action_literal_support"):
        return
    found = await actions(editor, file, "lenght")
    assert await changes(editor, found['Change "lenght" to "length"']) == {FILE: TESTS}


async def test_completion_items_are_explained_when_they_are_chosen(editor):
    file = editor.open(FILE, TESTS.replace("length(var.name) > 0", "leng"))
    at = editor.at(file, "leng", 4)
    found = await editor.ask(editor.client.text_document_completion_async(types.CompletionParams(**at)))
    items = {it.label: it for it in (found.items if isinstance(found, types.CompletionList) else found)}
    item = items["length"]
    assert editor.server.capabilities.completion_provider.resolve_provider
    resolved = await editor.ask(editor.client.completion_item_resolve_async(item))
    # Whatever else it is, it stays what was chosen.
    assert (resolved.label, resolved.text_edit, resolved.insert_text) == (item.label, item.text_edit, item.insert_text)
    assert resolved.documentation is not None
    formats = editor.declares("text_document.completion.completion_item.documentation_format") or ()
    if isinstance(resolved.documentation, types.MarkupContent):
        assert resolved.documentation.kind in formats
    text = getattr(resolved.documentation, "value", resolved.documentation)
    assert "list" in text


async def test_what_is_added_to_json_has_the_layout_of_the_file(editor):
    text = '{\n\t"run": {\n\t\t"only": {}\n\t}\n}\n'
    file = editor.open("tests/more.tftest.json", text)
    await editor.diagnostics(file, lambda found: any("required variable" in it.message for it in found))
    if not editor.declares("text_document.code_action.code_action_literal_support"):
        return
    found = await actions(editor, file, "only")
    variables = '{\n\t\t\t"variables": {\n\t\t\t\t"name": "example"\n\t\t\t}\n\t\t}'
    assert await changes(editor, found['Add the variable "name" to run "only"']) == {
        "tests/more.tftest.json": text.replace("{}", variables)
    }
