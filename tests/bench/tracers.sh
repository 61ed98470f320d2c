# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck shell=bash
# In the guest: starts and stops each tracer that linx is measured against, with all of the machine's calls recorded and
# a reader that keeps up, and prints how many events it lost by its own counters:
#     count TRACER NAME NUMBER
# The caller runs start_TRACER, then the workload, then stop_TRACER. Tracers of another Debian live in roots of their
# own: /job/falco, /job/tracers, /job/bpftrace.

LOG=/tmp/log

# Mounts /proc, /dev, /sys and /tmp in ROOT, a root directory with programs of another Debian release.
enter_root() { # ROOT
	[ ! -e "$1/proc/self" ] || return 0
	mount --bind /proc "$1/proc"
	mount --rbind /dev "$1/dev"
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
	mount --rbind /sys "$1/sys"
	mount -t tmpfs tmpfs "$1/tmp"
}
in_root() { # ROOT COMMAND...
	HOME=/tmp chroot "$@"
}
# Starts a program in ROOT by chroot, and sets pid to the program's own process number. OUT: file for its output;
# without OUT the output goes to the file for its errors.
start_in_root() { # ROOT COMMAND...
	enter_root "$1"
	(
		exec >$LOG 2>&1
		[ -z "${OUT:-}" ] || exec >"$OUT"
		HOME=/tmp exec chroot "$@"
	) &
	pid=$!
}

# Waits a second after the last call and then ends a tracer by an interrupt.
interrupt() { # PID
	sleep 1
	kill -INT "$1"
	wait "$1" || true
}

must_say() { # FILE PATTERN
	grep -aq -- "$2" "$1" || { echo "there is no '$2' in $1:" && head -n 40 "$1" && return 1; }
}

start_none() { :; }
stop_none() { :; }

start_empty() { insmod /job/empty.ko; }
stop_empty() { rmmod empty; }

# Starts linxcap; the options name the destination.
start_linxcap() { # OPTIONS...
	rm -f /tmp/x.linx
	linxcap -q --stats=/tmp/stats "$@" >$LOG 2>&1 &
	pid=$!
	sleep 3
	kill -0 $pid 2>/dev/null || { cat $LOG && return 1; }
}
stop_linxcap() { # [NAME]
	interrupt $pid
	jq -r --arg t "${1:-linxcap}" '"count \($t) lost \([.lost[]] | add)", "count \($t) selected \(.selected)"' /tmp/stats
}
# The functions from start_linx to start_other-process start a recording into a file in memory: of all calls (with
# times, in throttle mode or by the engine bpf, as the names of the functions say), of reboot alone, or of the calls of
# another process alone.
start_linx() { start_linxcap -w /tmp/x.linx "$@"; } # OPTIONS...
stop_linx() { stop_linxcap linx; }
start_linx-times() { start_linx -T; }
stop_linx-times() { stop_linxcap linx-times; }
start_linx-throttle() { start_linx --mode throttle "$@"; }
stop_linx-throttle() { stop_linxcap linx-throttle; }
# Starts linxcap with the engine bpf, and waits until it records, which the existence of its file shows: before that,
# the kernel verifies the eBPF programs.
start_linx-bpf() {
	start_linx --engine bpf "$@"
	until [ -s /tmp/x.linx ]; do
		kill -0 $pid 2>/dev/null || { cat $LOG && return 1; }
		sleep 1
	done
	sleep 3
}
stop_linx-bpf() { stop_linxcap linx-bpf; }
start_other-call() { start_linx -e trace=reboot; }
stop_other-call() { stop_linxcap other-call; }
start_other-process() {
	sleep 10000 &
	other=$!
	start_linx -p $other
}
stop_other-process() {
	stop_linxcap other-process
	kill $other
}

