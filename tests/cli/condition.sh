# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# FILTER, --format line, templates and `linxcap fields`, on a capture of a real kernel.

real() { real_capture 7.2 cap; }

test_filter() {
	real
	lx -q -r cap --format '%linx.type[value] %linx.res' linx.type = openat and 'linx.res<0'
	is_status 0
	is_silent
	[ "$(cat out)" = "(openat) (-2)" ] || broken "shows: $(cat out)"
	lx -q -r cap --format json "not linx.type in (openat, read) and linx.kind = syscall"
	has out '"syscall":"execve"'
	lacks out '"syscall":"(openat|read)"'
	lx -q -r cap --format json "linx.kind = exit"
	[ "$(grep -vc '"kind":"certificate"' out)" -gt 3 ] || broken "no exits"
	lacks out '"kind":"syscall"'
}

# Events that the condition leaves out count as filtered, not as lost.
test_counted() {
	command -v jq >/dev/null || skip "no jq"
	real
	lx -q -r cap --format json --stats=all.stats
	lx -q -r cap --format json --stats=some.stats linx.comm=cat
	[ "$(jq -c '[.selected, .delivered, .lost]' all.stats)" = "$(jq -c '[.selected, .delivered, .lost]' some.stats)" ] ||
		broken "another account: $(cat some.stats)"
	local more=$(($(jq .filtered some.stats) - $(jq .filtered all.stats)))
	lx -q -r cap --format '%linx.type'
	cp out all
	lx -q -r cap --format '%linx.type' linx.comm=cat
	[ "$more" = $(($(wc -l <all) - $(wc -l <out))) ] || broken "filtered: $more more"
	jq -e '.filtered == ([.cpus[].filtered] | add) and .filtered > 0' some.stats >/dev/null ||
		broken "not so for each CPU: $(jq -c '[.filtered, .cpus[].filtered]' some.stats)"
}

test_wrong_conditions() {
	refuses 2 'wrong condition: column 1: unknown field linx.tpye: did you mean linx.type?: -->linx.tpye=open' linx.tpye=open
	refuses 2 'wrong condition: column 19: a field is expected here, as linx.type or evt.type: linx.type=open and-->' linx.type=open and
	refuses 2 "unexpected word: and: to trace a command: linxcap -- and" linx.pid=1 -r cap and linx.ret=0
	refuses 2 'wrong condition: column 19: a value is expected here: linx.comm contains-->' linx.comm contains
	refuses 2 "wrong condition: column 13: unknown system call: did you mean close?: linx.type = -->clsoe" linx.type = clsoe
}

# Options may follow a complete condition; the word after an operator is its value, even if it looks like an option.
test_options_behind() {
	real
	lx linx.type = openat and 'linx.ret<0' -q -r cap --format '%linx.type[value] %linx.ret'
	is_status 0
	is_silent
	[ "$(cat out)" = "(openat) (-2)" ] || broken "shows: $(cat out)"
	lx -r cap linx.ret=-2
	[ "$(cat out err | grep -c 'selected.*delivered')" = 1 ] || broken "the account is not there once: $(cat out err)"
	lx -q linx.cmdline contains -r and linx.type = openat -r cap
	is_status 0
	[ ! -s out ] || broken "shows: $(cat out)"
	lx -r cap linx.ret=0 --help
	is_status 0
	has out '^Usage:'
}

# Each key of JSON is also a field.
test_names_of_json() {
	command -v jq >/dev/null || skip "no jq"
	real
	lx -q -r cap --format json 'linx.kind = syscall'
	jq -r 'select(.kind == "syscall") | [.cpu, .seq, .abi, .pid, .tid, .ppid, .uid, .gid, .comm, .exe, .ret, .errno] |
		map("(\(if . == null then "" else . end))") | join(" ")' out >want
	lx -q -r cap --format '%linx.cpu %linx.seq %linx.abi %linx.pid %linx.tid %linx.ppid %linx.uid %linx.gid %linx.comm %linx.exe %linx.ret %linx.errno[value]' 'linx.kind = syscall'
	cmp out want || broken "$(diff want out | head -n 4)"
	lx -q -r cap -e trace=all "linx.uid = 0 and linx.gid = 0 and linx.ret = -2" -c
	has out ' openat$'
}

test_line() {
	real
	lx -q -r cap --format line 'linx.type=openat and linx.res<0'
	has out '^[0-9-]{10} [0-9:]{8}\.[0-9]{9} : \(<\) \(openat\) \(dfd=AT_FDCWD, filename=/not/there, flags=O_RDONLY, mode=0\) \(cat\) \(/usr/bin/cat\) \(cat /not/there\) \(.*\)$'
	[ "$(wc -l <out)" = 1 ] || broken "not one line"
	lx -q -r cap --format '%linx.time : %linx.dir %linx.type[value] %linx.args %linx.comm %linx.fullpath %linx.cmdline %linx.fds' 'linx.type=openat and linx.res<0'
	cp out same
	lx -q -r cap --format line 'linx.type=openat and linx.res<0'
	cmp out same || broken "line is not the template of the contract"
}

test_wrong_template() {
	refuses 2 'wrong template: column 2: unknown field linx.tpye: did you mean linx.type?: %-->linx.tpye' --format '%linx.tpye'
}

test_fields() { # full
	lx fields
	is_status 0
	is_silent
	for f in type user group fds args time dir comm pid tid ppid cmdline fullpath; do
		has out "^linx\\.$f([ [])"
	done
	command -v jq >/dev/null || skip "no jq"
	lx fields --json
	[ "$(jq -r '.[] | select(.filters | not) | .name' out | tr '\n' ' ')" = "linx.args linx.time " ] || broken "other fields are not for conditions"
	# Each field is valid in a template and in a condition.
	jq -r '.[] | .name + (if .argument == "[NAME]" then "[fd]" else "" end)' out >names
	while read -r f; do
		"$LINXCAP" --format "%$f" --version >version 2>err || broken "$f: $(cat err)"
	done <names
}
