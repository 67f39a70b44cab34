"""What no proper client would send, and how a session begins and ends."""

import pytest
from conftest import TESTS
from wire import Wire

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED, CANCELLED = -32002, -32800
HOVER = {"textDocument": {"uri": "file:///x.tftest.hcl"}, "position": {"line": 0, "character": 0}}


@pytest.fixture
def wire(root):
    with Wire(root) as wire:
        yield wire


def error(answer):
    return answer["error"]["code"]


def test_nothing_is_served_before_the_greeting_or_after_the_farewell(wire, root):
    assert error(wire.request(1, "textDocument/hover", HOVER)) == NOT_INITIALIZED
    wire.notify("textDocument/didOpen", {"textDocument": {}})
    wire.greet(root)
    assert error(wire.request(2, "initialize", {"capabilities": {}})) == INVALID_REQUEST
    assert "error" not in wire.request(3, "textDocument/hover", HOVER)
    assert wire.request(4, "shutdown")["result"] is None
    assert error(wire.request(5, "textDocument/hover", HOVER)) == INVALID_REQUEST
    assert error(wire.request(6, "shutdown")) == INVALID_REQUEST
    # Standard input is still open.
    wire.notify("exit")
    assert wire.exit_code() == 0


def test_leaving_without_a_farewell_is_a_failure(wire, root):
    wire.greet(root)
    wire.notify("exit")
    assert wire.exit_code() == 1


def test_leaving_before_the_greeting_is_a_failure(wire):
    wire.notify("exit")
    assert wire.exit_code() == 1


def test_the_end_of_the_input_is_the_end(wire, root):
    wire.greet(root)
    wire.process.stdin.close()
    assert wire.exit_code() == 0


def test_leaving_does_not_wait_for_what_is_being_computed(wire, root):
    wire.greet(root)
    uri = f"file://{root}/slow.tftest.hcl"
    slow = TESTS.replace("length(var.name) > 0", "length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]) > 0")
    wire.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "hcl", "version": 1, "text": slow}})
    wire.ask(1, "workspace/executeCommand", {"command": "runblock.run", "arguments": [{"uri": uri}]})
    assert wire.request(2, "shutdown")["result"] is None
    wire.notify("exit")
    assert wire.exit_code() == 0


@pytest.mark.parametrize(
    "data, code",
    [
        (b'Content-Length: 9\r\n\r\n{"jsonrpc', PARSE_ERROR),
        (b"Content-Length: 4\r\n\r\n\xff\xfe\x00\x01", PARSE_ERROR),
        (b"Content-Length: 0\r\n\r\n", PARSE_ERROR),
        (b"Content-Length: 2\r\n\r\n[]", INVALID_REQUEST),
        (b"Content-Length: 4\r\n\r\nnull", INVALID_REQUEST),
        (b"Content-Length: 14\r\n\r\n{\"method\":  7}", INVALID_REQUEST),
    ],
)
def test_what_is_no_message_is_reported(wire, root, data, code):
    wire.greet(root)
    wire.raw(data)
    assert error(wire.answer(None)) == code
    assert "error" not in wire.request(1, "textDocument/hover", HOVER)


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"\n" * 1000 + b"noise\n",
        b"x" * 100_000 + b"\r\n\r\n",
    ],
)
def test_noise_between_messages_is_skipped(wire, root, noise):
    wire.greet(root)
    wire.raw(noise)
    assert "error" not in wire.request(1, "textDocument/hover", HOVER)
    assert error(wire.answer(None)) == PARSE_ERROR


