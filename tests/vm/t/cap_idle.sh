#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An idle recording never wakes linxcap: none of its threads runs within ten seconds. The script itself starts no
# process meanwhile and makes one call.
# full
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

# count_switches PID: sets the variable "switches" to the number of context switches of the process's threads.
count_switches() { # PID
	local f name n
	switches=0
	for f in /proc/"$1"/task/*/status; do
		while read -r name n _; do
			case $name in *ctxt_switches:) switches=$((switches + n)) ;; esac
		done <"$f"
	done
}

# No process writes to this named pipe, so a read with a timeout sleeps without starting a process.
mkfifo never
exec 3<>never

idle() { # NAME OPTIONS...
	local name=$1 before pid
	shift
	linxcap -q "$@" &
	pid=$!
	read -r -t 3 <&3 # what starting it brings
	count_switches $pid
	before=$switches
	read -r -t 10 <&3
	count_switches $pid
	is "$name: how often it ran" $((switches - before)) 0
	kill -INT $pid
	wait $pid
	is "$name: status" $? 0
}

idle "a file" -e trace=reboot -w x.linx
idle "text" -e trace=reboot -o x.txt
idle "a flight recorder" -e trace=reboot --mode recorder -o y.txt
idle "throttle" -e trace=reboot --mode throttle -o z.txt
