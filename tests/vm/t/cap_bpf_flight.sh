#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Captures of the events before alerts (--alert-capture), recorded by the engine bpf (t/cap_flight).
# full
# kernels: 6.1 7.2
# timeout: 900
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"
# Events before an alert are kept even if more events than a ring holds arrive while the next session begins.
cd /tmp || exit 1
printf -- '- rule: First\n  desc: d\n  condition: evt.type = openat and fd.nameraw = /tmp/first\n  output: "%%fd.nameraw"\n  priority: NOTICE\n  capture: true\n' >one.yaml
linxcap --rules one.yaml --alert file:alone --alert-capture small --buffer 512K >said 2>&1 &
pid=$!
soon recording "$pid"
{ : </tmp/first; } 2>/dev/null
soon grep -q /tmp/first alone
sleep 2
while [ ! -s small.000001 ]; do cap_storm 1 5000; done
kill -INT "$pid"
wait "$pid" || fail "status $?: $(cat said)"
linxcap -q -r small.000001 --format '%linx.arg[filename]' linx.type=openat >out
has "what led to the alert" out '/tmp/first'
linxcap -q -r small.000001 -n 1 --format strace linx.type=getppid >out
has "what came after it" out 'getppid\(\)'

# The kernel takes half a minute to verify the eBPF programs in the slow guest. The rings are large enough for all
# records of that time, as the scenario goes on meanwhile.
buffer=64M
# The engine bpf records all cgroups, and the library drops the events of those that are not selected.
narrowed=(--cgroup /chosen)
. "$JOB/t/cap_flight.sh"
