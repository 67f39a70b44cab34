"""Records what `terraform test -verbose` prints for the modules of this folder.

Each folder gets `expected.txt`, standard output as it is except that every object id is zero, and `coloured.txt`, the
same on a terminal of 78 columns. Needs `terraform` 1.11.4 on the PATH; run it as `python3 record.py [FOLDER...]`.
"""

import fcntl
import os
import pathlib
import pty
import re
import struct
import shutil
import subprocess
import sys
import tempfile
import termios
import tty

HERE = pathlib.Path(__file__).parent
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ZERO = b"00000000-0000-0000-0000-000000000000"


def record(folder: pathlib.Path) -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as temporary:
        module = pathlib.Path(temporary) / "module"
        shutil.copytree(folder, module)
        run(["terraform", "init", "-no-color"], module).check_returncode()
        out = run(["terraform", "test", "-verbose", "-no-color"], module)
        sys.stderr.buffer.write(out.stderr)
        coloured = on_terminal(["terraform", "test", "-verbose"], module)
        return ID.sub(ZERO, out.stdout), ID.sub(ZERO, coloured)


def run(command: list[str], directory: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=directory, capture_output=True)


def on_terminal(command: list[str], directory: pathlib.Path) -> bytes:
    ours, theirs = pty.openpty()
    # Otherwise every line would end as terminals want it.
    tty.setraw(theirs)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 78, 0, 0))
    process = subprocess.Popen(command, cwd=directory, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    chunks = []
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            break
        chunks.append(chunk)
    process.wait()
    os.close(ours)
    return b"".join(chunks)


def main() -> None:
    wanted = sys.argv[1:] or sorted(path.parent.name for path in HERE.glob("*/main.tf"))
    for name in wanted:
        text, coloured = record(HERE / name)
        (HERE / name / "expected.txt").write_bytes(text)
        (HERE / name / "coloured.txt").write_bytes(coloured)
        print(f"{name}: {text.count(bytes([10]))} lines")


if __name__ == "__main__":
    main()
