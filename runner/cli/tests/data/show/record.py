"""Records what `terraform test -verbose` prints for the modules of this folder.

Each folder gets `expected.txt`: standard output as it is, except that every object id is zero. Needs `terraform`
1.11.4 on the PATH; run it as `python3 record.py [FOLDER...]`.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ZERO = b"00000000-0000-0000-0000-000000000000"


def record(folder: pathlib.Path) -> bytes:
    with tempfile.TemporaryDirectory() as temporary:
        module = pathlib.Path(temporary) / "module"
        shutil.copytree(folder, module)
        run(["terraform", "init", "-no-color"], module).check_returncode()
        out = run(["terraform", "test", "-verbose", "-no-color"], module)
        sys.stderr.buffer.write(out.stderr)
        return ID.sub(ZERO, out.stdout)


def run(command: list[str], directory: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=directory, capture_output=True)


def main() -> None:
    wanted = sys.argv[1:] or sorted(path.parent.name for path in HERE.glob("*/main.tf"))
    for name in wanted:
        text = record(HERE / name)
        (HERE / name / "expected.txt").write_bytes(text)
        print(f"{name}: {text.count(bytes([10]))} lines")


if __name__ == "__main__":
    main()
