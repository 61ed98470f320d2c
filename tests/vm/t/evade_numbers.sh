#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Calls under unusual numbers: other ABIs from 64-bit code, x32, out of range, negative. Each is recorded under its own
# number and as the call that the kernel makes of it.
# full
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
lx --format json --stats=stats -o n.json -- cap_evade numbers
is "status ($(cat err))" "$status" 0
everything numbers stats
while read -r abi nr name ret; do
	ret="select(.syscall == \"$name\" and .abi == \"$abi\" and .nr == $nr and .dir == \"exit\") | .ret"
	found=$(jq -s "[.[] | $ret] | length" n.json)
	[ "$found" -ge 1 ] || fail "not seen: $abi $nr $name: $(jq -c 'select(.syscall == "'"$name"'") | [.abi, .nr, .dir, .ret]' n.json | head -n 3)"
done <out
is "int \$0x80: the path" "$(jq -r 'select(.abi == "i386" and .dir == "exit") | .args.filename' n.json | sort -u)" "/nothing/by-int80"
is "int \$0x80: the result" "$(jq -r 'select(.abi == "i386" and .syscall == "open" and .dir == "exit") | .errno' n.json)" ENOENT
