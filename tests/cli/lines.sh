# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Log lines with the arguments of all kinds of calls. The calls are made by programs of tests/cases, under the engine
# ptrace.

PROGRAMS="aio arch_prctl bind clock clone clone3 futex keyctl modules prctl prlimit64 restart_syscall rt_sigaction
	rt_sigsuspend sched seccomp select sendto setsockopt socket system unknown"

test_arguments() { # full
	local name i all=0 format='%linx.type[value]'
	"$LINXCAP" list --json >table
	for i in args 'arg[0]' 'arg[1]' 'arg[2]' 'arg[3]' 'arg[4]' 'arg[5]'; do
		format+=$'\2'"%linx.$i"
	done
	for name in $PROGRAMS; do
		"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -I"$LINX_ROOT" -I"$LINX_ROOT/kmod/uapi" -I"$LINX_ROOT/tests/cases" \
			"$LINX_ROOT/tests/cases/$name.c" -pthread -o "$name" || broken "$name does not compile"
		# --entry gives each call a line at its entry, too. All lines are checked in the same way.
		lx -q --engine ptrace --entry -w capture -- "./$name"
		! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
		"$LINXCAP" -q -r capture --entry --format "$format" >lines || broken "$name: no capture"
		python3 "$LINX_ROOT/tests/cli/check_lines.py" table <lines >count 2>err || broken "$name: wrong lines"
		all=$((all + $(cat count)))
		rm -f capture
	done
	[ "$all" -gt 500 ] || broken "there are only $all lines"
}
