#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Both engines record the same: for a process that one of its threads' ids selects, for the resource usage of ended
# threads, for a process that has the tid of a thread which executed a program, for the place where a signal interrupts a
# task, and for changes on a CPU that came online later.
# full
# kernels: 6.1 6.12 7.2
# timeout: 500
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
lacks_nothing() { is "$engine: status ($(cat err))" "$status" 0 && accounts "$engine" stats; }

has_threads() { [ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc -l)" -gt 2 ]; }

# by_thread: expects that -p with the id of any thread selects the whole process.
by_thread() {
	local target tid
	cap_threads loop &
	target=$!
	soon has_threads "$target"
	tid=$(ls "/proc/$target/task" | sort -n | tail -n 1)
	lx --engine "$engine" -p "$tid" -n 50 --format json -o a.json --stats=stats
	lacks_nothing
	is "$engine: -p $tid" "$(jq -r 'select(.kind == "syscall") | .pid' a.json | sort -u)" "$target"
	kill "$target"
	wait "$target" 2>/dev/null
	lx --engine "$engine" -p "$target" -n 1
	is "$engine: -p of one that is gone: status" "$status" 1
}

# by_usage: the leader thread has ended, and the kernel has not yet added its usage to the process's sum. Expects that
# the usage in the event of the process's end includes that of the leader, 700 page faults.
by_usage() {
	lx --engine "$engine" -q -e trace=getppid --format json -o a.json --stats=stats -- cap_usage 700
	lacks_nothing
	is "$engine: usage ($(jq -c 'select(.kind == "exit")' a.json))" \
		"$(jq 'select(.kind == "exit" and .process_ended) | .usage.minor_faults >= 700' a.json)" true
}

# by_kept_threads: a ptrace tracer never waits for ended threads; therefore the kernel keeps all of them. Expects that
# the usage of their process is marked as truncated if there are more than 256 threads, and has no mark otherwise.
by_kept_threads() {
	local n
	for n in 100 400; do
		lx --engine "$engine" -q -e trace=getppid --format json -o a.json --stats=stats -- cap_kept "$n"
		lacks_nothing
		is "$engine: usage of a process with $n threads that a tracer keeps" \
			"$(jq -r --argjson pid "$(cat out)" 'select(.kind == "exit" and .process_ended and .pid == $pid) | .usage.state' a.json)" \
			"$(if [ "$n" -gt 256 ]; then echo truncated; else echo null; fi)"
	done
}

# by_taken_tid: a thread has executed a program, and a new process has got the thread's old tid. Expects that the new
# process is recorded.
by_taken_tid() {
	local taker
	LINX_ENGINE=$engine linxcap strace -f -e trace=getppid -o out cap_taken 5 >takers 2>err
	is "$engine: status of cap_taken ($(cat err))" $? 0
	while read -r taker; do
		has "$engine: the call of the process that got the tid $taker" out "^$taker *getppid()"
	done <takers
}

by_signal() {
	LINX_ENGINE=$engine linxcap strace -i -o out busybox sh -c 'kill -SEGV $$' 2>err
	has "$engine: where a signal meets it" out '^\[[0-9a-f]*[1-9a-f][0-9a-f]*\] --- SIGSEGV'
}

cat >moves.pl <<'END'
sub go { system("taskset -p -c $_[0] $$ >/dev/null") == 0 or die; }
go(0);
syscall(110);
go(1);
chdir("/tmp/later") or die;
go(0);
syscall(110);
END

on_late_cpu() {
	echo 0 >/sys/devices/system/cpu/cpu1/online || skip "no CPU can be taken away"
	background --engine "$engine" -q -e trace=getppid --comm perl --format '%linx.cwd' -o cwds
	echo 1 >/sys/devices/system/cpu/cpu1/online
	perl moves.pl || fail "it does not move"
	kill -INT "$pid"
	ended
	is "$engine: the directory that it changed to on a CPU that came later" "$(tail -n 1 cwds)" "(/tmp/later)"
}

mkdir -p later
for engine in kmod bpf; do
	by_thread
	by_usage
	by_kept_threads
	by_taken_tid
	by_signal
	on_late_cpu
done
