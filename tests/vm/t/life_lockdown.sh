#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A kernel that is locked down for confidentiality, which it stays until it goes down: nobody
# may open the device, and who records already goes on.
# full
# reboots
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
mount -t securityfs none /sys/kernel/security
[ -e /sys/kernel/security/lockdown ] || skip "this kernel has no lockdown"
background -e trace=getppid --format json --stats=stats -o before.json
echo confidentiality >/sys/kernel/security/lockdown
linxcap -n 1 >out 2>err
is "refused" $? 1
has "why" err 'locked down'
perl -e 'getppid() for 1 .. 10'
kill -INT "$pid"
ended
is "goes on: status" "$status" 0
holds "goes on" stats '.calls.getppid.committed >= 10'
