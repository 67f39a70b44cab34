# Shared by the two entry points: where things are kept, and how missing packages come onto the machine.
# Sourced, never run. Knows nothing of VS Code or Neovim.

editors_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repo_dir=$(cd "$editors_dir/../.." && pwd)
# Downloads are kept here between runs; delete the folder to start afresh.
cache_dir=${RUNBLOCK_EDITOR_CACHE:-$editors_dir/.cache}
mkdir -p "$cache_dir"
cache_dir=$(cd "$cache_dir" && pwd)

# say MESSAGE: progress goes to stderr, so that stdout holds the checks and nothing else.
say() { printf '== %s\n' "$*" >&2; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}

# quietly LOGNAME COMMAND...: runs a chatty installer; its output is shown only when it fails.
quietly() {
  local log="$cache_dir/$1.log"
  shift
  "$@" >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    fail "\`$*\` failed; the whole log is $log"
  }
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n -E "$@"
  else
    fail "this needs root or sudo: $*"
  fi
}

# apt_need COMMAND PACKAGE...: installs the packages unless COMMAND is there already.
apt_need() {
  local command=$1
  shift
  command -v "$command" >/dev/null || apt_install "$@"
}

# apt_install PACKAGE...
apt_install() {
  command -v apt-get >/dev/null || fail "$* is missing and this is no Debian-like system; install it by hand"
  say "installing $* (apt)"
  # A fresh image has no package lists, an old one has lists that name packages long gone.
  quietly apt-update as_root apt-get update -qq
  quietly "apt-$1" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# use_cached_node: puts a pinned Node.js first on PATH, so that native modules and tests do not depend on the
# machine's own version. The machine's npm is only used to fetch it.
node_version=20.20.2
use_cached_node() {
  local arch
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail "no Node.js package for $(uname -m)" ;;
  esac
  local prefix="$cache_dir/node/node_modules/node-linux-$arch"
  if ! [ -x "$prefix/bin/node" ] || [ "$("$prefix/bin/node" --version)" != "v$node_version" ]; then
    apt_need npm npm
    say "installing Node.js $node_version"
    quietly npm-node npm install --prefix "$cache_dir/node" --no-audit --no-fund "node-linux-$arch@$node_version"
  fi
  apt_need npm npm
  export PATH="$prefix/bin:$PATH" npm_config_nodedir="$prefix" npm_config_loglevel=error
  export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
}

# find_runblock: sets and exports RUNBLOCK_BIN, the server under test; builds the debug binary unless one is given.
find_runblock() {
  if [ -z "${RUNBLOCK_BIN:-}" ]; then
    say "building runblock"
    (cd "$repo_dir" && cargo build --quiet --package runblock) || fail "runblock does not build"
    RUNBLOCK_BIN=${CARGO_TARGET_DIR:-$repo_dir/target}/debug/runblock
  fi
  [ -x "$RUNBLOCK_BIN" ] || fail "no runblock binary at $RUNBLOCK_BIN"
  RUNBLOCK_BIN=$(cd "$(dirname "$RUNBLOCK_BIN")" && pwd)/$(basename "$RUNBLOCK_BIN")
  export RUNBLOCK_BIN
}
