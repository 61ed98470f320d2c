# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap strace: strace's options, with a source that needs no module.

test_what_makes_no_sense() {
	refuses 1 "missing command: write 'linxcap strace CMD', or -p PID" strace
	refuses 1 "missing command: -D: it is for a command that is started" strace -D -p $$
	refuses 1 "unknown option: --fooo: 'linxcap strace --help' lists them" strace --fooo true
	refuses 1 "not together: -t and --absolute-timestamps: write one of them" strace -t --timestamps true
	refuses 1 "not together: -q and --quiet: write one of them" strace -q --quiet true
	refuses 1 "not together: -c and -ff: counts are of all tasks together" strace -c -ff -o x true
	refuses 1 "missing -c: -w: it is for the summary" strace -w true
	refuses 1 "not together: -ff and -o '|cat': write to a file" strace -ff -o '|cat' true
	refuses 1 "unknown precision: -r xs: write one of s, ms, us, ns" strace --relative-timestamps=xs true
	refuses 1 "invalid status: good: 'linxcap strace --help' lists them" strace -e status=failed,good true
	refuses 1 "invalid signal: SIGNONE: 'linxcap strace --help' lists them" strace -e signal=SIGNONE true
	refuses 1 "invalid descriptor: x: 'linxcap strace --help' lists them" strace -e read=x true
	refuses 1 "invalid column: -a x: write a number" strace -a x true
	refuses 1 "invalid time: -O inf: write a number and one of s, ms, us, ns" strace -c -O inf true
	refuses 1 "invalid time: -O nan: write a number and one of s, ms, us, ns" strace -c -O nan true
	FAKE='' fake strace -c -U time,nothing true
	is_status 1
	says "unknown column: -U nothing: 'linxcap strace --help' lists them"
}

test_sets_of_calls() {
	refuses 1 "unknown system call 'opne'; nearest: open" strace -e opne -h
	refuses 1 "empty name in the list of system calls" strace -e , -h
	lx strace -e raw=%nothing -h
	is_status 1
	has err "^linxcap: unknown class '%nothing'; there are:"
	fake strace --syscall-limit=1 -o x -e ,,read,,write, -e 'quiet=,exit' -e 'signal=,HUP,' true
	has log '^select read,write,%unnamed$'
	has log '^hide 0x1 .*signals=0xfffffffffffffffe '
	# The word socketcall selects only the call of this name. The word ipc is strace's old name of the class %ipc.
	fake strace --syscall-limit=1 -o x -e socketcall,ipc true
	has log '^select /\^socketcall\$,ipc,%unnamed$'
	lx strace -e mmap2 -h
	is_status 0
}

test_what_is_not_possible() {
	refuses 1 "not possible: -k: nothing stops the program whose stack would be walked" strace -k true
	refuses 1 "not possible: -e read:error=EIO: linx records calls and does not change them" strace -e inject=read:error=EIO true
	refuses 1 "not possible: -e read: linx records calls and does not change them" strace -e fault=read true
	refuses 1 "not possible: -e vcpu: the memory of virtual CPUs is not read" strace -e kvm=vcpu true
}

test_what_is_accepted() {
	fake strace -D -I never --seccomp-bpf -d -b execve --kill-on-exit --tips=full --namespace=new --syscall-limit=1 -o x true
	is_status 0
	is_silent
	refuses 1 "unknown word: -I sometimes: write anywhere, waiting, never or never_tstp" strace -I sometimes true
}

test_the_usual_options_reach_the_library() {
	fake strace --syscall-limit=2 true
	[ "$(sed 's/ .*//' log | tr '\n' ' ')" = "open filter entries printer strace hide start skip pid stop close " ] ||
		broken "order: $(sed 's/ .*//' log | tr '\n' ' ')"
	has log '^open mode=2 ring=0 bytes=4096 str=0 times=0 env=0 alone=1 '
	has log '^filter status=0 uid=0:0 min=0 pids=1 follow=0$'
	has log '^printer format=1 colour=0 verbose=0 durations=0 times=0 limit=0 '
	has log '^strace tids=0,1 tasks=1 separate=0 column=0 strings=0 names=0 hex=0 fds=0 pids=0$'
	has log '^hide 0 status=0 signals=0 digits=0,0,0 sets=-,-,- dumps=-,-$'
	[ "$(grep -c '^event' err)" = 2 ] || broken "not two events"
	has err '^held$'
}

