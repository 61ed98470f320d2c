# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The engine ptrace with real programs on this machine.

export LINX_ENGINE=ptrace

test_command() {
	traced -o log -- sh -c 'echo hello | cat; exit 7'
	is_status 7
	[ "$(cat out)" = hello ] || broken "the command itself does not work"
	is_complete
	shows log 'execve("' '/sh", ["sh", "-c", "echo hello | cat; exit 7"]' ') = 0'
	shows log 'write(1, "hello\n", 6) = 6'
	shows log ' cat[' 'read(0, "hello\n", ' ') = 6'
	shows log '+++ exited with 7 +++'
	traced -q -o log -- sh -c 'kill -USR1 $$'
	is_status 138
	traced -q -o log -- ./none
	is_status 127
	printf '#!/none\n' >script
	chmod +x script
	traced -q -o log -- ./script
	is_status 126
	has err 'cannot execute: ./script: No such file or directory$'
}

# The first engine that can be opened is chosen, and one line explains why it is not the module.
test_choice() {
	[ ! -e /dev/linxcap ] || skip "this machine has the module"
	if [ "$(id -u)" = 0 ]; then # without the privileges of the engine bpf, which comes before it
		printf '#!/bin/sh\nexec setpriv --bounding-set=-bpf,-perfmon,-sys_admin "%s" "$@"\n' "$LINXCAP" >linxcap
		chmod +x linxcap
		local LINXCAP=$PWD/linxcap
	fi
	lx -o log -- true
	is_status 0
	is_complete
	has err '^linxcap: recording by ptrace; the module is not loaded \(modprobe linx\)$'
	[ "$(wc -l <err)" = 2 ] || broken "not one line before the account"
	lx -q -o log -- true
	is_status 0
	is_silent
}

# All children are traced, even those with CLONE_UNTRACED: the seccomp filter of the command would make calls of an
# untraced child fail, whether or not these calls are selected.
test_children_that_are_not_to_be_traced() {
	for how in '-e openat' '' '-e openat --let-go' '-e getppid'; do
		# shellcheck disable=SC2086 # several words, each of which is an argument
		traced -o log $how -- "$WORK/traced" untraced
		is_status 0
		[ "$(cat out)" = 'child: 0' ] || broken "$how: $(cat out)"
		[ "$how" = '-e getppid' ] || has log 'openat.AT_FDCWD, "/dev/full", O_RDONLY. = 3$'
	done
	traced -q -o log -e clone -- "$WORK/traced" untraced
	has log 'flags=CLONE_UNTRACED.SIGCHLD. = [0-9]* .changed.$'
	traced -q -o log --format json -e clone -- "$WORK/traced" untraced
	jq -s -e 'map(select(.syscall == "clone"))[0].flags == ["changed"]' log >/dev/null || broken "$(cat log)"
}

# Records gather in the tracer's memory before they are written, since a block of the capture for each of them would take
# a multiple of the room. A program that makes no further calls does not hold back its last records.
test_capture_in_blocks() {
	local pid
	traced -q --compress -w capture -- dd if=/dev/zero of=/dev/null bs=64 count=2000
	[ "$(lx -q -r capture -e write -c && awk '$NF == "write" { print $(NF - 1) }' out)" -gt 1999 ] || broken "$(cat out)"
	[ "$(stat -c %s capture)" -lt $((4000 * 60)) ] || broken "$(stat -c %s capture) bytes for 4,000 calls"
	mkfifo gate
	"$LINXCAP" -q -w growing -- sh -c 'cd /var/empty/nowhere; read -r _ <gate' 2>err &
	pid=$!
	wait_for grows
	echo >gate
	wait "$pid" || true
	lx -q -r growing -e read
	shows out 'read(0, "\n", 1) = 1'
}
grows() {
	"$LINXCAP" -q -r growing >seen 2>seen.err || true
	grep -q '/var/empty/nowhere' seen
}

# misses_rings FILE: expects that the account in a file of --stats says that operations of io_uring are missing.
misses_rings() {
	[ "$(jq -c '[.complete, .uring_missed]' "$1")" = '[false,true]' ] || broken "$1: $(cat "$1")"
}

