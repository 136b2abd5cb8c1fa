#!/usr/bin/env bash
# Says in one line what is wrong where Go is missing or too old. An older Go may fetch the one that go.mod wants; that
# counts as new enough.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v go >/dev/null; then
	echo "Go 1.26 or later is needed and is not on the PATH: see https://go.dev/doc/install" >&2
	exit 1
fi
version=$(go env GOVERSION 2>/dev/null || go version)
if [[ $version =~ go([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] > 1 || BASH_REMATCH[2] >= 26)); then exit; fi
echo "Go 1.26 or later is needed, this is $version: see https://go.dev/doc/install" >&2
exit 1
