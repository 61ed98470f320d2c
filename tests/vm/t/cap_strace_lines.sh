#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# linxcap strace and strace print the same lines, each for a run of its own: calls, signals, ends, threads, statuses,
# destinations. Task ids and addresses are generalised.
# full
# timeout: 400
. "$JOB/guest/cap.sh"

failures=0
cd /tmp || exit 1
trap 'echo 2 >/proc/sys/kernel/randomize_va_space' EXIT
echo 0 >/proc/sys/kernel/randomize_va_space

# alike NAME OPTIONS... -- CMD...: expects that strace and linxcap strace print the same lines.
alike() {
	local name=$1 options=() want status
	shift
	while [ "$1" != -- ]; do
		options+=("$1") && shift
	done
	shift
	rm -f a.log b.log
	strace "${options[@]}" -o a.log "$@" >a.out 2>a.err </dev/null
	want=$?
	linxcap strace "${options[@]}" -o b.log "$@" >b.out 2>b.err </dev/null
	status=$?
	is "$name: status" "$status" "$want"
	cmp -s a.out b.out || fail "$name: the command's own output differs"
	"$JOB/guest/plain-lines" a.log >a
	"$JOB/guest/plain-lines" b.log >b
	if ! diff a b >d; then
		echo "FAIL: $name: differs from strace:"
		head -n 20 d | cut -c1-200
		failures=$((failures + 1))
	fi
}

calls=execve,openat,read,write,close,pipe2,exit_group,dup2,kill,nanosleep,pause,getcwd
alike one -e "$calls" -- ls /
alike children -f -e "$calls" -- sh -c 'echo a; (echo b; exit 3); echo c'
alike 'without -f' -e "$calls" -- sh -c 'echo a; (echo b; exit 3); echo c'
alike 'a signal of its own' -e "$calls" -- sh -c 'trap "echo got" USR1; kill -USR1 $$; echo done'
alike 'ended by a signal' -e "$calls" -- sh -c 'echo a; kill -TERM $$; echo b'
alike 'ended by SIGKILL' -f -e pause,poll,kill,exit_group -- cap_signals killed
alike 'ended with a core' -f -e "$calls" -- sh -c 'ulimit -c 0; kill -SEGV $$'
alike 'status' -z -e "$calls" -- ls / /nonexistent
alike 'failures' -Z -e "$calls" -- ls / /nonexistent
alike 'strings' -s 5 -xx -e "$calls" -- echo abcdefghijk
alike 'raw' -X raw -e "$calls" -e raw=write -- echo abc
alike 'all of it' -v -E _ -e "$calls" -e write=1 -e read=3 -- echo abc
alike 'numbers and columns' -n -a 60 -e "$calls" -- echo abc
alike 'no signals' -e "$calls" -e signal=none -- sh -c 'kill -USR1 $$'
alike 'quiet' -qq -e "$calls" -- true
alike 'threads' -f -e execve,exit,exit_group,getcwd -- cap_threads
alike 'argv0 and environment' -v -E FOO=bar -E HOME -E _ -e execve -- env
alike 'one number for many calls' -e trace=socketcall,listen -- cap_socketcall.i386
alike 'pid namespaces' -f --decode-pids=pidns -e trace=kill,getpid,getpgrp,getpriority -e signal=none -- \
	unshare -fp bash -c 'kill -0 $$; (exit 2); nice -n 1 true'
is "runs that differ" "$failures" 0

# Lines are written to standard error, to a file or to a command.
linxcap strace -e write echo hello >out 2>err
has "standard error" err '^write\(1, "hello\\n", 6\) += 6$'
has "standard error" err '^\+\+\+ exited with 0 \+\+\+$'
is "standard output" "$(cat out)" hello
linxcap strace -f -e write sh -c 'echo 1; (echo 2)' >out 2>err
has "followed" err '^strace: Process [0-9]+ attached$'
has "followed" err '^\[pid +[0-9]+\] write\(1, "2\\n", 2\)'
linxcap strace -ff -o each -e write sh -c 'echo 1; (echo 2)' >out 2>err
is "files" "$(ls each.* | wc -l)" 2
is "lines" "$(cat each.* | grep -c '^write(1, ')" 2
linxcap strace -o '|tr a-z A-Z >piped' -e write echo hello >out
has "piped" piped '^WRITE\(1, "HELLO'

# The command makes long calls as fast as it can, and waits for linxcap, as it would for strace.
linxcap strace -o log -e chdir perl -e 'chdir("/" x 4095) for 1 .. 4000' 2>err
is "a command that waits: status" $? 0
is "a command that waits: lines" "$(grep -c '^chdir("/*") = 0$' log)" 4000
is "a command that waits: nothing is lost" "$(cat err)" ""

# -p attaches only to the named thread, which continues afterwards.
sleep 1000 &
linxcap strace -o log -p $! &
tracer=$!
soon recording $tracer
kill -INT $tracer
wait $tracer
is "attached: status" $? 130
kill -0 %1 || fail "attached: it does not go on"
kill %1

# The summary (-c) has CPU time, or with -w the wall-clock time.
linxcap strace -c -o table sh -c 'sleep 1'
has "summary" table '^% time     seconds  usecs/call     calls    errors syscall$'
has "summary" table ' total$'
linxcap strace -f -c -w -U name,time-total -S name -o table sleep 1
has "wall clock" table '^clock_nanosleep +[1-9][0-9]*\.[0-9]+$'
linxcap strace -f -c -U name,time-total -S name -o table sleep 1
has "CPU time" table '^clock_nanosleep +0\.0[0-9]+$'

# -ttt prints the time at which a call began, and -T its duration.
linxcap strace -ttt -T -e clock_nanosleep -o log sleep 1
has "times" log '^[0-9]{10}\.[0-9]{6} clock_nanosleep\(.*\) = 0 <[1-9][0-9]*\.[0-9]{6}>$'