def test_headers_in_any_case_and_order(wire, root):
    wire.greet(root)
    body = b'{"jsonrpc":"2.0","id":1,"method":"workspace/symbol","params":{"query":"greeting"}}'
    wire.raw(b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:%d\r\n\r\n" % len(body) + body)
    assert wire.answer(1)["result"]


def test_unknown_and_wrong_messages(wire, root):
    wire.greet(root)
    assert error(wire.request(1, "no/such/method", {})) == UNKNOWN_METHOD
    assert error(wire.request(2, "$/noSuchMethod", {})) == UNKNOWN_METHOD
    assert error(wire.request(3, "textDocument/hover", {"textDocument": 7})) == INVALID_PARAMS
    assert error(wire.request("four", "textDocument/hover")) == INVALID_PARAMS
    # Notifications have no answer, however wrong they are; neither have answers that nobody waits for.
    wire.notify("no/such/notification", {})
    wire.notify("$/noSuchNotification")
    wire.notify("textDocument/didOpen", {"nothing": True})
    wire.notify("textDocument/didChange", {"textDocument": {"uri": "file:///no", "version": 2}, "contentChanges": [{"text": ""}]})
    wire.notify("textDocument/didClose", {"textDocument": {"uri": "file:///no"}})
    wire.notify("$/cancelRequest", {"id": 12345})
    wire.notify("window/workDoneProgress/cancel", {"token": "none"})
    wire.send({"id": 777, "result": None})
    wire.send({"id": "x", "error": {"code": -1, "message": "no"}})
    assert "error" not in wire.request(5, "textDocument/hover", HOVER)
    assert not [it for it in wire.seen if "error" in it]


def test_addresses_that_are_none_are_wrong_arguments(wire, root):
    wire.greet(root)
    for id, uri in enumerate(["", "x", "%", "file:", "file://", "file:///", "untitled:", "a:b:c", "FILE:///X"]):
        answer = wire.request(id, "textDocument/hover", {**HOVER, "textDocument": {"uri": uri}})
        assert answer.get("result", 0) is None or error(answer) == INVALID_PARAMS, (uri, answer)


def test_positions_outside_of_the_text(wire, root):
    wire.greet(root)
    uri = f"file://{root}/tests/main.tftest.hcl".replace(" ", "%20")
    wire.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "hcl", "version": 1, "text": TESTS}})
    for id, (line, character) in enumerate([(0, 2**31 - 1), (2**31 - 1, 0), (2**32 - 1, 2**32 - 1)]):
        at = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        assert "error" not in wire.request(id, "textDocument/completion", at)
    backwards = {"start": {"line": 9, "character": 3}, "end": {"line": 1, "character": 1}}
    change = {"contentChanges": [{"range": backwards, "text": "x"}], "textDocument": {"uri": uri, "version": 2}}
    wire.notify("textDocument/didChange", change)
    assert wire.request("after", "textDocument/documentSymbol", {"textDocument": {"uri": uri}})["result"]
    negative = {"textDocument": {"uri": uri}, "position": {"line": -1, "character": 0}}
    assert error(wire.request("negative", "textDocument/hover", negative)) == INVALID_PARAMS


def test_a_request_is_cancelled(wire, root):
    wire.greet(root)
    uri = f"file://{root}/slow.tftest.hcl".replace(" ", "%20")
    slow = TESTS.replace("length(var.name) > 0", "length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]) > 0")
    wire.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "hcl", "version": 1, "text": slow}})
    for id in (1, 2):
        wire.ask(id, "workspace/executeCommand", {"command": "runblock.run", "arguments": [{"uri": uri}]})
    for id in (2, 1):
        wire.notify("$/cancelRequest", {"id": id})
        assert error(wire.answer(id)) == CANCELLED
    assert wire.request(3, "textDocument/documentSymbol", {"textDocument": {"uri": uri}})["result"]


def test_a_huge_message(wire, root):
    wire.greet(root)
    uri = "untitled:huge.tftest.hcl"
    text = "\n".join(f'run "r{n}" {{\n  # {"x" * 200}\n}}' for n in range(40_000))
    assert len(text) > 8 << 20
    wire.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "hcl", "version": 1, "text": text}})
    found = wire.request(1, "textDocument/documentSymbol", {"textDocument": {"uri": uri}})["result"]
    assert len(found) == 40_000


def test_options_that_are_wrong_are_told(wire, root):
    wire.greet(root, initializationOptions={"files": 7, "dialect": "cobol", "schemas": "x"})
    told = [wire.wait(lambda it: it.get("method") == "window/showMessage")["params"]["message"] for _ in range(3)]
    assert {word for word in ("files", "cobol", "schemas") for line in told if word in line} == {"files", "cobol", "schemas"}
