#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf on a kernel that accepts no module, as with Secure Boot: locked down for integrity until a restart.
# reboots
# timeout: 120
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
case $BOOT in
1) ;;
2) exit 0 ;;
*) fail "boot $BOOT" ;;
esac
rmmod linx || fail "rmmod"
mount -t securityfs securityfs /sys/kernel/security || fail "securityfs"
[ -e /sys/kernel/security/lockdown ] || skip "this kernel has no lockdown"
echo integrity >/sys/kernel/security/lockdown
! insmod "$JOB/linx.ko" 2>insmod || fail "the module was taken"
lx --engine bpf -e trace=getppid -w a.cap --stats=s -- cap_storm 1 1000
is "status ($(cat err))" "$status" 0
accounts "locked down" s
holds "all calls" s '(.skipped // 0) as $k | .calls.getppid.selected | . <= 1000 and . + $k >= 1000'
exec /job/prog/life_reboot idle 2
