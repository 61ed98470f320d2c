#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Without an attack, canaries (test calls that must be recorded) raise no alarm and disturb nothing: on busy CPUs each
# is counted; none is made on an isolated CPU, on a CPU on which linxcap may not run, or on an idle machine; and none is
# ever shown or counted in a sum. Unless the kernel isolates CPU 3 itself (VM_APPEND='isolcpus=3 nohz_full=3' before
# tests/vm/run), a simulated file says that it does.
# full
# smp: 4
# timeout: 600
# kernels: 6.1 6.12 7.2
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
. "$JOB/guest/burn.sh"

# canaries FILE: prints the CPUs of the canaries that another recording saw, each once.
canaries() { jq -r 'select(.kind == "syscall" and .syscall == "getcpu") | .cpu' "$1" | sort -nu | xargs; }

# observe NAME: starts a recording that sees the canaries of others.
observe() {
	linxcap --no-canary --comm linxcap -e trace=getcpu --format json -o "$1.seen" 2>"$1.err" &
	observer=$!
	soon recording $observer
}

# ends NAME PID: stops the recording and its observer, and checks that nothing was noticed.
ends() {
	kill -INT "$2" $observer
	wait "$2"
	is "$1: status" $? 0
	wait $observer
	holds "$1: the account" "$1.stats" '.complete and (has("tampers") | not)'
	is "$1: selected" "$(jq .selected "$1.stats")" "$(jq .delivered "$1.stats")"
	lacks "$1: the file" "$1.json" '"kind":"tamper"|"syscall":"getcpu"'
}

if [ ! -s /sys/devices/system/cpu/isolated ] || [ -z "$(cat /sys/devices/system/cpu/isolated)" ]; then
	echo 3 >isolated
	mount --bind isolated /sys/devices/system/cpu/isolated || fail "mount"
fi
is "the isolated CPU" "$(cat /sys/devices/system/cpu/isolated)" 3

# All CPUs are busy. Canaries run on CPU 0 and 1 alone: CPU 3 is isolated, and linxcap may not run on CPU 2.
burn 0 1 2 3
observe busy
taskset -c 0,1,3 linxcap -e trace=reboot --format json -o busy.json --stats=busy.stats 2>busy.out &
pid=$!
soon recording $pid
two() { [ "$(canaries busy.seen | wc -w)" -ge 2 ]; }
soon two
for ((i = 0; i < 20; i++)); do read -r -t 1 <&3; done
ends busy $pid
is "CPUs with canaries" "$(canaries busy.seen)" "0 1"

# No canary is missed while linxcap is stopped for some seconds, nor on a CPU that goes offline.
observe frozen
linxcap -e trace=reboot --format json -o frozen.json --stats=frozen.stats 2>frozen.out &
pid=$!
soon recording $pid
two() { [ "$(canaries frozen.seen | wc -w)" -ge 3 ]; }
soon two
kill -STOP $pid
read -r -t 3 <&3
kill -CONT $pid
if [ -w /sys/devices/system/cpu/cpu1/online ]; then
	echo 0 >/sys/devices/system/cpu/cpu1/online
	read -r -t 4 <&3
	echo 1 >/sys/devices/system/cpu/cpu1/online
	read -r -t 2 <&3
fi
ends frozen $pid

# shellcheck disable=SC2086
kill $loops
# shellcheck disable=SC2086
wait $loops 2>/dev/null

# On an idle machine linxcap makes no more canaries after a while. Meanwhile this script starts no process, because the
# machine would then not be idle.
observe idle
linxcap -e trace=reboot --format json -o idle.json --stats=idle.stats 2>idle.out &
pid=$!
soon recording $pid
read -r -t 25 <&3
from=${EPOCHREALTIME/./}000
read -r -t 20 <&3
until=${EPOCHREALTIME/./}000
ends idle $pid
is "canaries of an idle machine" "$(count idle.seen ".syscall == \"getcpu\" and .time_ns > $from and .time_ns < $until")" 0

# No canaries are made with --no-canary.
burn 0 1
observe none
linxcap --no-canary -e trace=reboot --format json -o none.json --stats=none.stats 2>none.out &
pid=$!
soon recording $pid
for ((i = 0; i < 20; i++)); do read -r -t 1 <&3; done
ends none $pid
is "canaries with --no-canary" "$(canaries none.seen)" ""
# shellcheck disable=SC2086
kill $loops 2>/dev/null
