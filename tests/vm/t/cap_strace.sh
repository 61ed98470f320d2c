#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# linxcap records the same calls as strace, thread by thread: in all detail if both see one run, and with generalised
# thread ids and addresses if each has a run of its own.
# full
# timeout: 400
. "$JOB/guest/cap.sh"

compare=$JOB/guest/same-calls
failures=0
cd /tmp || exit 1
trap 'echo 2 >/proc/sys/kernel/randomize_va_space' EXIT
echo 0 >/proc/sys/kernel/randomize_va_space

differs() { # NAME HOW OUTPUT
	echo "FAIL: $1: $2 differs from strace:"
	cut -c1-300 <<<"$3"
	failures=$((failures + 1))
}

# same NAME CMD...: linxcap records a run of strace, so that both see the same run. Expects the same lines of both.
same() {
	local name=$1 found
	shift
	rm -f s.cap s.strace s.linx s.json s.results
	linxcap -w s.cap --stats=s.stats -- strace -f -o s.strace "$@" >out 2>err </dev/null
	everything "$name" s.stats
	linxcap -q -r s.cap --format strace >s.linx 2>>err || fail "$name: replay as strace: $(cat err)"
	linxcap -q -r s.cap --format json >s.json 2>>err || fail "$name: replay as JSON: $(cat err)"
	jq -r -f "$JOB/guest/results.jq" s.json >s.results || fail "$name: the JSON is none"
	found=$("$compare" s.strace s.linx 2>&1) || differs "$name" "--format strace" "$found"
	found=$("$compare" --results s.strace s.results 2>&1) || differs "$name" "--format json" "$found"
}

# runs NAME CMD...: strace and linxcap run the command, one after the other. Expects the same lines of both.
runs() {
	local name=$1 found
	shift
	strace -f -o r.strace "$@" >out 2>err </dev/null
	linxcap --format strace -o r.linx --stats=r.stats -- "$@" >out 2>err </dev/null
	everything "$name alone" r.stats
	found=$("$compare" --runs r.strace r.linx 2>&1) || differs "$name" "a run of its own" "$found"
}

both() {
	same "$@"
	runs "$@"
}

both ls ls -la /usr/bin
# The clock source acpi_pm cannot be read by the vdso, which then makes a system call to read the time.
clock=/sys/devices/system/clocksource/clocksource0/current_clocksource
was=$(cat $clock)
echo acpi_pm >$clock
runs 'ls, the clock read by calls' ls -l /etc
echo "$was" >$clock
both tar sh -c 'tar cf /tmp/x.tar /usr/sbin; gzip -n1 </tmp/x.tar >/tmp/x.gz'
same 'tar|gzip' sh -c 'tar cf - /usr/sbin | gzip -n1'
same bash bash -c 'for i in 1 2; do (echo $i; cat /etc/passwd) | grep -c o; done; x=$(wc -l </etc/group); echo $x'
same perl perl -e 'use Socket;
	if (my $p = fork) { waitpid $p, 0 } else { exec "/usr/bin/echo", "hi" }
	socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, sockaddr_in(9, INADDR_LOOPBACK)); print -e "/etc/passwd"'
same busybox busybox sh -c 'busybox ls / | busybox wc; busybox true'
runs 'busybox alone' busybox ls -l /etc
same threads cap_threads
runs 'plain threads' cap_threads plain
same 'threads, i386' cap_threads.i386
both calls cap_abi
both 'i386 into x86_64' cap_abi.i386 /usr/bin/true
same 'x86_64 into i386' sh -c 'cap_abi.i386 cap_abi; true'
same spawn cap_spawn 5
runs 'spawn alone' cap_spawn 3 /usr/bin/true
both killed cap_signals killed
both handler cap_signals handler
same 'handler, i386' cap_signals.i386 handler
both restart cap_signals restart
both seccomp cap_signals seccomp
is "comparisons with differences" "$failures" 0
