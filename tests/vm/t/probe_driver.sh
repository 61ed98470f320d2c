#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A driver is probed whose next version has other names, prototypes and layouts, and which is unloaded and loaded while
# its functions are probed.
# with: driver
# with: driver:next
# timeout: 120
. "$JOB/guest/cap.sh"
. "$JOB/guest/driver.sh"
cd /tmp || exit 1

driver first
types=no
[ ! -e /sys/kernel/btf/driver ] || types=yes
rmmod driver
case $(uname -r) in
5.*) is "types of modules" $types no ;;
*) is "types of modules" $types yes ;;
esac
if [ $types = yes ]; then
	two_versions kmod
else
	two_versions_by_number kmod
fi
comes_and_goes kmod no 'kprobe:driver:linx_driver_open($2:s32)'
comes_and_goes kmod no 'kretprobe:driver:linx_driver_open($2:s32) => ret:s32'
comes_and_goes kmod no 'kprobe:driver:linx_driver_open(%si)'
