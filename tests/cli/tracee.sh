# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# A program behaves under the engine ptrace as without a tracer, except for the facts in docs/ptrace-differences.md.

export LINX_ENGINE=ptrace

# Sets the array "nobody" to the words by which a command runs without privileges, and copies what the command needs
# into the current directory.
prepare_nobody() {
	nobody=()
	[ "$(id -u)" = 0 ] || return 0
	chmod 755 . && cp "$LINXCAP" ./linxcap && cp "$LINX_BUILD/liblinx.so.0" .
	LINXCAP=./linxcap
	nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all env LD_LIBRARY_PATH=.)
}

# differences COLUMN: prints "name: value" for each row of the table in docs/ptrace-differences.md, with the value of
# that column. Rows about a setuid program are left out if ./owned is not one, and rows about Landlock if this kernel
# lacks it.
differences() {
	awk -F ' *\\| *' -v column="$1" '/^\| asked / { in_table = 1; next } !/^\|/ { in_table = 0 }
		in_table && !/^\|--/ && (setuid || !/setuid/) && (landlock || !/landlock/) { print $2 ": " $column }' \
		setuid="$([ ! -u ./owned ] || echo 1)" landlock="$(grep landlock alone)" "$LINX_ROOT/docs/ptrace-differences.md"
}

# answers COMMAND...: prints the facts that an unprivileged program finds out, and the user of its setuid copy. The command
# is started as the leader of a session.
answers() { # COMMAND...
	setsid -w "$@" ./noticed && { [ ! -u ./owned ] || "$@" ./owned user; }
}

# with_words FILE MOST: replaces the number of possible filters, which differs between kernels, by a word: "most" if it
# is MOST, otherwise "fewer".
with_words() { # FILE MOST
	sed -E "s/^(seccomp, filters of 16 instructions): $2\$/\\1: most/; s/^(seccomp, filters of 16 instructions): [0-9]+\$/\\1: fewer/" "$1"
}

