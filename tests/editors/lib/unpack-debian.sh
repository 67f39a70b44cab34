#!/usr/bin/env bash
# unpack-debian.sh SUITE DIR PACKAGE...: unpacks the packages and everything that they depend on into DIR, with an apt
# configuration of its own and an empty package status; /etc/apt and the system's packages stay as they are.
set -euo pipefail
suite=$1 dir=$2
shift 2
apt="$dir/.apt"
mkdir -p "$apt"/{lists/partial,cache/archives/partial,debs,none}
: >"$apt/status"
# The mirror that the system itself uses, in whichever of apt's two notations it stands.
mirror=$(awk '
  /^URIs:/ { print $2; exit }
  /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }
' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
[ -n "$mirror" ] || {
  echo "no Debian mirror found in /etc/apt" >&2
  exit 1
}
cat >"$apt/debian.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/debian.sources";
Dir::Etc::sourceparts "$apt/none";
Dir::Etc::preferencesparts "$apt/none";
Dir::Etc::preferences "$apt/no-preferences";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
CONF
export APT_CONFIG="$apt/apt.conf"
apt-get update -qq
packages=$(apt-get install -s "$@" | awk '/^Inst/ { print $2 }')
cd "$apt/debs"
# shellcheck disable=SC2086 # one word per package
apt-get download -qq $packages
for deb in *.deb; do dpkg-deb -x "$deb" "$dir"; done
rm -rf "$apt"
