#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copies of user memory by the module are made to fail, each once and then at random: no record is wrong. Runs on
# kernels with fault injection: 6.12-san.
# timeout: 120
. "$JOB/guest/t.sh"

usercopy=/sys/kernel/debug/fail_usercopy
[ -e /proc/self/make-it-fail ] || skip "this kernel injects no faults (make check-sanitize has one that does)"

# Copies fail only with the module's code on the stack, and only for tasks that request failures.
from=$(cat /sys/module/linx/sections/.text)
read -r _ size _ < <(grep '^linx ' /proc/modules)
echo 0 >$usercopy/verbose
echo Y >$usercopy/task-filter
echo "$from" >$usercopy/require-start
printf '0x%x\n' $((from + size)) >$usercopy/require-end
echo -1 >$usercopy/times
/job/prog/rec_inject each 144 || exit

# Copies do not fail at random with PREEMPT_RT, because the kernel draws random numbers under a lock that sleeps there,
# and some copies are made with preemption disabled.
! is_rt || exit 0
echo 12 >$usercopy/probability
/job/prog/rec_inject random
status=$?
echo 0 >$usercopy/probability
exit $status
