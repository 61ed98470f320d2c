#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Locks that a task of lower priority holds on the same CPU leave no rule undecided, and signals are sent, also where a
# tracer has the same function, so that the hook may not sleep. With PREEMPT_RT such a task is preempted with the lock.
# params: enforce=1
# timeout: 120
. "$JOB/guest/t.sh"

deny_waits || fail "a lock that another task holds"
mount -t tracefs none /sys/kernel/tracing 2>/dev/null
cd /sys/kernel/tracing || fail "no tracefs"
echo 'p:linx_test security_file_open' >kprobe_events && echo 1 >events/kprobes/linx_test/enable || fail "no tracer"
deny_waits shared || fail "a function that is traced"
echo 0 >events/kprobes/linx_test/enable
echo >kprobe_events
