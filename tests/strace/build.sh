# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Builds strace and the programs of its test suite, in a root of their own Debian release
# (build/strace-suite/RELEASE/root): with its compiler, its kernel headers and its C library, which the guest also gets.

NEWEST=$LINX_BUILD/strace-suite/newest	# the strace of sid, for all suites
IN_GUEST=/job/suite			# where a guest has the suite
ROOT_PACKAGES="gcc gcc-multilib libc6-dev make gawk base-files bash dash coreutils sed grep findutils diffutils gzip perl-base"
C_LIBRARY="ld-linux*.so.2 libc.so.6 libm.so.6 libpthread.so.0 librt.so.1 libdl.so.2"

# Sets WORK, SRC and VERSION. Builds missing parts, and continues a build that was interrupted.
# shellcheck disable=SC2034 # used by the scripts that source this file
use_release() { # RELEASE SOURCE BITS...
	local b
	WORK=$LINX_BUILD/strace-suite/$1
	mkdir -p "$WORK/results"
	touch "$WORK/results"/{own,newest,linxcap}-{64,32}
	[ -e "$WORK/version" ] || with_downloads fetch_source "$1" "$2"
	VERSION=$(cat "$WORK/version")
	SRC=$WORK/root/src/strace-$VERSION
	[ -e "$WORK/root/src/there" ] || with_downloads fetch_root "$1"
	for b in "${@:3}"; do
		[ -e "$WORK/root/src/built-$b" ] || build "$b" "$(directory "$b")"
	done
	[ -e "$NEWEST/version" ] || with_downloads fetch_newest
}

# Fetches the source tree into $WORK/source.
fetch_source() { # RELEASE SOURCE
	rm -rf "$WORK/source"
	mkdir -p "$WORK/source"
	if [ -n "$2" ]; then
		cp -r "$2/." "$WORK/source/"
	else
		fetch_package "$1"
	fi
	[ -e "$WORK/source/configure" ] || die "a tree of strace without configure: ${2:-the source package of $1}"
	sed -n "s/^PACKAGE_VERSION='\(.*\)'/\1/p" "$WORK/source/configure" >"$WORK/version.new"
	mv "$WORK/version.new" "$WORK/version"
}

fetch_package() { # RELEASE
	local d
	say "fetching strace, as Debian's source package of $1"
	apt_update "$1"
	d=$(apt_dir "$1")
	apt_options "$1"
	sed -n "s/^deb \(.* $1 main\)\$/deb-src \1/p" "$d/sources.list" >"$d/source-packages.list"
	APT+=(-o Dir::Etc::sourcelist="$d/source-packages.list" -o APT::Sandbox::User=root)
	rm -f "$WORK"/strace_*
	(cd "$WORK" && apt-get "${APT[@]}" update && apt-get "${APT[@]}" source --download-only strace) >"$WORK/source.log" 2>&1 ||
		{ grep '^E:' "$WORK/source.log" >&2; die "the archive gives no source package of strace in $1 (log: $(short "$WORK/source.log"))"; }
	tar -x -C "$WORK/source" --strip-components=1 -f "$WORK"/strace_*.orig.tar.*z
}

fetch_root() { # RELEASE
	local root=$WORK/root
	say "fetching the compiler of $1, into a root of its own"
	rm -rf --one-file-system "$root"
	mkdir -p "$root"
	root_skeleton "$root"
	mkdir -p "$root/usr/lib32" "$root$IN_GUEST"
	ln -s usr/lib32 "$root/lib32"
	apt_update "$1"
	# shellcheck disable=SC2086 # a list of names, which are arguments
	apt_closure "$1" $ROOT_PACKAGES | unpack_debs "$root"
	ln -sf gawk "$root/usr/bin/awk"
	ln -sf dash "$root/usr/bin/sh"
	cp -r "$WORK/source" "$root/src/strace-$VERSION"
	: >"$root/src/there"
}

loader() { # BITS: the path that the linker is given
	case $1 in
	32) echo "-Wl,--dynamic-linker=$IN_GUEST/lib32/ld-linux.so.2 -Wl,-rpath,$IN_GUEST/lib32" ;;
	*) echo "-Wl,--dynamic-linker=$IN_GUEST/lib64/ld-linux-x86-64.so.2 -Wl,-rpath,$IN_GUEST/lib64" ;;
	esac
}

# Builds with the kernel headers that come with strace, if it has some: those of the release may be too new for it. Some
# programs may not build; their tests report "missing".
build() { # BITS TESTS
	local began=$SECONDS
	say "building strace $VERSION and its tests of $1 bits, 5 to 15 minutes on two cores (log: $(short "$WORK/build-$1.log"))"
	in_root "$WORK/root" sh -c "
		cd /src/strace-$VERSION
		[ ! -d bundled/linux ] || bundled=--enable-bundled=yes
		[ -e Makefile ] || ./configure --enable-gcc-Werror=no --enable-mpers=m32 \$bundled CFLAGS=-O1 CFLAGS_FOR_M32=-O1
		make -k -j$(nproc) LDFLAGS='$(loader 64)'
		make -k -j$(nproc) -C $2 check TESTS= LDFLAGS='$(loader "$1")'
		[ -x src/strace ] && [ -x $2/access ]" >"$WORK/build-$1.log" 2>&1 </dev/null ||
		die "strace does not build (log: $(short "$WORK/build-$1.log"))"
	: >"$WORK/root/src/built-$1"
	say "  built in $(((SECONDS - began + 59) / 60)) minutes"
}

# Fetches the newest strace with its own C library.
fetch_newest() {
	say "fetching the newest strace"
	apt_update sid
	rm -rf "$NEWEST"
	mkdir -p "$NEWEST"
	root_skeleton "$NEWEST"
	apt_closure sid strace | unpack_debs "$NEWEST"
	apt_options sid
	apt-cache "${APT[@]}" show strace | awk '/^Version: / && !n++ { sub(/[+-].*/, "", $2); print $2 }' >"$NEWEST/version.new"
	mv "$NEWEST/version.new" "$NEWEST/version"
}

# Copies the C library with which the programs were built to the place where they look for it. strace itself is always a
# 64-bit program.
copy_libraries() { # DIR
	local lib
	mkdir -p "$1/lib64" "$1/lib32"
	for lib in $C_LIBRARY; do
		# shellcheck disable=SC2086 # the name may be a pattern
		cp "$WORK"/root/usr/lib/x86_64-linux-gnu/$lib "$1/lib64/"
		# shellcheck disable=SC2086
		cp "$WORK"/root/usr/lib32/$lib "$1/lib32/"
	done
}
