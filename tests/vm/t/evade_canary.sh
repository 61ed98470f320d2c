#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A module detaches linx's probe of returns from its tracepoint. A recording that sees nothing else notices that by a
# canary (a test call of its own that must be recorded): with an event in each format, in a file, an alert and an
# incomplete account.
# quick
# timeout: 180
# with: detach
# kernels: 6.1 6.12 7.2
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
. "$JOB/guest/burn.sh"
# shellcheck disable=SC2046
burn $(every_cpu)
watched=$(watched_cpus | xargs)
nwatched=$(wc -w <<<"$watched")

missed() { [ "$(jq -c 'select(.kind == "tamper" and .what == "missed") | .cpu' "$1" 2>/dev/null | sort -u | wc -l)" = "$2" ]; }

# noticed FILE: succeeds if a recorder's messages in FILE report at least as many missed canaries as there are watched CPUs.
noticed() { [ "$(sed -n 's/.*tampering: noticed \([0-9]*\) times.*/\1/p' "$1" | tail -n 1)" -ge "$nwatched" ] 2>/dev/null; }

detached() { insmod "$JOB/detach.ko" || fail "insmod detach.ko"; }
attached() { rmmod detach || fail "rmmod detach"; }

linxcap -e trace=reboot --format json -o got.json --stats=stats.json 2>err &
pid=$!
soon recording $pid
linxcap -e trace=reboot --alert file:alerts 2>err.alert &
alert=$!
soon recording $alert
linxcap -e trace=reboot -w got.linx 2>err.file &
file=$!
soon recording $file
linxcap -e trace=reboot -o got.txt 2>err.text &
text=$!
soon recording $text
detached
soon missed got.json "$nwatched"
soon grep -q 'tampering' got.txt
soon noticed err.file
soon test -s alerts
attached
for p in $pid $file $text $alert; do
	kill -INT $p
	wait $p
done
# shellcheck disable=SC2086
kill $loops

is "CPUs in the events" "$(jq -c 'select(.kind == "tamper") | .cpu' got.json | sort -nu | xargs)" "$watched"
holds "the account" stats.json '(.complete | not) and .tampers >= 1'
has "the lines" got.txt 'tampering: system calls on cpu [0-9]+ do not reach the recording'
has "the alert" alerts 'Critical.*linx internal: tampering'
linxcap -r got.linx --format json -o file.json 2>err.read
[ "$(count file.json '.kind == "tamper"')" -ge "$nwatched" ] || fail "the file has no report: $(head -c 600 file.json)"
holds "the file's account" <(tail -n 1 file.json) '.kind == "certificate" and (.complete | not)'
has "the verdict" err.read 'INCOMPLETE: somebody interfered'
