#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# From Linux 7.0 on, eBPF programs can be preempted. Here a task preempts them every 50 us and makes calls of its own:
# no record is damaged, and the account counts at least as many skipped runs as calls are missing.
# full
# kernels: 7.2
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"

# whole NAME: expects that each path in p.cap is whole and belongs to its thread, and that the numbers of a thread
# ascend.
whole() {
	linxcap -q -r p.cap --format strace >calls || fail "$1: replay"
	awk -v made="$(xargs <out)" '
	BEGIN { split(made, m, " "); most[m[1]] = m[2]; most[m[3]] = m[4] }
	!/faccessat\(AT_FDCWD, "\/(victim|contender)\// { next }
	{
		split($0, quoted, "\"")
		n = split(quoted[2], part, "/")
		who = part[2]
		number = part[3]
		if (n != 4 || part[4] !~ /^x*$/ || length(part[4]) != number % 50 || $0 !~ /, F_OK\) = -1 ENOENT/)
			bad = bad "damaged: " $0 "\n"
		if (who in last && number <= last[who])
			bad = bad "twice or out of order: " $0 "\n"
		if (number >= most[who])
			bad = bad "nobody made it: " $0 "\n"
		if (who in thread && thread[who] != $1)
			bad = bad "of another thread: " $0 "\n"
		thread[who] = $1
		last[who] = number
		seen[who]++
	}
	END {
		printf "%s", bad
		print "victim", seen["victim"] + 0, "of", most["victim"] ", contender", seen["contender"] + 0, "of", most["contender"]
		exit bad != "" || !seen["victim"] || !seen["contender"]
	}' calls >printed || fail "$1: $(head -n 20 printed)"
	echo "$1: $(cat printed)"
}

# covers NAME COUNTED: expects that the COUNTED calls and the skipped ones (file s) add up to at least the calls that
# the program made (file out).
covers() {
	local made skipped
	made=$(awk '{ n += $2 } END { print n }' out)
	skipped=$(jq -r '.skipped // 0' s)
	echo "$1: $2 counted, $skipped skipped of $made"
	[ "$2" -le "$made" ] && [ "$made" -le $(($2 + skipped)) ] || fail "$1: $2 counted and $skipped skipped do not cover $made"
}

lx -q --engine bpf --buffer 8M -e trace=faccessat -w p.cap --stats=s -- preempt 40000 50
is "status ($(cat err))" "$status" 0
accounts "account" s
whole "recorded"
covers "recorded" $(($(grep -cE '"/(victim|contender)/' calls) + $(jq -r '.calls.faccessat.lost' s)))

# A flight recorder switches its two halves while the program runs, with records arriving steadily.
linxcap -q --engine bpf --mode recorder --buffer 256K -e trace=faccessat -w p.cap --stats=s -- preempt 40000 50 >out 2>err </dev/null &
pid=$!
soon recording "$pid"
dumps=0
while kill -USR1 "$pid" 2>/dev/null; do
	dumps=$((dumps + 1))
	busybox sleep 0.2
done
ended
is "recorder: status ($(cat err))" "$status" 0
accounts "recorder" s
holds "recorder: the oldest went" s '.overwritten > 0 and ([.lost[]] | add) == 0'
echo "recorder: $dumps dumps, $(jq -r .overwritten s) overwritten"
whole "recorder"
covers "recorder" "$(jq -r '.calls.faccessat.selected' s)"
