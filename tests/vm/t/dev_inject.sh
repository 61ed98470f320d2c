#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each allocation and each copy of user memory, in each call on linx's device, is made to fail once. Runs on kernels
# with fault injection: 6.12-san.
# timeout: 300
. "$JOB/guest/t.sh"

debug=/sys/kernel/debug
[ -e /proc/self/fail-nth ] || skip "this kernel injects no faults (make check-sanitize has one that does)"

# Every kind of fault is injected, also into allocations that may sleep; the injected faults are not logged.
for kind in failslab fail_page_alloc fail_usercopy; do
	echo 0 >$debug/$kind/verbose
done
echo N >$debug/failslab/ignore-gfp-wait
echo N >$debug/fail_page_alloc/ignore-gfp-wait
echo N >$debug/fail_page_alloc/ignore-gfp-highmem
echo 0 >$debug/fail_page_alloc/min-order
# The module is loaded anew, so that faults can also hit the allocation that only its first session makes, for all later
# ones.
rmmod linx || fail "rmmod"
insmod "$JOB/linx.ko" || fail "insmod"
exec /job/prog/dev_inject
