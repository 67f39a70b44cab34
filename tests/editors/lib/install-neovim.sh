# Neovim, of a given release, without touching the system's own packages.
# Sourced after common.sh; `install_neovim 0.12` or `0.10` sets NVIM to a program that starts it.

# On Debian, the wanted release is unpacked from a newer suite together with that suite's C library, since bookworm's
# own Neovim (0.7) is older than what the plugin supports.
install_neovim() {
  local release=$1 suite
  case $release in
    0.12) suite=forky ;;
    0.10) suite=trixie ;;
    *) fail "install_neovim knows 0.12 and 0.10, not $release" ;;
  esac
  local dir="$cache_dir/neovim-$release"
  NVIM="$dir/nvim"
  [ -x "$NVIM" ] && return
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
    fail "Neovim $release is only installed by this script on Debian; elsewhere set NVIM to your own"
  apt_need patchelf patchelf
  say "installing Neovim $release from Debian $suite"
  rm -rf "$dir"
  mkdir -p "$dir"
  quietly "apt-neovim-$release" "$editors_dir/lib/unpack-debian.sh" "$suite" "$dir" neovim
  local lib
  lib=$(echo "$dir"/usr/lib/*-linux-gnu)
  patchelf --set-interpreter "$(echo "$lib"/ld-linux-*.so.*)" --force-rpath --set-rpath "$lib" "$dir/usr/bin/nvim"
  cat >"$dir/nvim.new" <<WRAPPER
#!/bin/sh
export VIMRUNTIME=$dir/usr/share/nvim/runtime
exec $dir/usr/bin/nvim "\$@"
WRAPPER
  chmod +x "$dir/nvim.new"
  "$dir/nvim.new" --version >/dev/null || fail "Neovim $release does not start"
  # Last, so that an interrupted installation is begun again.
  mv "$dir/nvim.new" "$NVIM"
}
