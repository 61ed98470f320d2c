# quick
# SPDX-License-Identifier: LGPL-2.1-or-later
# The table of calls agrees with this kernel's own description: compared are the name, the number of arguments and the
# names of the arguments of every call that has a trace event.
# full
. "$JOB/guest/t.sh"

cd /sys/kernel/tracing/events/syscalls 2>/dev/null || {
	mount -t tracefs tracefs /sys/kernel/tracing || fail "no tracefs"
	cd /sys/kernel/tracing/events/syscalls || skip "this kernel has no events of system calls"
}

formats() {
	for e in sys_enter_*; do
		echo "== $e"
		cat "$e/format"
	done
}

linxcap list >/tmp/list || fail "linxcap list"
formats >/tmp/formats
[ "$(grep -c == /tmp/formats)" -gt 300 ] || fail "not all events are there"
cat "$JOB/tables/events" /tmp/list /tmp/formats |
	awk -v release="$(uname -r)" -f "$JOB/tables/events.awk" >/tmp/complaints || fail "awk"
awk -f "$JOB/tables/explain.awk" "$JOB/tables/events" /tmp/complaints >/tmp/wrong || fail "awk"
cat /tmp/wrong
[ ! -s /tmp/wrong ] || fail "the table and this kernel's events differ"
