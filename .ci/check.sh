#!/usr/bin/env bash
# The promises that a machine can hold: format, warnings, import walls, changelog, words that must not stay.
# Every failure is shown before it ends with 1.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=0
swift=${SWIFT:-swift}

report() { # title, output
    if [ -n "$2" ]; then
        printf '✗ %s\n%s\n' "$1" "$2" >&2
        failed=1
    else
        printf '✓ %s\n' "$1"
    fi
}

format=$("$swift" format lint --strict --recursive Sources Tests Package.swift 2>&1) || format=${format:-swift format failed}
report 'format (swift format lint)' "$format"

changelog() {
    local body
    [ -f CHANGELOG.md ] || { echo 'CHANGELOG.md is missing'; return; }
    body=$(awk '/^## /{inside = ($2 ~ /^\[?Unreleased\]?$/)} inside && /^- ./' CHANGELOG.md)
    [ -n "$body" ] || echo 'CHANGELOG.md says nothing under Unreleased: add a line about what users see'
}
report 'changelog (Unreleased)' "$(changelog)"

report 'words (no TODO, FIXME, try!, as! in Sources)' \
    "$(grep -rnE --include='*.swift' --include='*.h' --include='*.c' --include='*.cc' --include='*.cpp' \
        '\b(TODO|FIXME)\b|\btry!|\bas! ' Sources)"

# Tests wait for a condition with a deadline; eventually() is where the waiting itself is written. A clock for tests has
# to declare what it does instead.
report 'waiting (no sleep in Tests)' \
    "$(grep -rnE --include='*.swift' '\b(Task\.sleep|usleep|nanosleep|clock_nanosleep|Thread\.sleep)\b|\bsleep\(' Tests |
        grep -vE '^Tests/TestKit/Eventually\.swift:|:    (package )?func sleep\(until')"

units=$(.ci/units check 2>&1) || units=${units:-systemd-analyze verify failed}
report 'systemd units (systemd-analyze verify)' "$units"

# The tool prints "Build complete!" even when the import check fails: only its exit status tells.
printf '… build with warnings as errors and the import walls\n'
mkdir -p .build
if "$swift" build --build-tests --explicit-target-dependency-import-check error >.build/check.log 2>&1; then
    report 'build' ''
    themes=$(.build/debug/signalbox theme lint themes/*.toml --quiet 2>&1) || themes=${themes:-signalbox theme lint failed}
    report 'themes (signalbox theme lint)' "$themes"
else
    report 'build' "$(grep -E '(error|warning):' .build/check.log | sort -u | head -n 60; echo '(the whole log: .build/check.log)')"
fi

exit "$failed"
