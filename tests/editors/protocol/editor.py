"""An editor as the server meets it: what it says of itself first, and what it would then show.

Nothing here knows what the server is written in; it is a command line that speaks on standard input and output.
"""

import asyncio
import json
import os
import pathlib
import urllib.parse

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

HERE = pathlib.Path(__file__).resolve().parent
SERVER = [os.environ["RUNBLOCK_BIN"], "lsp"]
# What editors really sent, with the paths of their machines taken out.
GREETINGS = HERE.parents[2] / "server/lsp/tests/black_box/data"
EDITORS = sorted(path.name.removesuffix(".initialize.json") for path in GREETINGS.glob("*.initialize.json"))
# Long enough for a debug build on a busy machine; nothing waits for it unless something is broken.
PATIENCE = 60


def greeting(name, root):
    """The first message of the editor `name` in the folder `root`."""
    text = (GREETINGS / f"{name}.initialize.json").read_text(encoding="utf-8")
    params = json.loads(text.replace("/WORKSPACE", str(root)))
    # The server ends with the process that it is told of.
    params["processId"] = os.getpid()
    return params


def uri(path):
    """The address of a file, escaped as most editors do it."""
    return "file://" + urllib.parse.quote(str(path))


class Editor:
    """One session of one editor in one folder."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.client = LanguageClient(converter_factory=default_converter)
        self.published = []
        self.registered = []
        self.refreshed = []
        self.texts = {}
        self.versions = {}
        self._news = asyncio.Event()
        self._listen()

    async def start(self, params):
        """Starts the server and greets it with `params`, a client's own words."""
        await self.client.start_io(*SERVER)
        params = self.client.protocol._converter.structure(params, types.InitializeParams)
        self.client.capabilities = params.capabilities
        self.server = await asyncio.wait_for(self.client.initialize_async(params), PATIENCE)
        self.encoding = self.server.capabilities.position_encoding or types.PositionEncodingKind.Utf16
        self.client.initialized(types.InitializedParams())
        return self

    async def stop(self):
        """Says goodbye and gives the exit code."""
        await asyncio.wait_for(self.client.shutdown_async(None), PATIENCE)
        self.client.exit(None)
        process = self.client._server
        code = await asyncio.wait_for(process.wait(), PATIENCE)
        await self.client.stop()
        return code

    def declares(self, path, default=False):
        """What the client has said of itself, such as `text_document.rename.prepare_support`."""
        return get_capability(self.client.capabilities, path, default)

    # Documents.

    def uri(self, name):
        return uri(self.root / name)

    def name(self, address):
        """The name in the folder of what an address stands for."""
        path = urllib.parse.unquote(urllib.parse.urlparse(address).path)
        return str(pathlib.Path(path).relative_to(self.root))

    def open(self, name, text=None, language="terraform-test"):
        """Opens a file of the folder, or an address, with the text on disk unless another is given."""
        if text is None:
            text = (self.root / name).read_text(encoding="utf-8")
        address = name if ":" in name else self.uri(name)
        self.texts[address], self.versions[address] = text, 1
        item = types.TextDocumentItem(address, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return address

    def type(self, address, start, end, text):
        """Replaces what lies between two offsets of a document, which count characters, as a keystroke does."""
        before = self.texts[address]
        span = types.Range(self.position(before, start), self.position(before, end))
        self.texts[address] = before[:start] + text + before[end:]
        self._change(address, types.TextDocumentContentChangePartial(range=span, text=text))

    def replace(self, address, text):
        """Replaces the whole text."""
        self.texts[address] = text
        self._change(address, types.TextDocumentContentChangeWholeDocument(text=text))

    def _change(self, address, change):
        self.versions[address] += 1
        document = types.VersionedTextDocumentIdentifier(version=self.versions[address], uri=address)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, address):
        del self.texts[address]
        document = types.TextDocumentIdentifier(address)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    # Places.

    def width(self, text):
        """How wide a text is in the units that were agreed on."""
        if self.encoding == types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8"))
        if self.encoding == types.PositionEncodingKind.Utf32:
            return len(text)
        return len(text.encode("utf-16-le")) // 2

    def position(self, text, offset):
        line = text.count("\n", 0, offset)
        start = text.rfind("\n", 0, offset) + 1
        return types.Position(line, self.width(text[start:offset]))

    def at(self, address, needle, add=0):
        """The document and the place of the first `needle` in it, as most requests take them."""
        text = self.texts[address]
        offset = text.index(needle) + add
        return {"text_document": types.TextDocumentIdentifier(address), "position": self.position(text, offset)}

    def slice(self, address, span):
        """The text that a range of the server's covers."""
        lines = self.texts[address].split("\n")
        if span.start.line == span.end.line:
            return self._columns(lines[span.start.line], span.start.character, span.end.character)
        first = self._columns(lines[span.start.line], span.start.character, None)
        last = self._columns(lines[span.end.line], 0, span.end.character)
        return "\n".join([first, *lines[span.start.line + 1 : span.end.line], last])

    def _columns(self, line, start, end):
        codec, unit = {
            types.PositionEncodingKind.Utf8: ("utf-8", 1),
            types.PositionEncodingKind.Utf16: ("utf-16-le", 2),
            types.PositionEncodingKind.Utf32: ("utf-32-le", 4),
        }[self.encoding]
        data = line.encode(codec)
        assert end is None or end * unit <= len(data), f"{end} is behind the end of {line!r}"
        return data[start * unit : None if end is None else end * unit].decode(codec)

    def edited(self, address, edits):
        """The document's text with edits applied, which must not overlap."""
        text = self.texts[address]
        starts = [0, *(i + 1 for i, char in enumerate(text) if char == "\n")]
        offset = lambda at: starts[at.line] + len(self._columns(text[starts[at.line] :].split("\n")[0], 0, at.character))
        placed = sorted((offset(it.range.start), offset(it.range.end), it.new_text) for it in edits)
        assert all(a[1] <= b[0] for a, b in zip(placed, placed[1:])), placed
        for start, end, new in reversed(placed):
            text = text[:start] + new + text[end:]
        return text

    # What the server says on its own.

    async def until(self, look):
        """The first true answer of `look`, which is asked again whenever the server has said something."""
        async with asyncio.timeout(PATIENCE):
            while not (found := look()):
                self._news.clear()
                await self._news.wait()
            return found

    async def diagnostics(self, address, wanted=lambda found: True):
        """The diagnostics that were last published for a document, once they are of its text and as `wanted`."""

        def look():
            of_document = [it for it in self.published if it.uri == address]
            if not of_document:
                return None
            last = of_document[-1]
            fresh = last.version in (None, self.versions.get(address))
            return last if fresh and wanted(last.diagnostics) else None

        return (await self.until(look)).diagnostics

    async def settled(self):
        """Waits until the server has answered everything before this, and what it publishes has had its time."""
        await self.ask(self.client.workspace_symbol_async(types.WorkspaceSymbolParams(query="none such")))
        await asyncio.sleep(0.3)

    async def ask(self, request):
        return await asyncio.wait_for(request, PATIENCE)

    def _listen(self):
        def heard(into):
            def hear(*arguments):
                into.append(arguments[-1])
                self._news.set()

            return hear

        heard_of = {
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: heard(self.published),
            types.CLIENT_REGISTER_CAPABILITY: heard(self.registered),
            types.WORKSPACE_CODE_LENS_REFRESH: heard(self.refreshed),
            types.WORKSPACE_INLAY_HINT_REFRESH: heard(self.refreshed),
        }
        register_lsp_features(self.client, {**DEFAULT_CLIENT_FEATURES, **heard_of})
