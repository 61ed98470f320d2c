#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A check of the kernel that something like livepatch holds: linxcap refuses a rule there and prints why, and all other
# rules stay in force. Tracers by ftrace, kprobe and eBPF on the same function change nothing, and nothing can hold the
# function meanwhile.
# with: holder
# params: enforce=1
# timeout: 120
. "$JOB/guest/cap.sh"

insmod "$JOB/holder.ko" || fail "the helper cannot hold the function"
deny_held held || fail "a check that is held"
lx -e none --deny 'evt.type = unlink and fd.name = /etc/passwd' -- true
is "held: status" "$status" 1
has "held: why" err 'livepatch or something alike holds this check'
rmmod holder

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
cd /sys/kernel/tracing || fail "no tracefs"
echo security_inode_unlink >set_ftrace_filter
echo function >current_tracer || echo "# this kernel has no function tracer"
echo 'p:linx_test security_inode_unlink' >kprobe_events && echo 1 >events/kprobes/linx_test/enable
echo 'r:linx_return security_inode_unlink error=$retval:s64' >>kprobe_events && echo 1 >events/kprobes/linx_return/enable
deny_held shared || fail "a check that tracers share"
# A probe at the return sees what a rule returns in place of the function: EACCES.
grep -v '^#' trace >/tmp/returns
has "a return probe of a refused function" /tmp/returns 'linx_return.*error=-13'
has "a return probe of one that ran" /tmp/returns 'linx_return.*error=0'
echo 0 >events/kprobes/linx_return/enable
echo 0 >events/kprobes/linx_test/enable
echo nop >current_tracer
: >kprobe_events

# An eBPF program is at the beginning of the function (fentry): kernels before 6.0 have either it or a rule there.
if [ ! -e /sys/kernel/btf/vmlinux ]; then
	echo "# this kernel does not describe its types (BTF): no eBPF program tried"
	exit 0
fi
case $(uname -r) in
5.*) shares=alone ;;
*) shares=shares ;;
esac
deny_held fentry $shares || fail "an eBPF program on the same function"