test_what_a_program_can_notice() {
	local nobody most how=
	cp "$WORK/noticed" .
	prepare_nobody
	"${nobody[@]}" ./noticed >/dev/null 2>&1 || skip "nobody cannot run programs of $PWD"
	if [ "$(id -u)" = 0 ]; then
		cp noticed owned && chmod u+s owned
		"${nobody[@]}" ./owned user | grep -q 'its owner' || rm owned # no setuid programs on this file system
	fi
	answers "${nobody[@]}" >alone
	most=$(sed -n 's/^seccomp, filters of 16 instructions: //p' alone)
	differences 3 >want
	with_words alone "$most" | diff want - >diff || broken "alone: $(cat diff)"
	for how in '4 -e trace=getpid' '5 --let-go'; do
		# shellcheck disable=SC2086
		answers "${nobody[@]}" "$LINXCAP" --engine ptrace -q -o /dev/null ${how#* } -- >got 2>err ||
			{ grep -q 'allows no ptrace' err && skip "$(cat err)"; broken "$how: $(cat err)"; }
		differences "${how%% *}" >want
		with_words got "$most" | diff want - >diff || broken "$how: $(cat diff)"
	done
}

# A program installs two seccomp filters of its own: one for all of its threads (TSYNC), and one with a listener, by
# which another thread answers the calls.
test_filters_of_its_own() {
	prints_lines filters 'all threads 0' 'listener 0' 'received 1' 'answered 7'
}

# Calls that the program's own filter hands to a listener are recorded, too, if the listener lets them go on: those of the
# thread that installed the filter, of a child, and of another thread.
test_calls_behind_a_listener() {
	local how word
	for how in '-e getsid' '-e getsid --let-go' '-e getsid,write,clone,seccomp'; do
		for word in listener listener-for-all; do
			# shellcheck disable=SC2086
			traced -o log $how -- "$WORK/traced" $word
			[ "$status" != 77 ] || skip "this kernel has no listeners, or none for all threads"
			[ "$(cat out)" = 'ended 0' ] || broken "$how $word: another end under the tracer"
			is_complete
			[ "$(grep -c ' getsid(0) = [0-9]' log)" = 30 ] || broken "$how $word: $(grep -c ' getsid(' log) calls, not 30"
		done
	done
	[ "$(grep -c ' write(' log)" = 1 ] || broken "not one write"
	[ "$(grep -c ' seccomp(' log)" = 1 ] || broken "not one seccomp"
}

# The facts that must not depend on a tracer are the same without a tracer, under a tracer that uses a seccomp filter,
# and under one that does not; for a user without privileges, and for root.
test_what_a_program_cannot_notice() {
	local nobody who how
	cp "$WORK/alike" .
	cp alike hidden && chmod 711 hidden
	prepare_nobody
	"${nobody[@]}" ./alike >/dev/null 2>&1 || skip "nobody cannot run programs of $PWD"
	for who in nobody root; do
		[ $who = nobody ] || { [ "$(id -u)" = 0 ] && nobody=(env LD_LIBRARY_PATH=.); } || continue
		"${nobody[@]}" ./alike >alone 2>&1
		for how in '' '-e trace=getpid' '--let-go'; do
			# shellcheck disable=SC2086
			"${nobody[@]}" "$LINXCAP" --engine ptrace -q -o /dev/null $how -- ./alike >got 2>err ||
				{ grep -q 'allows no ptrace' err && skip "$(cat err)"; broken "$who $how: $(cat err)"; }
			diff alone got >diff || broken "$who $how: $(cat diff)"
		done
		"${nobody[@]}" "$LINXCAP" strace -o /dev/null ./alike >got 2>&1 # its children are not traced
		diff alone got >diff || broken "$who, without children: $(cat diff)"
	done
}

# programs: commands, one a line, whose output does not vary from run to run. The first word must be installed.
programs() {
	cat <<-'END'
		bash -c 'for i in 1 2; do (echo $i | cat; exit $i); echo $?; done; trap "echo usr1" USR1; kill -USR1 $$; exit 7'
		timeout 0.3 sleep 100
		sh -c 'trap "echo term; exit 6" TERM; kill $$; sleep 100'
		perl -e '$SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select(undef, undef, undef, 30); system("exit 3"); print $? >> 8, "\n"; exit 4'
		python3 -c 'import subprocess, multiprocessing as m; print(subprocess.run(["sh", "-c", "echo a; exit 3"], capture_output=True)); print(m.Pool(3).map(abs, range(-9, 0)))'
		python3 -c 'import asyncio as a; w = lambda i: a.create_subprocess_exec("sh", "-c", f"exit {i}"); f = lambda: [a.ensure_future(w(i)) for i in range(9)]; exec("async def go(): print([await (await p).wait() for p in f()])"); a.run(go())'
		node -e 'require("child_process").spawn("sleep", ["100"]).on("exit", (c, s) => { console.log(c, s); process.exit(9) }).kill("SIGTERM")'
		unshare -Ufpr --mount-proc sh -c 'sleep 100 & sleep 100 & echo $$; exit 3'
		bwrap --ro-bind / / --unshare-all --die-with-parent --proc /proc --dev /dev sh -c 'echo $$; exit 5'
		setpriv --no-new-privs sh -c 'grep NoNewPrivs /proc/self/status; exit 2'
		gdb -q -batch -ex 'print 6 * 7' /bin/true
		java -Xshare:auto -version
		python3 -c 'import threading as t, time, os; [t.Thread(target=time.sleep, args=(99,)).start() for i in range(20)]; t.Thread(target=os.execv, args=("/bin/echo", ["echo", "from a thread"])).start()'
		python3 -c 'import os, select; p = os.fork() or os._exit(7); fd = os.pidfd_open(p); select.select([fd], [], []); print(os.waitid(os.P_PIDFD, fd, os.WEXITED).si_status)'
		perl -e 'for (1 .. 50) { fork or exit $_ } $s += $? >> 8 while wait > 0; print "$s\n"'
		perl -e '$SIG{CHLD} = "IGNORE"; for (1 .. 30) { fork or exit } 1 while wait > 0; print "$!\n"'
		bash -c 'coproc cat; echo hi >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x'
		bash -c 'seq 200 | xargs -P 8 -n 1 sh -c "echo \$0" | sort -n | md5sum'
		script -qec 'tty | tr -d 0-9' /dev/null
		nohup sh -c 'kill -HUP $$; echo alive'
	END
}

# A program cannot hold its tracer, and with it all other tracees, by a file system of its own that never answers. Facts
# for which the tracer would have to ask that file system stay unknown.
test_nobody_holds_the_tracer() {
	local how
	for how in path file memory arguments socket; do
		"$LIMIT_PROGRAM" 60 "$WORK/held" "$how" >alone || [ $? != 77 ] || skip "$(cat alone)"
		[ "$(cat alone)" = 'went on' ] || broken "$how alone: $(cat alone)"
		traced -q -yy -o log -e trace=openat2,lseek,write,getpgid,getsockopt,chdir -- "$WORK/held" "$how"
		is_status 0
		[ "$(cat out)" = 'went on' ] || broken "$how: $(cat out)"
	done
	traced -q -o log -e trace=openat2,write -- "$WORK/held" path
	has log 'openat2.AT_FDCWD, "[^"]*/other", .*EINVAL'
	traced -q -o log -e trace=openat2,write -- "$WORK/held" memory
	has log 'write.-1, 0x[0-9a-f]*, 16. = -1 EBADF'
}


# Programs that have nothing to do with linx print the same, and end in the same way, with and without a tracer.
test_real_programs() {
	local command how tried=0
	while IFS= read -r command; do
		command -v "${command%% *}" >/dev/null || continue
		status=0
		eval "$command" </dev/null >alone 2>alone.err || status=$?
		echo "status $status" >>alone
		tried=$((tried + 1))
		for how in '' --let-go; do
			eval "traced -q -o /dev/null $how -- $command" </dev/null
			echo "status $status" >>out
			cmp -s alone out || broken "$how $command: $(diff alone out)"
			cmp -s alone.err err || broken "$how $command: $(diff alone.err err)"
		done
	done < <(programs)
	[ $tried -ge 5 ] || skip "only $tried programs are installed"
}

has_lines() { # FILE N
	[ "$(wc -l <"$1")" -ge "$2" ]
}

# Attaching and detaching end no call that waits, and a stopped process stays stopped.
test_attach_ends_no_wait() {
	local pid pids=
	mkfifo hold
	"$WORK/alike" attached <hold >got &
	pid=$!
	exec 7>hold
	wait_for has_lines got 8
	pids=$(sed -n 's/^pid: //p' got | paste -sd,)
	for how in '' '-e trace=none'; do
		# shellcheck disable=SC2086
		traced -q -o log --for 300ms $how -p "$pids"
		is_status 0
	done
	exec 7>&-
	wait "$pid"
	grep -v ': 0$' got | grep -v ^pid: >ended && broken "ended: $(cat ended)"
	sh -c 'kill -STOP $$; exec sleep 100' &
	pid=$!
	wait_for grep -q '^State:.T' "/proc/$pid/status"
	traced -q -o log --for 300ms -p "$pid"
	is_status 0
	grep -q '^State:.T' "/proc/$pid/status" || broken "the process is no longer stopped"
	kill -CONT "$pid"
	wait_for grep -q ^sleep "/proc/$pid/comm"
	kill "$pid"
}
