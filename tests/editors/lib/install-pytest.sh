# pytest and pytest-lsp in a virtual environment, with the versions of protocol/requirements.txt.
# Sourced after common.sh; `install_pytest` sets PYTHON to the environment's own.

install_pytest() {
  local wanted="$editors_dir/protocol/requirements.txt" dir="$cache_dir/pytest"
  PYTHON="$dir/bin/python"
  cmp -s "$wanted" "$dir/installed.txt" && [ -x "$PYTHON" ] && return
  apt_need python3 python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  say "installing pytest-lsp"
  rm -rf "$dir"
  quietly python-venv python3 -m venv "$dir"
  quietly pip-pytest "$PYTHON" -m pip install --disable-pip-version-check --no-deps --requirement "$wanted"
  # Last, so that an interrupted installation is begun again.
  cp "$wanted" "$dir/installed.txt"
}
