# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Helpers for every script of the project: paths, messages, failure in one line, becoming root, locks.

set -euo pipefail

LINX_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Lists of files are separated by blanks. If the path of the tree has a blank, it is used through a link without one.
case $LINX_ROOT in
*[[:space:]]*)
	links=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/linx/trees
	mkdir -p "$links"
	links=$links/$(cksum <<<"$LINX_ROOT" | cut -d ' ' -f 1)
	[ "$links" -ef "$LINX_ROOT" ] || ln -sfn "$LINX_ROOT" "$links"
	LINX_ROOT=$links
	;;
esac
LINX_BUILD=${BUILD:=build}			# $BUILD: the name that make uses
case $LINX_BUILD in /*) ;; *) LINX_BUILD=$LINX_ROOT/$LINX_BUILD ;; esac
export BUILD
# Folder for downloads and for what is made only from downloads: kernels, headers, the state of apt, roots of other
# suites, tracers. Several clones can share it, because nothing that depends on a clone is written there.
: "${LINX_DOWNLOADS:=$LINX_BUILD}"
case $LINX_DOWNLOADS in /*) ;; *) LINX_DOWNLOADS=$LINX_ROOT/$LINX_DOWNLOADS ;; esac
export LINX_DOWNLOADS
export LC_ALL=C

# Prints the number of processes that a script may keep busy: LINX_JOBS, or else the number of processors.
jobs_at_once() { printf '%s' "${LINX_JOBS:-$(nproc)}"; }

say() { printf '%s\n' "$*" >&2; }

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "needs root for: $* (no sudo here; run it as root once)"
	fi
}

# with_lock NAME COMMAND...: runs COMMAND under a lock of that name, which all runs that share build/ use.
with_lock() {
	local name=$1
	shift
	with_lock_file "$LINX_BUILD/locks/$name" "$@"
}

# with_downloads COMMAND...: runs COMMAND under the lock of the downloads, which all clones that share them use. The
# lock is in the folder of apt's state, which every fetch uses. After a wait the command must check again whether its
# file is there, because another run may have fetched it meanwhile.
with_downloads() { with_lock_file "$LINX_DOWNLOADS/apt/lock" "$@"; }

with_lock_file() { # FILE COMMAND...
	local file=$1
	shift
	mkdir -p "${file%/*}"
	(
		flock 9
		"$@"
	) 9>"$file"
}

# Prints the program that ends a hanging command, see tests/lib/limit.c. timeout(1) would also end a command that is
# slow because the machine is busy.
limit_program() {
	local program=$LINX_BUILD/tests/limit
	if [ ! -x "$program" ] || [ "$LINX_ROOT/tests/lib/limit.c" -nt "$program" ]; then
		with_lock limit build_limit "$program"
	fi
	echo "$program"
}

build_limit() { # PROGRAM
	mkdir -p "${1%/*}"
	"${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror "$LINX_ROOT/tests/lib/limit.c" -o "$1.new" && mv "$1.new" "$1"
}

# Prints the name of a file of the project relative to its top folder.
short() { printf '%s' "${1#"$LINX_ROOT"/}"; }

# Scripts call make themselves; the options of a make that called them must not apply there.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

run_make() { make --no-print-directory -C "$LINX_ROOT" "$@"; }
