#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An unprivileged process is preempted at arbitrary places in its calls, also in the middle of an eBPF program, which
# the kernel then does not run for any other task on that CPU. From Linux 7.0 on that could hide calls of those tasks.
# No call is missing in three runs that the module records as well. Where another process changes eBPF maps, which needs
# privileges, each missing call is counted.
# full
# kernels: 6.12 7.2
# timeout: 900
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
calls=100000

# numbers FILE: prints the numbers of the files in a capture, each once, in order.
numbers() { linxcap -q -r "$1" --format strace | sed -nE 's|.*unlink\("/blind/([0-9]+)".*|\1|p' | sort -nu; }

for i in 1 2 3; do
	lx -q --engine kmod --buffer 16M -e trace=unlink --stats=m -w m.cap -- \
		linxcap -q --engine bpf --buffer 16M -e trace=unlink --stats=s -w p.cap -- blind calls $calls
	is "$i: status ($(cat err))" "$status" 0
	is "$i: made" "$(cat out)" $calls
	accounts "$i: account" s
	echo "$i: $(jq -c '[.selected, .committed, .skipped // 0]' s) of $calls"
	is "$i: skipped" "$(jq '.skipped // 0' s)" 0
	everything "$i: the module" m
	everything "$i: programs" s
	numbers m.cap >m.numbers
	numbers p.cap >p.numbers
	is "$i: the module has each" "$(wc -l <m.numbers)" $calls
	cmp -s m.numbers p.numbers || fail "$i: missing: $(comm -23 <(sort m.numbers) <(sort p.numbers) | wc -l)"
done

lx -q --engine bpf --buffer 16M -e trace=unlink --stats=s -w p.cap -- blind maps $calls
is "maps: status ($(cat err))" "$status" 0
accounts "maps: account" s
counted=$(($(numbers p.cap | wc -l) + $(jq -r '.calls.unlink.lost // 0' s)))
skipped=$(jq -r '.skipped // 0' s)
echo "maps: $counted counted, $skipped skipped of $calls"
[ $counted -le $calls ] && [ $calls -le $((counted + skipped)) ] || fail "maps: $counted counted and $skipped skipped of $calls"