# The account of a recording is not complete if a traced program had an io_uring, nor are that of a capture and those of
# the later files of a rotated one. It is complete if the kernel made no ring.
test_rings_are_missed_in_the_account() {
	local pid last
	"$WORK/traced" ring >ring || skip "no ring here: $(cat ring)"
	traced -o log --stats=stats -- "$WORK/traced" no-ring
	is_status 0
	[ "$(jq -c '[.complete, has("uring_missed")]' stats)" = '[true,false]' ] || broken "no ring: $(cat stats)"
	traced -o log -e write --stats=stats -- "$WORK/traced" ring
	has err 'delivered.*: INCOMPLETE: operations of io_uring were not recorded$'
	misses_rings stats
	traced -w cap --stats=stats -- "$WORK/traced" ring
	misses_rings stats
	"$LINXCAP" -q -r cap --format json | grep '"kind":"certificate"' >certificate
	misses_rings certificate
	traced -e read,write -w rotated -C 64K -- sh -c "'$WORK/traced' ring; exec dd if=/dev/zero of=/dev/null bs=1 count=20000"
	[ -e rotated.1 ] || [ "$(echo rotated*)" != rotated ] || broken "not rotated: $(cat err)"
	for last in rotated*; do
		"$LINXCAP" -q -r "$last" --format json | grep '"kind":"certificate"' >certificate
		misses_rings certificate
	done
	"$WORK/traced" rest-with-ring >rests &
	pid=$!
	wait_for grep -q made rests
	traced -q -o log --for 300ms -e write --stats=stats -p "$pid"
	misses_rings stats
	kill "$pid"
}

# A warning about io_uring operations that cannot be recorded is printed only if a traced program has a ring.
test_rings() {
	local pid text='not recorded: operations of io_uring, which a traced program uses: engine ptrace cannot'
	"$WORK/traced" ring >ring || skip "no ring here: $(cat ring)"
	for how in '' '-e write' '-e write --let-go' '-c'; do
		# shellcheck disable=SC2086 # several words, each of which is an argument
		traced -o log $how -- "$WORK/traced" no-ring
		is_status 0
		lacks err io_uring
		# shellcheck disable=SC2086
		traced -o log $how -- "$WORK/traced" ring
		is_status 0
		[ "$how" = -c ] || [ "$(grep -c "^linxcap: $text" err)" = 1 ] || broken "$how: not once"
	done
	traced -q -w log -- sh -c "'$WORK/traced' ring; '$WORK/traced' ring"
	[ "$(grep -c "^linxcap: $text" err)" = 1 ] || broken "not once"
	lx strace -o log "$WORK/traced" ring
	is_silent
	"$WORK/traced" rest-with-ring >rests &
	pid=$!
	wait_for grep -q made rests
	traced -q -o log --for 300ms -e write -p "$pid"
	[ "$(grep -c "^linxcap: $text" err)" = 1 ] || broken "-p: not once"
	kill "$pid"
	sleep 10000 &
	traced -q -o log --for 300ms -p $!
	is_silent
	kill $!
}

# A command is not traced by ptrace(2) if an option needs another engine. All such options are tried.
test_choice_by_what_is_asked_for() { # full
	[ ! -e /dev/linxcap ] || skip "this machine has the module"
	lx --engine bpf -q --for 1ms -e reboot -o log
	[ "$status" = 0 ] || skip "no eBPF here: $(cat err)"
	for option in '--sample 1/2' '--budget 1000' '--priority openat' '--mode recorder' '--fds --format json' --http; do
		# shellcheck disable=SC2086 # several words, each of which is an argument
		lx -o log $option -- true
		is_status 0
		has err '^linxcap: recording by eBPF; the module is not loaded \(modprobe linx\)$'
	done
}

test_tasks() {
	prints_lines exec-by-thread 'by a thread'
	shows log ' echo[' 'write(1, "by a thread\n", 12) = 12'
	prints_lines spawn 'spawned 0'
	prints_lines stop 'stopped 19' 'exited 7'
	prints_lines kill 'killed 9' 'killed 15'
	shows log '+++ killed by SIGKILL +++'
	prints_lines threads
	[ "$(grep -c ' exit(0) ' log)" = 8 ] || broken "not eight threads"
}

