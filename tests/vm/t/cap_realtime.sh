#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Under SCHED_FIFO on one CPU, linxcap and the command that it holds back until the recording begins must not busy-wait
# for each other. The command runs with its own scheduling policy.
# quick
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
throttle=/proc/sys/kernel/sched_rt_runtime_us
[ ! -e $throttle ] || echo -1 >$throttle # it would let the other one run some time

for how in "linxcap -q -o trace" "linxcap strace -qq -o trace"; do
	rm -f trace
	# shellcheck disable=SC2086
	timeout -s KILL 30 fifo 10 $how -- bash -c 'read -ra f </proc/self/stat; echo ${f[40]} ${f[39]}' >out 2>err </dev/null
	rc=$?
	is "$how: status ($(head -c 300 err))" $rc 0
	is "$how: policy and priority of the command" "$(cat out)" "1 10"
	has "$how" trace 'execve\('
done
