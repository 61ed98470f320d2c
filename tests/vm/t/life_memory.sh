#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The memory of a session's rings is charged to the cgroup of the process that opens the device, as long as the rings
# exist. The test life_oom has cgroups whose limit is too low for the rings.
# timeout: 60
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
memory_cgroup opener
echo 256M >cg/opener/memory.max

charged=16777216
case $(uname -r) in 5.10.*) charged=0 ;; esac # pages that are charged cannot be mapped there
# The rings take 8 MB on each of 2 CPUs. When linxcap has ended, the cgroup may no longer be charged for the rings, nor
# for the memory of linxcap itself.
bash -c 'echo $$ >cg/opener/cgroup.procs && exec linxcap --buffer 8M -e trace=getppid -o /dev/null -- sh -c "until [ -e /tmp/go ]; do sleep 0.1; done"' &
pid=$!
soon sh -c "[ \$(cat cg/opener/memory.current) -gt $charged ]"
touch go
ended
is "status" "$status" 0
soon sh -c '[ $(cat cg/opener/memory.current) -lt 8388608 ]'
rmdir cg/opener
umount cg
