#!/bin/sh
# Builds the fuzz targets with swiftc alone and runs each for SECONDS.
#   Tests/Fuzz/run.sh SECONDS [TARGET]
# A target is a directory here with its harness, `sources.txt` (the sources under test, which import no package) and
# `corpus` (small seeds). New inputs go to corpus-local, which is not committed.
set -eu

seconds="${1:?usage: Tests/Fuzz/run.sh SECONDS [TARGET]}"
only="${2:-}"
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
build="${FUZZ_BUILD_DIR:-$root/.build/fuzz}"
found="$here/corpus-local"
mkdir -p "$build"
passed=0
failed=0

for list in "$here"/*/sources.txt; do
  target="$(basename "$(dirname "$list")")"
  if [ -n "$only" ] && [ "$only" != "$target" ]; then continue; fi
  cd "$root"
  # The list has patterns, which the shell is to expand.
  # shellcheck disable=SC2046
  swiftc -O -sanitize=fuzzer,address -parse-as-library -swift-version 6 -package-name patient_flow -module-name Fuzz \
    -I "$root/Sources/CLibraries/CChecksum/include" -use-ld=lld \
    $(cat "$list") "$here/$target"/*.swift -o "$build/$target"
  mkdir -p "$found/$target"
  # The backtracer reads the stopped program's memory, which the address sanitizer takes for an error of its own.
  if SWIFT_BACKTRACE=enable=no "$build/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$found/" "$found/$target" "$here/$target/corpus"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
