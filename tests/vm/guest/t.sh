# SPDX-License-Identifier: LGPL-2.1-or-later
# Functions for all scenarios, the scripts in tests/vm/t. To be sourced: . "$JOB/guest/t.sh"

# Suffix of 32-bit programs on this machine (narrow), the numbers of poll, ppoll, epoll_wait and epoll_pwait (waiting),
# and those of clock_nanosleep and lseek.
case $(uname -m) in
aarch64) narrow=arm waiting=' 73 22 ' nr_clock_nanosleep=115 nr_lseek=62 ;;
*) narrow=i386 waiting=' 7 271 232 281 ' nr_clock_nanosleep=230 nr_lseek=8 ;;
esac

fail() {
	echo "FAIL: $*"
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# is NAME GOT WANTED: expects that GOT equals WANTED.
is() {
	[ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
}

is_rt() {
	case $(uname -v) in
	*PREEMPT_RT*) ;;
	*) return 1 ;;
	esac
}

# has_paths: returns whether this kernel lets probes resolve the paths of executables, directories and descriptors
# (docs/kernels.md).
has_paths() {
	! is_rt
}

# need_paths: skips the test on a kernel without resolved paths.
need_paths() {
	has_paths || skip "PREEMPT_RT: paths of executables, directories and descriptors are not recorded"
}
