#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# From Linux 7.0 on programs of eBPF can be taken off their CPU. A task takes it from them every
# 50 us and makes calls of its own: no record is damaged, and those of skipped runs are within what the account says.
# full
# kernels: 7.2
# timeout: 300
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"

lx -q --engine bpf --buffer 8M -e trace=faccessat -w p.cap --stats=s -- preempt 40000 50
is "status ($(cat err))" "$status" 0
accounts "account" s
linxcap -q -r p.cap --format strace >calls || fail "replay"

# Each path is whole, and of its thread; the numbers of a thread ascend.
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
}' calls >told || fail "$(head -n 20 told)"
cat told

made=$(awk '{ n += $2 } END { print n }' out)
recorded=$(grep -cE '"/(victim|contender)/' calls)
lost=$(jq -r '.calls.faccessat.lost' s)
skipped=$(jq -r '.skipped // 0' s)
echo "$recorded recorded, $lost lost, $skipped skipped of $made"
[ $((recorded + lost)) -le "$made" ] && [ "$made" -le $((recorded + lost + skipped)) ] ||
	fail "$recorded recorded, $lost lost and $skipped skipped do not cover $made"
