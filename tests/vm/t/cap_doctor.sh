#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `linxcap doctor` on a machine that can record, and on machines that cannot: without the module, without rights, with a
# device that everybody can open; and with findings about a single engine.
# full
# timeout: 180
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

state() { jq -r --arg n "$1" '.checks[] | select(.name == $n) | .state' out; }

lx doctor
is "status ($(cat out err))" "$status" 0
recorded=ok
has_paths || recorded=warning # no paths, so that rules know less
has "all is well" out "^$recorded +trial +a system call was recorded"
lacks "all is well" out '^failed'
lx doctor --engine kmod --json
for check in kernel module device rights tracepoints; do
	is "$check" "$(state $check)" ok
done
is trial "$(state trial)" $recorded

chmod 666 /dev/linxcap
lx doctor --engine kmod --json
is "open device" "$(state device)" warning
chmod 600 /dev/linxcap

status=0
setpriv --bounding-set -sys_ptrace linxcap doctor --engine kmod --json >out 2>err || status=$?
is "no CAP_SYS_PTRACE: status" "$status" 1
is "no CAP_SYS_PTRACE" "$(state rights)$(state trial)" failedfailed

rmmod linx || fail "rmmod"
lx doctor --json
is "no module: status" "$status" 1
is "no module" "$(state module)$(state device)$(state trial)" failednotefailed
# Another engine than the module may work on this machine. With --engine, findings about the module do not make doctor
# fail.
works=$(state bpf)
lx doctor --engine bpf
if [ "$works" = ok ]; then
	is "engine bpf without the module ($(cat out))" "$status" 0
	has "engine bpf" out '^This machine can record by the engine bpf\.$'
else
	is "engine bpf does not work ($(cat out))" "$status" 1
fi
lacks "engine bpf" out '^[a-z]+ +(module|device|trial|ptrace) '
insmod "$JOB/linx.ko" || fail "insmod"
lx doctor --engine kmod
is "with it again ($(cat out))" "$status" 0
