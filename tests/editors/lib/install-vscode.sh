# VS Code's own server and web workbench (from the npm package code-server), Chromium and playwright-core.
# Sourced after common.sh; `install_vscode` sets vscode_server (a script for node) and CHROMIUM.

code_server_version=4.100.3 # VS Code 1.100.3; the newest that runs on Node.js 20
playwright_version=1.65.1

install_vscode() {
  use_cached_node
  install_chromium
  install_playwright
  install_code_server
}

install_chromium() {
  if [ -z "${CHROMIUM:-}" ]; then
    CHROMIUM=$(command -v chromium || command -v google-chrome || command -v chromium-browser || true)
  fi
  if [ -z "$CHROMIUM" ]; then
    # The font holds the signs of the lenses: ▶ ✓ ✗ ⏳.
    apt_need chromium chromium fonts-dejavu-core
    CHROMIUM=$(command -v chromium)
  fi
  export CHROMIUM
}

install_playwright() {
  local dir="$cache_dir/playwright-$playwright_version"
  if ! [ -e "$dir/.complete" ]; then
    say "installing playwright-core $playwright_version"
    quietly npm-playwright npm install --prefix "$dir" "playwright-core@$playwright_version"
    touch "$dir/.complete"
  fi
  export PLAYWRIGHT="$dir/node_modules/playwright-core"
}

install_code_server() {
  local dir="$cache_dir/code-server-$code_server_version"
  local vscode="$dir/node_modules/code-server/lib/vscode"
  vscode_server="$vscode/out/server-main.js"
  [ -e "$dir/.complete" ] && return
  apt_need ps procps
  apt_need rg ripgrep
  apt_need python3 python3
  apt_need make build-essential
  apt_need g++ build-essential
  say "installing the VS Code server $code_server_version (about a minute)"
  # The packages' own install scripts are skipped, because some want libraries (kerberos) or downloads that the
  # server starts well without; what it does need is built by name.
  quietly npm-code-server npm install --prefix "$dir" --ignore-scripts "code-server@$code_server_version"
  pushd "$vscode" >/dev/null
  quietly npm-vscode npm install --omit=dev --ignore-scripts
  quietly npm-vscode-native npm rebuild @vscode/spdlog native-watchdog
  # node-pty's last step calls a tool that is not there; all that matters is that the module was built.
  npm rebuild node-pty >/dev/null 2>&1 || [ -f node_modules/node-pty/build/Release/pty.node ] ||
    fail "node-pty does not build"
  # File search and `workspaceContains:` activation call ripgrep at this place.
  mkdir -p node_modules/@vscode/ripgrep/bin
  ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
  ln -sfn node_modules node_modules.asar
  popd >/dev/null
  touch "$dir/.complete"
}
