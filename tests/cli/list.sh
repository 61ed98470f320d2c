# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# `linxcap list`: the table of calls for people and for other tools.

test_text() {
	lx list
	is_status 0
	is_silent
	has out '^x86_64 +0 read\(fd: fd, buf: bytes, count: size\)$'
	has out '^x86_64 +257 openat\(dfd: dirfd, filename: path, '
	has out '^i386 +3 read\('
	has out '^x86_64 +39 getpid\(\)$'
	[ "$(cut -c1-12 out | sort | uniq -d)" = "" ] || broken "a number stands twice"
}

test_json() {
	command -v jq >/dev/null || skip "no jq"
	lx list --json
	is_status 0
	is_silent
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64 are checked"
	[ "$(jq -c .close out)" = '{"syscall_id":3,"interesting":1,"abi":"x86_64","args":[{"name":"fd","type":"fd"}]}' ] ||
		broken "close: $(jq -c .close out)"
	[ "$(jq -r '[.[] | select(.interesting != 1 or .abi != "x86_64")] | length' out)" = 0 ] ||
		broken "not all interesting, or not all of this architecture"
	[ "$(jq 'keys | length' out)" = "$("$LINXCAP" list | grep -c '^x86_64 ')" ] ||
		broken "not as many as without --json"
	[ "$(jq '.waitpid' out)" = null ] || broken "a call of another architecture"
}

# Every argument of every call has a unique name and a meaningful type.
test_json_arguments() {
	command -v jq >/dev/null || skip "no jq"
	lx list --json
	is_status 0
	[ "$(jq '[.[].args[] | select(.name == "" or .type == "" or .type == "unknown")] | length' out)" = 0 ] ||
		broken "an argument without a name or a type"
	[ "$(jq '[.[].args | map(.name) | select(length != (unique | length))] | length' out)" = 0 ] ||
		broken "two arguments of one name"
	[ "$(jq '[.[].args[]] | length' out)" -gt 900 ] || broken "few arguments"
}

# Names of functions are readable for everyone. Only root can see which functions the kernel allows to trace.
test_probes() {
	grep -q ' [tT] tcp_connect$' /proc/kallsyms || skip "this kernel has no tcp_connect"
	lx list --probes kprobe:tcp_connect
	is_status 0
	is_silent
	has out '^kprobe:tcp_connect'
	[ "$(wc -l <out)" = 1 ] || broken "more than the name: $(cat out)"
	lx list --probes 'lsm:bprm_*'
	is_status 0
	has out '^lsm:bprm_check_security'
	lacks out '^kprobe'
	lx list --json --probes 'kprobe:tcp_conn*'
	is_status 0
	[ "$(jq -r '.[] | select(.spec == "kprobe:tcp_connect") | .functions' out)" = 1 ] || broken "JSON: $(cat out)"
}

test_probes_that_are_not_there() {
	lx list --probes kprobe:no_such_function_here
	is_status 0
	has out '^kprobe:no_such_function_here: cannot be probed: no such symbol here: inlined, renamed or absent$'
	lx list --probes 'no_such_*'
	is_status 1
	has err 'no_such_\*: nothing here has such a name'
	lx list --probes kprobe:
	is_status 2
	has err 'a name or a pattern is missing'
}
