#!/usr/bin/env bash
# need.sh COMMAND WHY PACKAGE… installs the Debian packages that bring the command, where it is missing.
set -euo pipefail
cd "$(dirname "$0")"
. ./apt.sh

command=$1 why=$2
shift 2
command -v "$command" >/dev/null && exit
if can_install && install "$why" "$@" && hash -r && command -v "$command" >/dev/null; then exit; fi
echo "$command is needed ($why): please install it (Debian, Ubuntu: apt install $*)." >&2
exit 1
