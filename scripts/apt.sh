# To be sourced: installing Debian packages where that can be done without asking, as root or with a sudo that wants no
# password.

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
	command -v apt-get >/dev/null && as_root true 2>/dev/null
}

# install WHY PACKAGE… says what it does, and shows apt's own words only where it fails.
install() {
	local why=$1 said
	shift
	echo "Installing $* through apt ($why) …" >&2
	# A foreign package source that is out of order need not stop us: the installation tells.
	said=$(as_root apt-get -qq update 2>&1) || echo "apt-get update: $said" >&2
	said=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 install "$@" 2>&1 </dev/null) && return
	echo "$said" >&2
	return 1
}