# If a parent calls setpgid() for its child, the recorded process group of the child changes.
test_group_of_a_child() {
	traced -q -w rec.linx -- perl -e 'pipe R, W; pipe S, T; $p = fork;
		if (!$p) { umask 1; syswrite T, "x"; sysread R, $_, 1; umask 2; exit }
		sysread S, $_, 1; setpgrp $p, $p; syswrite W, "x"; waitpid $p, 0'
	is_status 0
	"$LINXCAP" -q -r rec.linx -e umask 'proc.is_pgid_leader = true' >out
	[ "$(grep -o 'umask(.*' out)" = 'umask(002) = 001' ] || broken "umask of a leader: $(cat out)"
}

# Traces programs that resist a tracer, or that have many short-lived children.
test_fights() {
	prints_lines filter 'installed 0' 'refused 1'
	lacks log ' getppid\('
	prints_lines fight 'traced already 1' 'trapped 5'
	shows log 'ptrace(PTRACE_TRACEME' '= -1 EPERM'
	prints_lines storm 'ended 100'
	[ "$(grep -c ' execve(.* = 0' log)" = 101 ] || broken "not 100 children and the program"
}

# Threads that make calls endlessly must not keep other threads from running, in a command and in an attached process.
test_no_thread_starves() {
	local pid n
	for n in 16 64 1000; do
		LOOPERS=$n traced -o log -e getppid -- "$WORK/traced" starve
		is_status 5
		is_complete
		[ "$(grep -c ' getppid(' log)" = 10 ] || broken "$n: not ten calls"
		LOOPERS=$n traced -o log --let-go -- "$WORK/traced" starve
		is_status 5
		is_complete
		[ "$(grep -c ' getppid(' log)" = 10 ] || broken "$n --let-go: not ten calls"
		rm log
		LOOPERS=$n "$WORK/traced" starve-until-signal &
		pid=$!
		(wait_for grep -q -s ' getuid(' log && kill -USR1 "$pid") &
		traced -q -o log -p "$pid" -e getppid,getuid
		is_status 0
		wait "$pid" || [ $? = 5 ] || broken "$n -p: the program ended otherwise"
		[ "$(grep -c ' getppid(' log)" = 10 ] || broken "$n -p: not ten calls"
	done
}

# Threads are often killed while they create a thread, and the newest threads end first. This is no interference. The
# kernel reports the ends of 600 other threads in between, so that the new threads are gone by then.
test_creators_that_end() {
	for _ in 1 2 3 4 5; do
		traced -o log -e getuid -- "$WORK/traced" end-among-new
		is_status 5
		is_complete
	done
}

# Traces an exec by one thread of many, which is complete only when all other threads have ended. Then traces 512
# processes, of which each waits for its children.
test_crowds() { # full
	prints_lines exec-among 'by a thread'
	shows log ' echo[' 'write(1, "by a thread\n", 12) = 12'
	prints_lines bomb 'ended 9'
	[ "$(grep -c '+++ exited with 0 +++' log)" = 512 ] || broken "not 512 ends"
}

# Traces 8,192 processes, each with a parent that waits for it. Most of the time is used by the kernel, which walks over
# all tracees at each stop, as under strace.
test_bomb_of_thousands() { # full
	[ "$(ulimit -u)" = unlimited ] || [ "$(ulimit -u)" -gt 10000 ] || skip "this user may have $(ulimit -u) processes"
	status=0
	ROUNDS=13 "$LIMIT_PROGRAM" 600 "$LINXCAP" --engine ptrace -o log -e write -- "$WORK/traced" bomb >out 2>err || status=$?
	is_status 0
	[ "$(cat out)" = 'ended 13' ] || broken "another end under the tracer"
	[ "$(grep -c '+++ exited with 0 +++' log)" = 8192 ] || broken "not 8192 ends"
	is_complete
}

ended() {
	! kill -0 "$1"
}

filters() { # FILE
	sed -n 's/^Seccomp_filters:[[:space:]]*//p' "$1"
}

# The command has a seccomp filter, so that it stops only at selected calls. A command that can live longer than the
# trace has no filter.
test_filter() {
	local here pid
	here=$(filters /proc/self/status)
	[ "$here" ] || skip "this kernel does not count filters"
	traced -q -o log -e write -- cat /proc/self/status
	[ "$(filters out)" = $((here + 1)) ] || broken "the command has no filter"
	shows log ' write(1, "Name:' # although the filter stops it
	for how in --let-go '-n 1000' '--for 100s'; do
		# shellcheck disable=SC2086
		traced -q -o log -e write $how -- cat /proc/self/status
		[ "$(filters out)" = "$here" ] || broken "$how: the command has a filter"
	done
	lx strace -f --seccomp-bpf -e trace=write -o log cat /proc/self/status
	[ "$(filters out)" = $((here + 1)) ] || broken "strace --seccomp-bpf: no filter"
	lx strace -f -e trace=write -o log cat /proc/self/status
	[ "$(filters out)" = "$here" ] || broken "strace: a filter"
	"$LINXCAP" --engine ptrace -q -o log -e write -- sleep 100 &
	wait_for pgrep -P $! sleep >/dev/null
	pid=$(pgrep -P $! sleep)
	kill -9 $!
	wait_for ended "$pid"
}

