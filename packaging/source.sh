# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The version of this tree and its time, for everything that is made of it. Sourced after tests/lib/common.sh.

linx_version() { sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$LINX_ROOT/dkms.conf"; }

# A folder above may be another project's: only a repository of this tree counts.
is_repository() { [ -e "$LINX_ROOT/.git" ]; }

tree_git() { git -C "$LINX_ROOT" -c safe.directory='*' "$@"; }

# Seconds since 1970: SOURCE_DATE_EPOCH, the last commit, or what the source tarball gave all of its files.
source_epoch() {
	if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
	elif is_repository; then
		tree_git log -1 --format=%ct
	else
		stat -c %Y "$LINX_ROOT/dkms.conf"
	fi
}