# Starts sysdig with Falco's module, which writes a file in memory unless options say otherwise.
start_falco() { # OPTIONS...
	[ $# -gt 0 ] || set -- -w /tmp/x.scap
	[ -d /sys/module/scap ] || insmod /job/scap.ko
	start_in_root /job/falco sysdig -v "$@"
	sleep 5
}
stop_falco() {
	interrupt $pid
	sed -n 's/^Driver Drops: */count falco lost /p; s/^Driver Events: */count falco driver /p
		s/^.*Captured Events: *\([0-9]*\).*/count falco selected \1/p' $LOG
}

# Starts linx as a plugin of sysdig, whose log has the account. There is one event for each call, as with Falco's
# module.
start_plugin() { # OPTIONS...
	local so=usr/bin/plugin.so
	[ -e /job/sysdig/$so ] || cp /job/libsyscall_sequence_plugin.so /job/sysdig/$so
	rm -f /job/sysdig/tmp/plugin.log
	start_in_root /job/sysdig sysdig -H "/$so"':{"log_file": "/tmp/plugin.log", "log_level": "INFO"}' \
		-I 'syscall_sequence_plugin:{"entries": false}' "$@"
	sleep 5
	kill -0 $pid 2>/dev/null || { cat $LOG && return 1; }
}
stop_plugin() {
	interrupt $pid
	must_say /job/sysdig/tmp/plugin.log '--- capture '
	sed -nE 's/.*--- capture [a-z ]*: ([0-9]+) system calls, ([0-9]+) events lost ---.*/count plugin selected \1\ncount plugin lost \2/p' \
		/job/sysdig/tmp/plugin.log | awk '$3 == "selected" { n = $4; next } { print "count plugin selected", n + $4; print }'
}

# Makes a new session at each start, in LTTng's daemon, which goes on running.
start_lttng_with() { # NAME CONTEXTS...
	local name=$1 c
	shift
	enter_root /job/tracers
	rm -rf "/job/tracers/tmp/$name"
	{
		[ -e /tmp/lttng-runs ] || in_root /job/tracers lttng-sessiond --daemonize
		touch /tmp/lttng-runs
		in_root /job/tracers lttng create "$name" --output="/tmp/$name"
		in_root /job/tracers lttng enable-channel --kernel --subbuf-size=4M --num-subbuf=4 all
		in_root /job/tracers lttng enable-event --kernel --syscall --all --channel=all
		for c in "$@"; do
			in_root /job/tracers lttng add-context --kernel --type="$c"
		done
		in_root /job/tracers lttng start
	} >$LOG 2>&1 || { cat $LOG && return 1; }
}
stop_lttng_of() { # NAME
	sleep 1
	in_root /job/tracers lttng stop >/dev/null 2>&1
	in_root /job/tracers lttng --mi=xml list "$1" >$LOG
	must_say $LOG '<discarded_events>'
	tr '>' '\n' <$LOG | awk -v t="$1" '/<discarded_events$/ { getline; n += $1 } END { print "count", t, "lost", n + 0 }'
	in_root /job/tracers lttng destroy >/dev/null
}
start_lttng() { start_lttng_with lttng; }
stop_lttng() { stop_lttng_of lttng; }
start_lttng-ctx() { start_lttng_with lttng-ctx pid tid ppid procname; }
stop_lttng-ctx() { stop_lttng_of lttng-ctx; }

RAW=raw_syscalls:sys_enter,raw_syscalls:sys_exit
start_perf-record() { # OPTION...
	start_in_root /job/tracers perf record -a -m 4096 -e $RAW "$@" -o /tmp/x.perf
	sleep 3
}
# Ends perf. The number of lost events is in its capture file, and is printed by perf report.
stop_perf-record() {
	interrupt $pid
	in_root /job/tracers perf report --stats -i /tmp/x.perf >$LOG 2>/dev/null || true
	must_say $LOG 'SAMPLE events'
	awk '/LOST_SAMPLES events:|LOST events:/ { n += $3 } END { print "count perf-record lost", n + 0 }' $LOG
	rm -f /job/tracers/tmp/x.perf
}

# Starts perf trace, which prints a line for every call.
start_perf-trace() {
	start_in_root /job/tracers perf trace -a -m 4096 -o /tmp/x.trace
	sleep 3
}
stop_perf-trace() {
	interrupt $pid
	[ -s /job/tracers/tmp/x.trace ] || { cat $LOG && return 1; }
	awk '/LOST [0-9]+ events/ { for (i = 1; i < NF; i++) if ($i == "LOST") n += $(i + 1) }
		END { print "count perf-trace lost", n + 0 }' $LOG /job/tracers/tmp/x.trace
	rm -f /job/tracers/tmp/x.trace
}

# Starts bpftrace with a program that prints a line for each return, with the values that a one-line program can read,
# or that only counts returns.
start_bpftrace_with() { # PROGRAM
	local i
	enter_root /job/bpftrace
	[ -d /sys/kernel/debug/tracing ] || mount -t debugfs debugfs /sys/kernel/debug
	BPFTRACE_PERF_RB_PAGES=4096 start_in_root /job/bpftrace bpftrace -o /tmp/x.bt -e "$1"
	for ((i = 0; i < 120; i++)); do
		! grep -q Attach $LOG /job/bpftrace/tmp/x.bt 2>/dev/null || break
		sleep 1
	done
	sleep 3
}
start_bpftrace() {
	start_bpftrace_with 'tracepoint:raw_syscalls:sys_exit /comm != "bpftrace"/ { printf("%s %d %d %d\n", comm, tid, args.id, args.ret); }'
}
stop_bpftrace() {
	interrupt $pid
	must_say /job/bpftrace/tmp/x.bt '^calls '
	awk '/[Ll]ost [0-9]+ events/ { for (i = 1; i < NF; i++) if ($i ~ /^[Ll]ost$/) n += $(i + 1) }
		END { print "count bpftrace lost", n + 0 }' $LOG /job/bpftrace/tmp/x.bt
	rm -f /job/bpftrace/tmp/x.bt
}
start_bpftrace-count() { start_bpftrace_with 'tracepoint:raw_syscalls:sys_exit { @[args.id] = count(); }'; }
stop_bpftrace-count() {
	interrupt $pid
	must_say /job/bpftrace/tmp/x.bt '^@\['
	echo "count bpftrace-count lost 0" # a number loses nothing
}