test_selection() {
	traced -o log -e openat -e status=failed -- cat /etc/passwd ./none
	is_status 1
	is_complete
	shows log 'openat(AT_FDCWD, "./none", O_RDONLY) = -1 ENOENT'
	lacks log '/etc/passwd'
	lacks log ' read\('
	traced -q -o log --format json -e 'write' -- echo hello
	shows log '"syscall":"write"' '"comm":"echo"' '"buf":"hello\n"'
	traced -q -c -- true
	has out ' execve$'
}

# Compares the lines that strace's format prints.
test_strace() {
	lx strace -f -o log sh -c 'echo hello | cat >/dev/null; true'
	is_status 0
	shows log '+++ exited with 0 +++'
	shows log '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, '
	[ "$(grep -c '+++ exited with 0 +++' log)" -ge 3 ] || broken "not three processes"
	[ ! -s err ] || broken "it is not silent"
}

# linxcap strace uses an engine that records all calls of a command if none is named: ptrace, if there is no module.
test_strace_without_choice() {
	for options in '-f' '-c'; do
		LINX_ENGINE= lx strace $options -o log true
		is_status 0
		[ ! -s err ] || broken "it is not silent"
		grep -q 'execve' log || broken "no exec: $(cat log)"
	done
}

# Memory that a call fills is shown with its content at the return, although the line began at the entry.
test_strace_vectors() {
	lx strace -f -e readv -o log "$WORK/traced" fill
	is_status 0
	grep -Eq '^[0-9]+ +readv\([0-9]+, \[\{iov_base="fi", iov_len=2\}, \{iov_base="lled", iov_len=6\}\], 2\) = 6$' log ||
		broken "not what was read: $(cat log)"
}

# One summary has both CPU time and wall-clock time.
test_strace_both_clocks() {
	lx strace -c -U time-total,wall-total,name -o table sleep 1
	is_status 0
	grep -Eq '^ +0\.0[0-9]+ +1\.[0-9]+ (clock_)?nanosleep$' table || broken "not both: $(cat table)"
}

# A coloured line without its colours has the same bytes as a line that never had any, whatever it contains.
test_strace_in_colours() {
	local e=$'\e['
	export STRACE_COLORS='' NO_COLOR=1
	lx strace -f -y -T --color=always -o log sh -c 'cat "/not (there)" 2>/dev/null; kill -URG $$'
	sed 's/\x1b\[[0-9;]*m//g' log >bare
	! grep -q $'\e' bare || broken "something else"
	shows log "${e}33mopenat${e}0m(" "${e}35m\"/not (there)\"${e}0m, ${e}34mO_RDONLY${e}0m) = ${e}32m-1${e}0m ${e}31mENOENT (No such file or directory)${e}0m <"
	shows log "${e}39msi_signo${e}0m=${e}34mSIGURG${e}0m, "
	shows log "${e}36m/* "
	shows bare '+++ exited with 0 +++'
	[ "$(grep -c "^[0-9]* *+++ exited" log)" = "$(grep -c '+++ exited' bare)" ] || broken "ends of tasks have a colour"
	STRACE_COLORS=' SyScall = 1;31 :error=x:nothing=1' lx strace --color=always -o log true
	shows log "${e}1;31mexecve${e}0m("
	lx strace --color=auto -o log true
	! grep -q $'\e' log || broken "a file has colours"
	if command -v script >/dev/null; then
		unset NO_COLOR
		TERM=linux script -q -e -c "'$LINXCAP' strace true" /dev/null >tty
		shows tty "${e}33mexecve${e}0m("
		TERM=dumb script -q -e -c "'$LINXCAP' strace true" /dev/null >tty
		! grep -q $'\e' tty || broken "a dumb terminal has colours"
	fi
	refuses 1 "unknown word: --color sometimes: write auto, always or never" strace --color=sometimes true
}

