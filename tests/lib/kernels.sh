# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Functions that read tests/vm/kernels.list.

kernel_all() { awk '!/^#/ && NF && $1 !~ /-/ { print $1 }' "$LINX_ROOT/tests/vm/kernels.list"; }

# Lists the kernels of distributions, in all their flavours.
kernel_matrix() { awk '!/^#/ && NF && $3 != "sanitizer" && $3 != "built" { print $1 }' "$LINX_ROOT/tests/vm/kernels.list"; }

# Lists the kernels that check every memory access (sanitizers), and are therefore slow.
kernel_sanitizers() { awk '!/^#/ && $3 == "sanitizer" { print $1 }' "$LINX_ROOT/tests/vm/kernels.list"; }
kernel_is_slow() { [[ " $(kernel_sanitizers | xargs) " == *" $1 "* ]]; }

# Returns whether the kernel is built from its suite's source package.
kernel_is_built() { # SERIES
	case $(kernel_row "$1") in
	*' sanitizer' | *' built') return 0 ;;
	esac
	return 1
}

# Prints the factor by which a kernel's tests are slower: because it checks each access, or because of another
# architecture.
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

# Prints Debian's name of the kernel's architecture.
kernel_arch() {
	case $(kernel_row "$1") in
	*' arm64') echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# Prints the series of a kernel without its flavour. A test whose header comment names a series runs on all flavours of
# that series.
kernel_series() { printf '%s' "${1%%-*}"; }

kernel_version() { cat "$LINX_DOWNLOADS/kernels/$1/version"; }
