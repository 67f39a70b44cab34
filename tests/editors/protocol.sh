#!/usr/bin/env bash
# Speaks the language server protocol to the real runblock binary, with a client that is not ours (pytest-lsp) and the
# first messages of eight editors. Installs what it needs into tests/editors/.cache by itself.
#
#   protocol.sh [ARGUMENT...]   for pytest, such as `-k rename` or `-x`
#
#   RUNBLOCK_BIN                the server under test (default: built from this repository)
#   RUNBLOCK_EDITOR_CACHE       where downloads are kept (default: tests/editors/.cache)
#
# Exit code: 0 all checks passed, 1 some failed, 2 something could not be installed or built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/common.sh"
. "$here/lib/install-pytest.sh"

find_runblock
install_pytest

status=0
cd "$here/protocol"
PYTHONDONTWRITEBYTECODE=1 timeout 600 "$PYTHON" -m pytest "$@" </dev/null || status=1
exit "$status"
