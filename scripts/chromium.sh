#!/usr/bin/env bash
# Sees to it that there is a browser for the journeys: what is there, else Debian's chromium through apt.
set -euo pipefail
cd "$(dirname "$0")"
. ./apt.sh

# Ubuntu's chromium-browser may be a script that only asks for a snap, so a browser is one that tells its version.
find_browser() {
	local name
	for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable \
		"/Applications/Chromium.app/Contents/MacOS/Chromium" \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
		if command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then return; fi
	done
	return 1
}

find_browser && exit
if [ -z "${CHROMIUM:-}" ] && can_install; then
	# Without a font, everything on a page has no size.
	install "the journeys in a real browser" chromium fonts-liberation ||
		{ command -v snap >/dev/null && echo "Installing chromium through snap …" >&2 && as_root snap install chromium >&2; } || true
	find_browser && exit
fi
echo "The tests need a browser: install Chromium or Google Chrome (Debian: apt install chromium; Ubuntu: snap install" \
	"chromium; macOS: brew install --cask google-chrome), or name one in CHROMIUM." >&2
exit 1
