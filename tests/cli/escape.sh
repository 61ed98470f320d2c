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

# A seccomp filter with a listener reaches other threads when its thread later installs a filter for all threads. It
# reaches the traced command if the program that starts linxcap has it. All calls are recorded in both cases.
test_listeners_that_spread() {
	local how
	for how in '-e getsid' '-e getsid --let-go'; do
		# shellcheck disable=SC2086
		escapes spread-listener $how
		is_complete
		[ "$(count ' getsid\(0\) = [0-9]')" = 10 ] || broken "$how: $(count ' getsid') calls, not 10"
		rm log
		status=0
		COMMAND="'$LINXCAP' --engine ptrace -o log $how -- '$WORK/escapes' call" \
			"$LIMIT_PROGRAM" 60 "$WORK/escapes" under-listener >out 2>err || status=$?
		is_status 0
		is_complete
		[ "$(count ' getsid\(0\) = [0-9]')" = 10 ] || broken "$how: $(count ' getsid') calls, not 10"
	done
}

# A child whose creator is killed during the creation does not stay stopped. Its calls neither fail nor are missed.
test_creators_that_are_killed() {
	local how
	for how in '-e exit_group' '-e exit_group --let-go'; do
		# shellcheck disable=SC2086
		escapes kill-creators $how
		has out '^ended 400$'
		is_complete
		lacks log 'exit_group\([^0]'
	done
}

# Calls that pass memory which the program can write but not read are recorded: the kernel reads it for the program.
test_write_only_memory() {
	escapes write-only -e openat,write
	shows log 'openat(AT_FDCWD, "/path that is not there", O_RDONLY) = -1 ENOENT'
	shows log 'write(-1, "a buffer", 8) = -1 EBADF'
}

# The flags of clone3() may lie in memory that the program can write but not read: the child is traced nevertheless. If
# the tracer cannot read the memory at all, the call is refused.
test_untraced_by_strange_memory() {
	local how
	for how in '-e openat' '-e openat --let-go'; do
		# shellcheck disable=SC2086
		escapes untraced-write-only $how
		has out '^child: 0$'
		shows log 'openat(AT_FDCWD, "/dev/full", O_RDONLY) = '
	done
	for how in '-e openat' '-e openat --let-go'; do
		# shellcheck disable=SC2086
		escapes untraced-secret $how
		has out '^refused: Bad address$'
	done
}

# Flags of clone3() that change after the tracer has looked at them let a child leave the trace. The tracer then traces
# the child again, and reports that. There can be more reports than children that count themselves as escaped, because a
# child does not count itself if it is traced again before it looks for its tracer.
test_flags_that_change() {
	local how word reports
	for word in change-flags change-flags-of-vfork; do
		for how in '-e getsid' '-e getsid --let-go'; do
			# shellcheck disable=SC2086
			escapes $word $how
			has err 'INCOMPLETE: somebody interfered with the recording$'
			reports=$(count 'tampering: process [0-9]+ made a child that left the trace')
			[ "$reports" -ge "$(number escaped)" ] || broken "$word $how: $reports reports"
			[ "$reports" -lt "$(number made)" ] || broken "$word $how: $reports reports"
			[ "$(count ' getsid\(0\) = [0-9]')" = $((10 * $(number made))) ] || broken "$word $how: $(count ' getsid') calls"
		done
	done
}
number() { # NAME: prints what the program said
	sed -n "s/^$1 //p" out
}

# The last task that releases a socket can be made to wait for the socket's peer. That task is never the tracer, even if
# the tracer reads the socket's details.
test_sockets_that_linger() {
	local how
	for how in '-e sendto' '-yy -e sendto' '-yy -e sendto --let-go'; do
		# shellcheck disable=SC2086
		escapes linger $how
		has out '^closed 100$'
		is_complete
	done
}

# At the beginning of each file of a series, each traced process gets a record again, after those of its ancestors.
test_deep_chain() {
	local f n=0
	ulimit -s 256
	traced -e getsid -w log -C 64K -- "$WORK/escapes" chain
	is_status 0
	has out '^ended 0$'
	for f in log*; do
		lx -r "$f" -e getsid
		is_complete
		n=$((n + $(grep -c ' getsid(' out)))
	done
	[ $n = 2000 ] || broken "$n calls, not 2,000"
}

# A name that a task gets by /proc/self/comm counts for the filter on names.
test_names_by_a_file() {
	escapes name -e getsid --comm wanted
	is_complete
	[ "$(count ' wanted\[.* getsid\(0\)')" = 10 ] || broken "$(count getsid) calls, not 10"
}
