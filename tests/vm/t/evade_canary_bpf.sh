#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A canary (a test call that must be recorded) notices if somebody takes the programs of the engine bpf off their
# events, or clears the map that selects calls. While nobody does that, no tampering is reported. Maps that only the
# programs use are read-only for everybody.
# full
# timeout: 400
# with: detach
# kernels: 6.1 6.12 7.2
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
# The kernel's function that runs the programs of a tracepoint: from Linux 7.0 on they are attached to perf events.
case $(uname -r) in
[56].*) probe=__bpf_trace ;;
*) probe=perf_trace ;;
esac
linxcap --engine bpf -e trace=reboot --format json -o got.json --stats=stats.json 2>err &
pid=$!
soon recording $pid

. "$JOB/guest/burn.sh"
# shellcheck disable=SC2046
burn $(every_cpu)
nwatched=$(watched_cpus | wc -l)

# missed N: succeeds if each watched CPU has at least N reports of missed canaries.
missed() { [ "$(jq -r 'select(.kind == "tamper" and .what == "missed") | .cpu' got.json 2>/dev/null | sort | uniq -c | awk -v n="$1" '$1 >= n' | wc -l)" = "$nwatched" ]; }

for ((i = 0; i < 5; i++)); do read -r -t 1 <&3; done
lacks "while nobody interferes" got.json '"kind":"tamper"'
insmod "$JOB/detach.ko" "probe=$probe" || fail "insmod detach.ko"
soon missed 1
rmmod detach || fail "rmmod detach"
for ((i = 0; i < 4; i++)); do read -r -t 1 <&3; done # canaries are counted again
# Counts and tables, which only the programs write or read, cannot be changed.
for map in counts rates selectors variants shapes follows fd_rules files_rules fd_places; do
	! /job/prog/evade_maps $map >>changed 2>>refused || fail "the map $map was changed"
done
is "maps that were changed or not found" "$(cat changed)" ""
is "maps that were refused ($(cat refused))" "$(grep -c 'Operation not permitted' refused)" 9
is "maps that were cleared" "$(/job/prog/evade_maps .data.wants)" 1
soon missed 2
# shellcheck disable=SC2086
kill $loops
kill -INT $pid
wait $pid
is "status" $? 0
holds "the account" stats.json '(.complete | not) and .tampers >= 2'
