#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Running processes, users, sets of calls, the recorder and the whole machine are recorded. The recording excludes
# linxcap itself.
# full
# timeout: 200
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

calls() { jq -r 'select(.kind == "syscall") | .syscall' "${1:-a.json}" | sort -u | tr '\n' ' '; }
nothing_of_linxcap() { is "$1: linxcap itself" "$(count a.json '.kind == "syscall" and .comm == "linxcap"')" 0; }

# Succeeds if the four threads of the process sleep in clock_nanosleep.
all_asleep() { [ "$(cat "/proc/$1"/task/*/syscall | grep -c "^$nr_clock_nanosleep ")" = 4 ]; }

attach() {
	cap_threads loop &
	target=$!
	soon all_asleep $target
	lx -p $target -n 200 --format json -o a.json --stats=a.stats
	is "-p: status ($(cat err))" "$status" 0
	accounts "-p" a.stats
	is "-p: only it" "$(jq -r 'select(.kind == "syscall") | .pid' a.json | sort -u)" "$target"
	[ "$(jq -r 'select(.kind == "syscall") | .tid' a.json | sort -u | wc -l)" -ge 3 ] || fail "-p: not all threads: $(jq .tid a.json | sort | uniq -c)"
	is "-p: calls" "$(calls)" "clock_nanosleep getppid "
	nothing_of_linxcap "-p"
	kill $target
	wait $target 2>/dev/null
	refused "-p of one that is gone" 1 "no such process.*$target" -p $target
}

follow() { # OPTION WANTED-CHILDREN NAME
	rm -f go
	sh -c 'while [ ! -e go ]; do sleep 0.1; done; busybox true one; busybox true two' &
	target=$!
	linxcap -p $target $1 --format json -o a.json >out 2>err &
	pid=$!
	soon recording $pid
	touch go
	wait $target
	soon gone $pid
	ended
	is "$3: ends with its processes: status ($(cat err))" "$status" 0
	is "$3: programs" "$(count a.json '.kind == "exec" and .argv[1] == "true"')" "$2"
	nothing_of_linxcap "$3"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

users() {
	setpriv --reuid 1000 --regid 1000 --clear-groups cap_storm 1 0 &
	target=$!
	lx -u 1000 -e trace=getppid -n 20 --format json -o a.json
	is "-u 1000: status ($(cat err))" "$status" 0
	is "-u 1000" "$(jq -c 'select(.kind == "syscall") | [.uid, .comm]' a.json | sort -u)" '[1000,"cap_storm"]'
	lx -u guest -e trace=getppid -n 20 --format json -o a.json
	is "-u guest" "$(jq -c 'select(.kind == "syscall") | .uid' a.json | sort -u)" 1000
	kill $target
	killall cap_storm
}

sets() {
	lx -e trace=openat,close --format json -o a.json -- ls /
	is "two calls" "$(calls)" "close openat "
	lx -e trace=%file --format json -o a.json -- ls /
	[[ $(calls) == *openat* && $(calls) == *execve* && $(calls) != *read\ * ]] || fail "%file: $(calls)"
	lx -e trace='/^(open|close)' --format json -o a.json -- ls /
	is "regular expression" "$(calls)" "close openat "
	lx -e trace='!mmap,mprotect,%file' --format json -o a.json -- ls /
	[[ $(calls) == *read\ * && $(calls) != *mmap* && $(calls) != *openat* ]] || fail "all but: $(calls)"
	lx -e trace=none --format json -o a.json -- ls /
	is "none" "$(calls)" ""
	is "none: but who ran" "$(count a.json '.kind == "exec" and .exe == "/usr/bin/ls"')" 1
	lx -e status=failed --format json -o a.json -- cat /not/there
	is "failed: all failed" "$(count a.json '.kind == "syscall" and .ret != null and .errno == null')" 0
	[ "$(count a.json '.args.filename? == "/not/there" and .errno == "ENOENT"')" = 1 ] || fail "failed: it is not there: $(calls)"
	lx -e status=successful --format json -o a.json -- cat /not/there
	is "successful: none failed" "$(count a.json '.kind == "syscall" and .errno')" 0
}

times() {
	lx --min-duration 200ms --format json -o a.json -- sh -c 'sleep 0.3; true'
	[ "$(count a.json '.syscall == "clock_nanosleep" and .duration_ns >= 300000000')" = 1 ] || fail "--min-duration: no sleep: $(calls)"
	is "--min-duration: shorter ones" "$(count a.json '.kind == "syscall" and .dir == "exit" and .duration_ns < 200000000')" 0
	lx -T --format json -o a.json -- ls /
	is "-T: calls without duration" "$(count a.json '.kind == "syscall" and .dir == "exit" and .duration_ns == null')" 0
	lx -T --format strace -o a.txt -- true
	has "-T in strace" a.txt '= 0 <[0-9]+\.[0-9]{6}>$'
	lx --entry -e trace=close --format json -o a.json -- ls /
	is "--entry: one for each" "$(count a.json '.dir == "enter"')" "$(count a.json '.dir == "exit"')"
	is "--entry: without a result" "$(count a.json '.dir == "enter" and .ret != null')" 0
}

recorder() {
	cap_storm 1 0 &
	target=$!
	linxcap --mode recorder --buffer 64K -e trace=getppid --format json -o a.json --stats=a.stats >out 2>err &
	pid=$!
	soon recording $pid
	sleep 0.5
	is "recorder: silent before the signal" "$(count a.json '.kind == "syscall"')" 0
	kill -USR1 $pid
	soon grep -q getppid a.json
	first=$(count a.json '.kind == "syscall"')
	sleep 0.5
	kill -USR1 $pid
	soon more_than "$first"
	kill -INT $pid
	ended
	kill $target
	is "recorder: status ($(cat err))" "$status" 0
	accounts "recorder" a.stats
	holds "recorder: the oldest were replaced" a.stats '.overwritten > 0 and ([.lost[]] | add // 0) == 0'
	killall cap_storm
}

more_than() { [ "$(grep -c '"kind":"syscall"' a.json)" -gt "$1" ]; }

machine() {
	linxcap --format json -o a.json --stats=a.stats >out 2>err &
	pid=$!
	soon recording $pid
	for i in 1 2 3; do ls / >/dev/null; done
	sleep 0.5
	kill -INT $pid
	ended
	is "whole machine, SIGINT: status ($(cat err))" "$status" 0
	everything "whole machine" a.stats
	has "its account" err 'selected.*complete'
	is "certificate" "$(tail -n 1 a.json | jq -c '[.kind, .complete, .cut_off]')" '["certificate",true,false]'
	is "whole machine: execs of ls" "$(count a.json '.kind == "exec" and .comm == "ls"')" 3
	nothing_of_linxcap "whole machine"
}

attach
follow '' 0 "-p"
follow -f 2 "-p -f"
users
sets
times
recorder
machine
