#!/usr/bin/env bash
# Uses the Neovim plugin in real Neovim, keys typed and screen read, with the real runblock binary.
# Installs what it needs into tests/editors/.cache by itself.
#
#   neovim.sh [RELEASE...]   releases to drive (default: 0.12 0.10)
#
#   RUNBLOCK_BIN             the server under test (default: built from this repository)
#   RUNBLOCK_EDITOR_CACHE    where downloads are kept (default: tests/editors/.cache)
#   NVIM                     your own Neovim, driven instead of the releases
#
# Exit code: 0 all checks passed, 1 some failed, 2 something could not be installed or built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/common.sh"
. "$here/lib/install-neovim.sh"

find_runblock
own_nvim=${NVIM:-}
if [ -n "$own_nvim" ]; then set -- own; elif [ $# = 0 ]; then set -- 0.12 0.10; fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/runblock-neovim.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

status=0
for release in "$@"; do
  if [ "$release" = own ]; then NVIM=$own_nvim; else install_neovim "$release"; fi
  # Each release gets a folder of its own: a copy of the workspace, and a home without any configuration.
  mkdir -p "$scratch/$release/home"
  cp -R "$repo_dir/tests/workspaces/greeting" "$scratch/$release/workspace"
  cp "$here/slow.tftest.hcl" "$scratch/$release/workspace"
  echo "# $("$NVIM" --version | head -n 1)"
  # NVIM means something else to Neovim itself: the address of a surrounding instance.
  env -u NVIM HOME="$scratch/$release/home" XDG_CONFIG_HOME="$scratch/$release/home/.config" \
    XDG_STATE_HOME="$scratch/$release/home/.state" XDG_DATA_HOME="$scratch/$release/home/.data" \
    EDITOR_NVIM="$NVIM" PLUGIN="$repo_dir/editors/neovim" WORKSPACE="$scratch/$release/workspace" LC_ALL=C.UTF-8 \
    timeout 240 "$NVIM" --clean --headless -l "$here/neovim/drive.lua" || status=1
done
exit "$status"
