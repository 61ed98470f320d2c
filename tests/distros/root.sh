# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Makes the root of a Debian suite in which the tree can be built and tested: a minimal installation with the packages
# of tests/lib/packages. It is stored in $LINX_DOWNLOADS/suites/SUITE/tree, without anything that was built from the
# tree.

DISTRO_GROUPS="build test vm"
# Packages that are left out: QEMU runs on this machine, a compiler cache would hide compilations, and databases of fleets
# are tried on this machine, since newer suites lack some. Packages that are added: the root needs its own make.
DISTRO_WITHOUT="qemu-system-x86 ccache clickhouse-server kcat nodejs npm"
DISTRO_BESIDE="make ca-certificates"

distro_root() { printf '%s' "$LINX_DOWNLOADS/suites/$1/tree"; }

# Prints the packages of the root. If the runtimes of clang have only package names with a version, the version is that
# of the suite's clang.
distro_packages() { # SUITE
	local clang
	apt_options "$1"
	clang=$(packaged_clang "${APT[@]}")
	[ -n "$clang" ] || die "Debian $1 has no clang"
	{
		packages_of $DISTRO_GROUPS
		printf '%s\n' $DISTRO_BESIDE
	} | sed "s/^libclang-rt-dev\$/libclang-rt-$clang-dev/" | grep -vxF "$(printf '%s\n' $DISTRO_WITHOUT)" | sort -u
}

# Succeeds if the root is complete. It is made again if the list of packages has changed, or with `tests/distros/run
# --update`.
distro_is_whole() { # SUITE
	local root
	root=$(distro_root "$1")
	[ -e "$root.packages" ] && [ -e "$root/usr/bin/make" ] && distro_asked | cmp -s - "$root.asked"
}

distro_asked() {
	echo "$DISTRO_GROUPS / $DISTRO_WITHOUT / $DISTRO_BESIDE"
	packages_of $DISTRO_GROUPS | sort -u
}

# Makes the root, under the lock of the downloads.
distro_make_root() { # SUITE
	local suite=$1 root new packages
	! distro_is_whole "$suite" || return 0
	root=$(distro_root "$suite")
	new=$root.new
	mkdir -p "${root%/*}"
	say "making a root of Debian $suite with what building and testing need (once; some minutes)"
	apt_update "$suite"
	packages=$(distro_packages "$suite")
	as_root rm -rf --one-file-system "$new" "$root"
	cat "$(apt_dir "$suite")/sources.list" >"$root.list"
	as_root mmdebstrap --variant=minbase --include="$(xargs <<<"$packages" | tr ' ' ,)" \
		--dpkgopt=force-unsafe-io --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Languages "none"' \
		"$suite" "$new" "$root.list" >"$root.log" 2>&1 </dev/null ||
		die "no root of $suite (log: $(short "$root.log"))"
	as_root chmod 755 "$new"
	as_root mkdir -p "$new/src"
	as_root mv "$new" "$root"
	distro_asked >"$root.asked"
	echo "$packages" >"$root.packages"
}

# Removes the root, so that the next run makes it from the packages that the archive has then.
distro_forget() { as_root rm -rf --one-file-system "$(distro_root "$1")"; } # SUITE
