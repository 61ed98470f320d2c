#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who traces the reader, writes into its memory or tries to unload the module is reported, whatever is selected and
# filtered. Somebody without rights, to whom the kernel refuses that, makes no report, and other modules and processes
# are no matter.
# quick
# timeout: 120
# kernels: 6.1 6.12 7.2
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
linxcap -e trace=reboot --comm nobody --format json -o got.json --stats=stats.json 2>err &
pid=$!
soon recording $pid

tamper() { /job/prog/evade_tamper "$@"; }
seen() { [ "$(count got.json '.kind == "tamper"' 2>/dev/null)" = "$1" ]; }

sleep 100 &
other=$!
for what in "nobody unload linx" "unload nosuch" "nobody attach $pid" "nobody seize $pid" "nobody write $pid"; do
	# shellcheck disable=SC2086
	! tamper $what || fail "$what: the kernel did it"
done
tamper attach $other || fail "attach to another process"
tamper write $other || fail "write to another process"
! tamper unload linx || fail "linx was unloaded"
soon seen 1
for what in attach seize write; do
	tamper $what $pid || fail "$what: refused"
done
soon seen 4
kill $other
kill -INT $pid
wait $pid
is "status" $? 0
is "the reports" "$(jq -r 'select(.kind == "tamper") | .what' got.json | xargs)" "unload traced traced traced"
is "who" "$(jq -r 'select(.kind == "tamper") | .comm // .process.comm' got.json | sort -u)" evade_tamper
# The recording itself works.
holds "the account" stats.json '.complete and (has("tampers") | not)'
