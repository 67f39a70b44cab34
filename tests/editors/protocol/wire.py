"""The wire itself, for what no proper client would send."""

import json
import queue
import subprocess
import threading

from editor import PATIENCE, SERVER


class Wire:
    """A server process and its pipes. Leaves standard input open until told otherwise."""

    def __init__(self, root):
        self.process = subprocess.Popen(SERVER, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.messages = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def notify(self, method, params=None):
        self.send({"method": method, "params": params})

    def ask(self, id, method, params=None):
        self.send({"id": id, "method": method, "params": params})

    def answer(self, id):
        """The whole answer to the request `id`, or the report of something that was none (`None`)."""
        return self.wait(lambda it: "method" not in it and it.get("id") == id)

    def request(self, id, method, params=None):
        self.ask(id, method, params)
        return self.answer(id)

    def wait(self, wanted):
        """The next message that is wanted; those before it stay for others."""
        for index, message in enumerate(self.seen):
            if wanted(message):
                return self.seen.pop(index)
        while True:
            message = self.messages.get(timeout=PATIENCE)
            assert message is not None, "the server has ended"
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            if wanted(message):
                return message
            self.seen.append(message)

    def greet(self, root, **changes):
        folder = {"uri": f"file://{root}", "name": "folder"}
        params = {"processId": None, "rootUri": None, "workspaceFolders": [folder], "capabilities": {}, **changes}
        answer = self.request("greeting", "initialize", params)
        self.notify("initialized", {})
        return answer["result"]

    def exit_code(self):
        return self.process.wait(timeout=PATIENCE)

    def _read(self):
        while True:
            length = None
            while (line := self.process.stdout.readline().strip()) or length is None:
                if not line:
                    self.messages.put(None)
                    return
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.messages.put(json.loads(self.process.stdout.read(length)))
