#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process that has more threads than a probe examines changes their shared state again and again: it writes its number
# into cgroup.procs of its own cgroup, or it changes to its own working directory, after it was renamed once to a name
# that the filter excludes. Other processes get no additional context records because of that: each of them has one, and
# no context record is lost. Both engines are tested.
# full
# kernels: 6.1 6.12 7.2
# timeout: 500
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
mkdir -p cg
mount -t cgroup2 none cg || skip "no cgroup2"
mkdir cg/own
threads=4200 others=10 calls=1000

# Processes that make calls while the crowd (the process with very many threads) changes state, each for many time
# slices.
cat >others <<'END'
my ($others, $calls) = @ARGV;
for (1 .. $others) {
	next if fork;
	for (1 .. $calls) { syscall(110); select(undef, undef, undef, 0.001) if $_ % 10 == 0; }
	exit;
}
1 while wait > 0;
END

# during WHAT OPTION...: records the other processes while a crowd does WHAT. The crowd is killed after the recording.
during() {
	local what=$1 crowd made context
	crowd $threads "$what" cg/own/cgroup.procs >made &
	crowd=$!
	echo $crowd >cg/own/cgroup.procs
	soon grep -q ready made
	background -q --engine "$engine" -e trace=getppid -e signal=none --buffer 8M --stats=s -w cap "${@:2}"
	kill -USR1 $crowd
	perl others $others $calls
	kill -TERM $crowd
	soon grep -q '^[0-9]' made
	kill -INT "$pid"
	ended
	kill -KILL $crowd
	{ wait $crowd; } 2>/dev/null
	made=$(tail -n 1 made)
	[ "$made" -ge 20 ] || fail "$engine, $what: only $made times"
	accounts "$engine, $what" s
	holds "$engine, $what: nothing lost" s '([.lost[]] | add) == 0'
	holds "$engine, $what: all calls" s "(.skipped // 0) + .calls.getppid.selected >= $((others * calls))"
	context=$(jq '.selected - .calls.getppid.selected' s)
	echo "$engine, $what: $made changes, $context records of context, of $others others"
	# Four records besides those of calls are allowed for each of the other processes, which need about three: of
	# the fork, the context and the end. Another 20 are for their parent and the crowd's thread that makes calls.
	[ "$context" -le $((4 * others + 20)) ] || fail "$engine, $what: $context records of context for $made changes"
}

for engine in kmod bpf; do
	during moves --comm perl
	during hides --comm crowd --comm perl
done
