# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For tests of recordings into several capture files: a program that makes CALLS numbered calls, and checks that the
# files have each of these calls.

# Makes CALLS calls with ascending numbers: lseek of a closed descriptor, which has no effect, to that offset.
numbered_calls() {
	perl -e "for (1..$CALLS) { syscall($nr_lseek, 500, \$_, 0); select(undef, undef, undef, 0.1) unless \$_ % ($CALLS / 40) }"
}

# Makes a call that it can recognise, and returns whether one of the files has that call. All files are searched,
# because on a slow machine the first file may already have reached its time limit.
is_recorded() { # NAME
	local f
	perl -e "syscall($nr_lseek, 501, 0, 0)"
	for f in "$1".*; do
		! linxcap -r "$f" -q 2>/dev/null | grep -q "lseek(501" || return 0
	done
	return 1
}

numbers() { # FILE...
	local f
	for f in "$@"; do
		linxcap -r "$f" -q --format json 2>>err | jq -r 'select(.syscall == "lseek" and .args.fd == 500) | .args.offset'
	done
}

whole() { # FILE
	linxcap -r "$1" --stats=stats -q -o /dev/null || fail "$1 cannot be read"
	holds "$1" stats '.complete and .selected == .delivered'
}

# all_there LAST FILE...: expects that each file is complete, and that together they have the numbers from 1 to LAST.
all_there() { # LAST FILE...
	local last=$1 f
	shift
	[ $# -ge 4 ] || fail "files: $*"
	for f in "$@"; do
		whole "$f"
	done
	numbers "$@" | sort -n | uniq >seen
	is "numbers in $(ls -s "$@" | tr '\n' ' ')" "$(wc -l <seen) $(head -n 1 seen) $(tail -n 1 seen)" "$last 1 $last"
}