test_all_options_reach_the_library() {
	fake strace --syscall-limit=1 -f -o x -a 5 -s 0 -X raw -xx -yy -Y -tt -T -r -v -e t=read,%file -e 'signal=!chld' \
		-Z -qq -e raw=all -e verbose=none -e read=3 -e write='!all' -e fd=7,8 -P /usr/../etc --abbr=none true
	is_status 0
	has log '^open mode=2 ring=0 bytes=262144 str=0 times=0 env=1 alone=1 '
	has log '^select read,%file,%unnamed$'
	has log '^filter status=0 uid=0:0 min=0 pids=1 follow=1$'
	has log '^printer format=1 colour=0 verbose=1 durations=1 times=2 limit=0 '
	has log '^strace tids=1,0 tasks=1 separate=0 column=6 strings=1 names=1 hex=2 fds=0x3f pids=0x1$'
	has log '^hide 0x9 status=0x1d signals=0x10000 digits=0,7,7 sets=none,none,all dumps=3,!all$'
	has log '^path /usr/../etc$'
	has log '^path /etc$'
	has log '^fd 7$'
	has err '^strace: Requested path "/usr/../etc" resolved into "/etc"$'
	fake strace --syscall-limit=1 --timestamps=unix,ns --relative=s --syscall-t=ms -e '!read' -qqq true
	has log '^printer format=1 .* times=3 '
	has log '^hide 0xb .* digits=10,1,4 '
	has log '^select !read$'
}

test_names_that_are_not_unique() {
	refuses 1 "unknown option: --summary-s: did you mean --summary?" strace --summary-s time true
}

test_status_is_the_command_s() {
	fake strace -o x sh -c 'exit 7'
	is_status 7
	fake strace -o x sh -c 'kill -USR1 $$'
	is_status 138
	fake strace -o x /nonexistent
	is_status 1
	fake strace -E A=b -E HOME --argv0=other -o x sh -c 'exit $((${#A} + ${#HOME}))'
	is_status 1
	fake strace --argv0=other -o x bash -c 'echo $0' && fake strace -o x --argv0=other bash -c '[ "$BASH_ARGV0" = other ]'
	is_status 0
}

test_where_lines_go() {
	fake strace --syscall-limit=2 -o file true
	is_silent
	[ "$(cat file)" = "$(printf 'event 1\nevent 2\nheld')" ] || broken "file: $(cat file)"
	fake strace --syscall-limit=1 -A -o file true
	[ "$(wc -l <file)" = 5 ] || broken "not appended"
	fake strace --syscall-limit=1 -ff -o each true
	[ "$(cat each.7)" = "$(printf 'event 1\nheld')" ] || broken "each: $(cat each.7)"
	fake strace --syscall-limit=1 -o '|sed s/event/line/ >piped' true
	[ "$(cat piped)" = "$(printf 'line 1\nheld')" ] || broken "piped: $(cat piped)"
}

# The message has the error of the failed open, also if each task has a file of its own.
test_where_lines_cannot_go() {
	fake strace -ff -o none/each true
	is_status 1
	has err '^linxcap: cannot write: none/each: No such file or directory'
	mkdir each.7
	fake strace -ff -o each true
	is_status 1
	has err '^linxcap: cannot write: each: Is a directory'
}

# The tracer does not keep descriptors open that the traced command has closed.
test_standard_descriptors_are_let_go() {
	LD_PRELOAD=$WORK/fake.so "$LINXCAP" strace -o x sh -c 'exec >&-; sleep 1; echo >late' | { cat; [ ! -e late ] || echo held; } >found
	[ ! -s found ] || broken "held open"
}

test_summary() {
	fake strace -c --syscall-limit=3 -o table true
	has log '^open .* bytes=4294967295 .* times=1 '
	has log '^hide 0xc '
	tail -n 5 table >last
	is_table_of_three last
	fake strace -c -w --syscall-limit=2 -U name,max-time,count -S calls -o table true
	has table '^syscall           longest     calls$'
	has table '^read             0.002000         2$'
}
