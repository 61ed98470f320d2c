# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Reads tests/vm/kernels.list.

kernel_all() { awk '!/^#/ && NF && $1 !~ /-/ { print $1 }' "$LINX_ROOT/tests/vm/kernels.list"; }

# Lists kernels of distributions, with all their flavours.
kernel_matrix() { awk '!/^#/ && NF && $3 != "sanitizer" { print $1 }' "$LINX_ROOT/tests/vm/kernels.list"; }

# Lists the slow kernels that check every access.
kernel_sanitizers() { awk '!/^#/ && $3 == "sanitizer" { print $1 }' "$LINX_ROOT/tests/vm/kernels.list"; }
kernel_is_slow() { [[ " $(kernel_sanitizers | xargs) " == *" $1 "* ]]; }

# Prints the factor by which everything is slower: with checks of each access, and on another architecture.
kernel_slowness() { # SERIES
	if kernel_is_slow "$1"; then
		echo 6
	elif [ "$(kernel_arch "$1")" != amd64 ]; then
		echo 3
	else
		echo 1
	fi
}

kernel_row() { # SERIES -> suite flavour
	awk -v s="$1" '!/^#/ && $1 == s { print $2, $3; found = 1 } END { exit !found }' \
		"$LINX_ROOT/tests/vm/kernels.list" ||
		die "no kernel $1 in tests/vm/kernels.list (there are: $(kernel_matrix | xargs))"
}

# Prints Debian's name of its architecture.
kernel_arch() {
	case $(kernel_row "$1") in
	*' arm64') echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# A test that names a series in its head means all its flavours.
kernel_series() { printf '%s' "${1%%-*}"; }

kernel_version() { cat "$LINX_DOWNLOADS/kernels/$1/version"; }
