#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# linxcap strace prints, as strace does, lines that say in which mode (64-bit or 32-bit) a process runs. Its output with
# such lines is the same as that of strace, byte for byte except for task ids.
# full
# timeout: 400
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
trap 'echo 2 >/proc/sys/kernel/randomize_va_space' EXIT
echo 0 >/proc/sys/kernel/randomize_va_space

# Removes what differs between two runs: task ids, random bytes and the address of strace's environment. Lines of rseq
# are removed, too, because strace 6.1 does not know that call.
plain() { sed -E '/^rseq\(/d; s/PID=[0-9]+/PID=N/; s/\[pid +[0-9]+\] //; s/= [0-9]{2,}$/= N/; s/Process [0-9]+/Process N/; s/si_pid=[0-9]+/si_pid=N/; s/si_([us])time=[0-9]+/si_\1time=N/g; s/^getrandom\("[^"]*"/getrandom("..."/; s/0x[0-9a-f]+ (\/\* [0-9]+ vars?)/ENV \1/'; }

# whole: joins the lines "TID  line" that strace split, task by task, and drops the task ids.
whole() {
	awk '{ tid = $1; sub(/^[^ ]+ +/, "") }
		!(tid in n) { order[++tasks] = tid; n[tid] = 0 }
		/ <unfinished \.\.\.>$/ { sub(/ <unfinished \.\.\.>$/, ""); begun[tid] = $0; next }
		/^<\.\.\. [^ ]+ resumed>/ { sub(/^<\.\.\. [^ ]+ resumed>/, ""); $0 = begun[tid] $0 }
		{ line[tid, ++n[tid]] = $0 }
		END { for (t = 1; t <= tasks; t++) for (i = 1; i <= n[order[t]]; i++) print line[order[t], i] }' "$1" | tr -s ' ' | plain
}

same() { # NAME TRUTH MINE
	grep -q '[a-z](' "$2" || fail "$1: strace says: $(cat "$2")"
	diff "$2" "$3" >d || fail "$1: $(head -n 20 d)"
}

# both OPTION... -- PROGRAM...: runs strace and linxcap; truth and mine hold their standard error.
both() {
	rm -f truth* mine* files.*
	env -i PATH="$PATH" strace "$@" 2>truth >/dev/null
	rename files. truth.
	env -i PATH="$PATH" linxcap strace "$@" 2>mine >/dev/null
	rename files. mine.
}

rename() { for f in "$1"*; do [ ! -e "$f" ] || mv "$f" "$2${f#"$1"}"; done; }

# compares: expects that strace and linxcap print the same lines of one task to the same stream. The place of a child's
# signal among its parent's calls is random.
compares() {
	both "$@"
	plain <truth >truth.plain
	plain <mine >mine.plain
	same "$*" truth.plain mine.plain
	name="$*"
}

has_modes() { grep -q 'runs in 32 bit mode' truth* || fail "$name: strace says nothing of modes"; }
has_none() { ! grep -q 'runs in' truth* mine* || fail "$name: modes: $(grep 'runs in' truth* mine*)"; }

# in_files: expects that strace and linxcap write the same lines into one file for each task.
in_files() {
	both "$@"
	name="$*"
	cat truth.[0-9]* >truth.all
	cat mine.[0-9]* >mine.all
	plain <truth.all >truth.plain
	plain <mine.all >mine.plain
	same "$*" truth.plain mine.plain
}

in_one_file() {
	both -o files.one "$@"
	name="-o $*"
	whole truth.one >truth.plain
	whole mine.one >mine.plain
	same "-o $*" truth.plain mine.plain
}

programs="cap_modes"
[ "$(uname -m)" != x86_64 ] || programs+=" cap_modes.i386"
for program in $programs; do
	for options in '' --quiet=exit,attach; do
		compares -e signal=none $options $program
		[ "$(uname -m)" != x86_64 ] || has_modes
	done
	for options in -q --quiet=personality; do
		compares -e signal=none $options $program && has_none
	done
	in_one_file -e signal=none -f $program && has_none
	in_one_file -e signal=none -f --quiet=exit $program
	in_files -e signal=none -ff -o files $program && has_none
	in_files -e signal=none -ff --quiet=exit -o files $program
done
[ "$(uname -m)" = x86_64 ] || exit 0
has_modes

# The shell runs programs of both widths: 32 bits and 64 bits.
script='cap_modes.i386; cap_modes; exec cap_modes.i386'
shell=(-e 'signal=none' -e 'trace=!rt_sigreturn' sh -c "$script")
# Another task may split a line after its entry if all tasks share one file. A static program passes readlink a path in
# a page that it has not accessed yet: a split line then shows the address, but strace makes the page present by reading
# it. So readlink is left out.
one_file=(-e 'signal=none' -e 'trace=!rt_sigreturn,readlink' sh -c "$script")
compares "${shell[@]}" && has_modes
compares -q "${shell[@]}" && has_none
in_one_file -f "${one_file[@]}" && has_none
in_one_file -f --quiet=exit "${one_file[@]}" && has_modes
in_one_file -f --quiet=personality "${one_file[@]}" && has_none
in_files -ff --quiet=exit -o files "${shell[@]}" && has_modes

# Calls that a filter leaves out do not count as changes of the mode in linxcap (docs/strace.md). The recorded calls are
# the same as strace's.
both -e trace=getpid cap_modes
grep -v 'runs in' truth | plain >truth.plain
grep -v 'runs in' mine | plain >mine.plain
same "-e trace=getpid" truth.plain mine.plain
is "-e trace=getpid: modes that getpid and the end show" "$(grep -c 'runs in' mine)" 3

# named OPTION...: attaches to a 32-bit process. The first line may be of the call that the process was in at that
# moment.
named() { # OPTION...
	cap_modes.i386 100 >/dev/null &
	target=$!
	timeout 3 strace "$@" -p $target 2>truth
	timeout 3 linxcap strace "$@" -p $target 2>mine
	kill $target
	wait $target
	for i in truth mine; do plain <$i | grep -E 'runs in|getpid' | head -n 3 >$i.plain; done
	same "$* -p" truth.plain mine.plain
	name="$* -p"
}
named && has_modes
named -q && has_none
named --quiet=personality && has_none
