#!/usr/bin/env bash
# Builds and packages the VS Code extension, installs it in a real VS Code server, and uses it in headless Chromium
# with the real runblock binary. Installs what it needs into tests/editors/.cache by itself.
#
#   RUNBLOCK_BIN            the server under test (default: built from this repository)
#   RUNBLOCK_EDITOR_CACHE   where downloads are kept (default: tests/editors/.cache)
#   CHROMIUM                the browser (default: chromium or google-chrome on the PATH, else installed)
#   UPDATE_SCREENSHOT=1     rewrite editors/vscode/images/failing-assert.png
#   KEEP=1                  keep the temporary folder: workspace, logs, and a picture of every failed check
#
# Exit code: 0 all checks passed, 1 some failed, 2 something could not be installed or built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/common.sh"
. "$here/lib/install-vscode.sh"

find_runblock
install_vscode

extension="$repo_dir/editors/vscode"
cd "$extension"
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  say "installing the extension's packages"
  quietly npm-extension npm ci
  touch node_modules/.package-lock.json
fi
say "checking and packaging the extension"
quietly extension-check npm run check
quietly extension-test npm test
quietly extension-package npm run package

scratch=$(mktemp -d "${TMPDIR:-/tmp}/runblock-vscode.XXXXXX")
server=
cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  if [ -n "${KEEP:-}" ]; then say "kept $scratch"; else rm -rf "$scratch"; fi
}
trap cleanup EXIT

# A copy, so that nothing a run or an editor writes lands in the repository.
cp -R "$repo_dir/tests/workspaces/greeting" "$scratch/workspace"
cp "$here/slow.tftest.hcl" "$scratch/workspace"
mkdir -p "$scratch/data/data/Machine" "$scratch/extensions"
settings="$scratch/data/data/Machine/settings.json"
sed "s|RUNBLOCK_BIN|$RUNBLOCK_BIN|" "$here/vscode/settings.json" >"$settings"

# No extension gallery: nothing but this extension is installed, and no request leaves the machine.
export EXTENSIONS_GALLERY='{"serviceUrl":"http://127.0.0.1:9"}'
vscode_flags=(--accept-server-license-terms --telemetry-level off
  --server-data-dir "$scratch/data" --extensions-dir "$scratch/extensions")
quietly install-extension node "$vscode_server" "${vscode_flags[@]}" --install-extension "$extension/runblock.vsix"

say "starting the VS Code server"
: >"$scratch/server.log"
# Port 0: the server picks a free one and says so.
node "$vscode_server" "${vscode_flags[@]}" --host 127.0.0.1 --port 0 --without-connection-token \
  >"$scratch/server.log" 2>&1 &
server=$!
port=
for _ in $(seq 150); do
  port=$(sed -n 's/.*bound to 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$scratch/server.log")
  [ -z "$port" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.2
done
[ -n "$port" ] || {
  cat "$scratch/server.log" >&2
  fail "the VS Code server did not start"
}

picture=
[ -z "${UPDATE_SCREENSHOT:-}" ] || picture="$extension/images/failing-assert.png"
status=0
timeout 300 node "$here/vscode/drive.mjs" \
  --url "http://127.0.0.1:$port/?folder=$scratch/workspace" --workspace "$scratch/workspace" \
  --settings "$settings" --pictures "$scratch/pictures" --screenshot "$picture" --server "$server" || status=$?
[ "$status" = 0 ] || {
  say "the extension's output:"
  find "$scratch/data" -name '*runblock*.log' -exec tail -n 40 {} + >&2 || true
}
exit "$status"