test_attach() {
	local pid
	LOOPERS=1 "$WORK/traced" starve-until-signal &
	pid=$!
	(wait_for grep -q -s ' getuid(' log && kill "$pid") &
	traced -q -o log -p "$pid"
	is_status 0
	shows log '+++ killed by SIGTERM +++'
	lacks log 'out of order'
	sleep 10000 &
	pid=$!
	traced -q -o log --for 300ms -p "$pid"
	is_status 0
	grep -q '^TracerPid:.0$' "/proc/$pid/status" || broken "the process is still traced"
	"$LINXCAP" --engine ptrace -q -o first -p "$pid" 2>first.err &
	wait_for grep -q '^TracerPid:.[1-9]' "/proc/$pid/status"
	traced -q -o log -p "$pid"
	is_status 1
	has err "^linxcap: process $pid: process $! traces it already; a process has one tracer at a time$"
	kill "$pid"
	wait $!
}

has_threads() {
	[ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc -l)" -gt 1 ]
}

# A thread that is being created while its process is attached to is traced, too. The program holds the kernel in the
# middle of clone(2) until it sees that it is traced.
test_attach_amid_creation() {
	local pid
	"$WORK/traced" create >created &
	pid=$!
	wait_for grep -q . created
	if grep -q '^no ' created; then
		wait "$pid"
		skip "$(cat created) here"
	fi
	traced -q -o log -p "$pid"
	is_status 0
	wait "$pid" || [ $? = 5 ] || broken "the new thread is not traced"
}

