#!/usr/bin/env bash
# Looks for inputs that break what `src/` says must hold.
#
#   tests/fuzz/run.sh [SECONDS [TARGET…]]      60 seconds of each target unless told otherwise
#
# Needs a Rust toolchain (any: coverage is asked of LLVM, not of a nightly flag) and a C++ compiler. What breaks is
# left in tests/fuzz/found/; after the mend it belongs into the target's corpus.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(syntax edits json_edits evaluation)

passes='-Cpasses=sancov-module -Ccodegen-units=1'
for argument in level=4 inline-8bit-counters pc-table trace-compares; do
  passes+=" -Cllvm-args=-sanitizer-coverage-$argument"
done
target=${CARGO_TARGET_DIR:-../../target}/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
# The workspace's own versions of everything that both have.
cp ../../Cargo.lock libfuzzer/Cargo.lock
RUSTFLAGS="$passes --cfg fuzzing" cargo build --quiet --release \
  --manifest-path libfuzzer/Cargo.toml --target-dir "$target" --target "$host"

mkdir -p found
for name in "${targets[@]}"; do
  fresh=$(mktemp -d)
  echo "fuzzing $name for $seconds s"
  # New inputs go to a folder that is thrown away: the committed corpus is only read.
  status=0
  RUNBLOCK_FUZZ=$name "$target/$host/release/fuzz" "$fresh" "corpus/$name" -dict=words.txt \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="found/$name-" >"$fresh.log" 2>&1 || status=$?
  grep -E 'INITED|DONE|panicked|^[A-Z]+: |^==|Test unit|^stat::|^ +[0-9]+:' "$fresh.log" || true
  rm -rf "$fresh" "$fresh.log"
  [ "$status" -eq 0 ] || { echo "$name: an input breaks it, see tests/fuzz/found"; exit 1; }
done
