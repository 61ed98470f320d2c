#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Only those bytes of recvfrom's address are shown that the kernel wrote, as in strace; the bytes after them are the
# program's own. A call without an address has no entry record, and its descriptor is recorded at its return. The same
# is true of an ioctl whose command reads and writes no memory.
# full
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
exec 9</etc/passwd
want='recvfrom(3, "word", 8, 0, 0xADDR, [0 => 16]) = 4
recvfrom(3, "word", 8, 0, {sa_family=AF_INET, sa_data="\22h"}, [4 => 16]) = 4
recvfrom(3, "word", 8, 0, {sa_family=AF_INET, sin_port=htons(4712), sin_addr=inet_addr("127.0.0.1")}, [16]) = 4
recvfrom(3, "last", 8, 0, NULL, NULL) = 4
recvfrom(3, 0xADDR, 8, MSG_DONTWAIT, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)'

lines() { grep 'recvfrom(' "$1" | sed -E 's/^[0-9]+ +//; s/ +=/ =/; s/0x[0-9a-f]+/0xADDR/; s/3<[^>]*>/3/; s/ <[0-9.]+>$//'; }

# counter COUNTER CALL: records the program cap_recvfrom with $options, only CALL being selected, and prints COUNTER from
# the statistics.
counter() {
	linxcap -q $options -e "trace=$2" -e signal=none --stats=stats -w file -- cap_recvfrom 9 || fail "$options: status $?"
	jq ".$1" stats
}

for engine in ${ENGINES:-kmod ptrace}; do
	export LINX_ENGINE=$engine
	for options in "" "-y" "-T"; do
		lx strace $options -f -e trace=recvfrom,ioctl -o o -- cap_recvfrom 9
		is "$engine $options: status ($(cat err))" "$status" 0
		diff <(lines o) - <<<"$want" || fail "$engine $options: see the difference"
		[ "$options" = -y ] || continue
		is "$engine: the descriptor of all calls" "$(grep -c 'recvfrom(3<' o)" 5
		if has_paths || [ "$engine" != kmod ]; then
			has "$engine: the descriptor of an ioctl" o 'ioctl\(9</etc/passwd>, FIONREAD'
		fi
	done
	# The program makes five recvfrom calls. Each has a return record; the three that pass an address buffer also
	# have an entry record.
	for options in "" "--comm cap_recvfrom" "--comm cap_recvfrom -T"; do
		is "$engine $options: records" $(($(counter selected recvfrom) - $(counter selected reboot))) 8
	done
done
export LINX_ENGINE=kmod options="--comm another"
is "filtered" $(($(counter filtered recvfrom) - $(counter filtered reboot))) 8

# Each call that sampling takes has the path of its descriptor, whether the calls before it were taken or left out.
exec 8</tmp
linxcap -q -y --sample 1/2:mkdirat -e trace=mkdirat -e signal=none -o o -- cap_recvfrom 9 8 || fail "sampled: status $?"
[ "$(grep -c 'mkdirat(' o)" -ge 10 ] || fail "sampled: $(cat o)"
! has_paths || is "sampled: the descriptor" "$(grep -c 'mkdirat(8</tmp>,' o)" "$(grep -c 'mkdirat(' o)"

strace -o o -e trace=recvfrom cap_recvfrom 9
diff <(lines o) - <<<"$want" || fail "strace differs"
