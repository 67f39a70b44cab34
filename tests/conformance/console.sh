#!/usr/bin/env bash
# Gives the same expressions to both consoles and prints how many agree, group by
# group; see console.py for what can be asked.
#
#     tests/conformance/console.sh [--random SEED --count N | --matrix | FILE…]
#
# Ends with 0 when every answer agrees, 1 when one does not, 2 when a tool is missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RUNBLOCK_BIN=${RUNBLOCK_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/runblock}
for tool in terraform python3 "$RUNBLOCK_BIN"; do
    command -v "$tool" >/dev/null || { echo "$tool is not there" >&2; exit 2; }
done
exec python3 "$here/console.py" "$@"