# A process of which another program traces one thread is refused: the calls of that thread would be missing.
test_attach_to_a_part() {
	local pid tid
	LOOPERS=2 "$WORK/traced" starve-until-signal &
	pid=$!
	wait_for has_threads "$pid"
	for tid in "/proc/$pid/task/"*; do
		tid=${tid##*/}
		[ "$tid" = "$pid" ] || break
	done
	"$LINXCAP" strace -o first -p $tid 2>first.err &
	wait_for grep -q '^TracerPid:.[1-9]' "/proc/$tid/status"
	traced -q -o log -p "$pid" --for 10s
	is_status 1
	has err "^linxcap: process $tid: process $! traces it already; a process has one tracer at a time$"
	grep -q '^TracerPid:.0$' "/proc/$pid/status" || broken "the first thread is still traced"
	kill -9 "$pid"
	wait
}

# ancestors PID: prints the names of all ancestors of a process, from its parent on.
ancestors() {
	local pid names=""
	for ((pid = $(awk '/^PPid:/ { print $2 }' "/proc/$1/status"); pid; pid = $(awk '/^PPid:/ { print $2 }' "/proc/$pid/status"))); do
		names+=" $(cat "/proc/$pid/comm")"
	done
	echo "${names# }"
}

# A process that is attached to has the environment that /proc shows, as in Falco.
test_environment_of_attached() {
	cat >rules.yaml <<-'END'
		- rule: Env
		  desc: d
		  condition: evt.type in (open, openat) and fd.name endswith /touched and proc.env[MARK] = attached
		  output: "<%proc.env[MARK]>"
		  priority: NOTICE
	END
	MARK=attached bash -c 'until [ -e stop ]; do : >touched; sleep 0.1; done' &
	wait_for test -e touched
	traced -n 1 --rules rules.yaml -p $!
	is_status 0
	has out '<attached>$'
	touch stop
	wait $!
}

# proc.aenv[NAME] is the value of the variable in the nearest ancestor in which it is not empty.
test_variables_of_ancestors() {
	cat >rules.yaml <<-'END'
		- rule: Env
		  desc: d
		  condition: evt.type in (open, openat) and fd.name endswith /touched and proc.aenv[MARK] = outer
		  output: "<%proc.aenv[MARK]>"
		  priority: NOTICE
	END
	traced -q --rules rules.yaml -- env MARK=outer bash -c 'MARK= bash -c "MARK=own bash -c \": >touched\"; :"; :'
	has out '<outer>$'
}

# Ancestors and the session leader are not traced, and are read from /proc: in a live trace, and in each file of a
# series.
test_processes_outside() {
	local pid parent above leader want f n=0
	cat >rules.yaml <<-'END'
		- rule: Outside
		  desc: d
		  condition: evt.type in (open, openat) and fd.name endswith /touched
		  output: "<%proc.pname|%proc.pcmdline|%proc.aname[2]|%proc.ppid|%proc.sname|%proc.pexepath|%proc.apid|%proc.aname>"
		  priority: NOTICE
	END
	setsid bash -c 'bash -c "until [ -e stop ]; do : >touched; sleep 0.1; done" & echo $! >pid; wait' &
	wait_for grep -q . pid
	pid=$(cat pid)
	wait_for test -e touched
	parent=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")
	above=$(awk '/^PPid:/ { print $2 }' "/proc/$parent/status")
	leader=$(cut -d ' ' -f 6 "/proc/$pid/stat")
	want="<$(cat "/proc/$parent/comm")|$(tr '\0' ' ' <"/proc/$parent/cmdline" | sed 's/ $//')|$(cat "/proc/$above/comm")|$parent|$(cat "/proc/$leader/comm")|$(readlink "/proc/$parent/exe")|$pid|$(ancestors "$pid")>"
	traced -n 1 --rules rules.yaml -p "$pid"
	is_status 0
	grep -qF "$want" out || broken "the alert is not of $want"
	traced -q -w file -G 1s --for 2500ms -p "$pid"
	is_status 0
	touch stop
	[ "$(ls file.* | wc -l)" -gt 1 ] || broken "one file alone"
	for f in file.*; do
		lx -q -r "$f" --rules rules.yaml
		[ -s out ] || continue
		n=$((n + 1))
		[ "$(grep -o '<.*' out | sort -u)" = "$want" ] || broken "$f: the alerts are not of $want"
	done
	[ $n -gt 0 ] || broken "no file has an alert"
	traced --rules rules.yaml -- sh -c ': >touched'
	has out '<linxcap\|.*touched\|'
}

# The tracer queries the addresses of sockets from the kernel, through copies of the descriptors that it makes for
# itself.
test_descriptors() {
	local port
	lx strace -f -yy -o log "$WORK/traced" talk
	is_status 0
	port=$(sed -n 's/^port \([0-9]*\) .*/\1/p' out)
	[ "$port" ] || broken "the program could not talk"
	grep -Eq "write\([0-9]+<TCP:\[127\.0\.0\.1:[0-9]+->127\.0\.0\.1:$port\]>, \"t\", 1\)" log || broken "no addresses of a connection"
	grep -Eq 'write\([0-9]+<UNIX-STREAM:\[[0-9]+->[0-9]+\]>, "u", 1\)' log || broken "no ends of a pair"
	traced -q -o log --format json -e connect -- "$WORK/traced" talk
	shows log '"syscall":"connect"' '"connected":{' '"peer":{"addr":"127.0.0.1","port":'
}

# An unprivileged tracer's program does not gain the privileges of a setuid file.
test_privileges() {
	[ "$(id -u)" = 0 ] || skip "only root can make such a program"
	local dir
	dir=$(mktemp -d) # the other user may be unable to read this folder or the tree
	cp "$LINXCAP" "$LINX_BUILD/liblinx.so.0" "$dir"
	cp /bin/true "$dir/gains"
	chmod 755 "$dir"
	chmod u+s "$dir/gains"
	LD_LIBRARY_PATH=$dir setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$dir/linxcap" --engine ptrace -q -o /dev/null -- "$dir/gains" 2>err
	cp "$dir/gains" gains
	chmod u+s gains
	rm -r "$dir"
	has err "^linxcap: .*/gains runs without the privileges of its file: engine ptrace "
	traced -q -o log -- ./gains
	lacks err 'without the privileges'
}

test_refusals() {
	traced --fds --format json -- true
	is_status 1
	has err "^linxcap: --fds: engine ptrace cannot record what a process opens and closes; "
	traced -n 1
	is_status 1
	has err '^linxcap: engine ptrace: it traces commands \(-- CMD\) and processes \(-p PID\); the whole machine needs the module or engine bpf$'
	traced --mode recorder -w file -- true
	is_status 1
	says "engine ptrace: it has no modes; tracees wait for the reader as it is ('linxcap doctor' looks for the cause)"
	traced --budget 100 -- true
	is_status 1
	has err '^linxcap: budget: engine ptrace cannot$'
}

test_files() {
	traced -q -w file -- sh -c 'echo hello | cat'
	is_status 0
	lx -r file
	is_complete
	shows out 'write(1, "hello\n", 6) = 6'
	traced -q -w turned -G 1s -- sh -c 'sleep 0.7; sleep 0.7; sleep 0.7'
	is_status 0
	for f in turned.*; do
		lx -r "$f"
		is_complete
	done
	shows out '+++ exited with 0 +++'
}

# The recorded namespaces of a program equal those that it prints itself, whether it made them for itself, for a child
# or for the next exec.
test_namespaces() {
	unshare -npTu --fork true 2>/dev/null || skip "this machine makes no namespaces"
	cat >many <<-'END'
		own() { "$@" readlink /proc/self/ns/net /proc/self/ns/uts /proc/self/ns/time; }
		own; own unshare -n; own unshare -T; own unshare -u sh -c 'readlink /proc/self/ns/uts >/dev/null; "$0" "$@"'; own unshare -p --fork; own
	END
	traced -q --format json -o log -e trace=execve -- sh many
	is_status 0
	tr -dc '0-9\n' <out | paste - - - >said
	python3 - log >recorded <<-'END'
		import json, sys
		for line in open(sys.argv[1]):
		    e = json.loads(line)
		    if e["kind"] == "exec" and e["comm"] == "readlink" and len(e["argv"]) == 4:
		        print(e["ns"]["net"], e["ns"]["uts"], e["ns"]["time"], sep="\t")
	END
	[ "$(wc -l <said)" = 6 ] || broken "not six programs: $(cat said)"
	cmp -s said recorded || broken "recorded otherwise: $(diff said recorded)"
}

# The line of a clone() that makes a namespace shows the child's number and the namespace with --namespace=new, even if
# the child is not traced.
test_namespace_of_an_untraced_child() {
	lx strace --namespace=new -e trace=clone -o log "$WORK/traced" namespace
	[ "$status" != 77 ] || skip "this machine makes no namespaces"
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	kill -KILL "$(sed 's/ .*//' out)"
	shows log 'flags=CLONE_NEWUTS|SIGCHLD' ") = $(cat out)"
}

# Descriptors of another process have their paths even if the line is cut before the return.
test_strace_foreign_descriptors() {
	lx strace -f -y -e trace=pidfd_getfd,kcmp,getppid -o log "$WORK/traced" foreign
	[ "$status" != 77 ] || skip "this machine allows no pidfd_getfd, or no kcmp"
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	[ "$(grep -c ' pidfd_getfd(' log)" = 300 ] || broken "not all calls: $(grep -c ' pidfd_getfd(' log)"
	[ "$(grep -Ec ' pidfd_getfd\([0-9]+<[^>]+>, 77</dev/null>' log)" = 300 ] ||
		broken "no path: $(grep ' pidfd_getfd(' log | grep -v '77</dev/null>' | head -n 3)"
	[ "$(grep -Ec ' kcmp\([0-9]+, [0-9]+, KCMP_FILE, [0-9]+</dev/zero>, 77</dev/null>' log)" = 300 ] ||
		broken "no path: $(grep ' kcmp(' log | grep -v '</dev/zero>, 77</dev/null>' | head -n 3)"
}

# The line of a signal has the address at which it interrupted the program.
test_strace_pointer_of_a_signal() {
	lx strace -i -e trace=none -o log sh -c 'kill -USR1 $$'
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	grep -Eq '^\[[0-9a-f]{16}\] --- SIGUSR1 ' log || broken "no pointer: $(cat log)"
	has log '^\[\?{16}\] \+\+\+ killed by SIGUSR1 \+\+\+$'
}

# The record of connect alone describes the socket; reads and writes are assigned to it by their descriptor number.
test_http_without_descriptors() {
	command -v python3 >/dev/null || skip "no python3"
	cat >serve.py <<-'END'
		import http.server, os
		s = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
		with open("port.new", "w") as f: f.write(str(s.server_port))
		os.rename("port.new", "port")
		s.handle_request()
	END
	local i
	python3 serve.py 2>/dev/null &
	for ((i = 0; i < 100; i++)); do
		[ ! -e port ] || break
		sleep 0.1
	done
	lx http --engine ptrace -- python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$(cat port)/serve.py?a').read()"
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	shows out 'http client GET 127.0.0.1:' '/serve.py?... = 200'
	has err 'http: 1 requests answered, 0 not, 0 responses without a request$'
	wait
}
