# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Programs that try to make calls which the engine ptrace does not record.

export LINX_ENGINE=ptrace

# escapes WORD OPTION...: traces the program, which must end as it does alone.
escapes() {
	local word=$1
	shift
	traced -o log "$@" -- "$WORK/escapes" "$word"
	[ "$status" != 77 ] || skip "$word is not possible here"
	is_status 0
}

count() { # PATTERN
	grep -Ec -- "$1" log
}

# A call that the kernel has made is recorded, although its caller is killed before it returns.
test_killed_in_a_call() {
	local how
	for how in '-e pwrite64' '-e pwrite64 --let-go' '-e write,pwrite64,pause'; do
		# shellcheck disable=SC2086 # several words, each of which is an argument
		escapes killed-writers $how
		has out '^written 300$'
		is_complete
		[ "$(count ' pwrite64\([0-9]+, "x", 1, [0-9]+\) = 1$')" = 300 ] || broken "$how: $(count ' pwrite64\(') calls, not 300"
	done
}
