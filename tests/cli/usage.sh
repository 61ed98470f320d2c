# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The output of the command for --help, --version and the like, and for wrong usage.

# The short help fits a screen and begins with valid examples; the long one has all options.
test_help() {
	lx --help
	is_status 0
	is_silent
	[ "$(wc -l <out)" -le 40 ] || broken "more than 40 lines"
	[ "$(awk 'length > 80' out)" = "" ] || broken "wider than 80 columns"
	[ "$(sed -n '3,8p' out | grep -c '^  linxcap ')" = 6 ] || broken "it does not begin with six examples"
	has out '^Usage: linxcap \[OPTIONS\]'
	has out '^  -e trace=SET '
	has out '^Subcommands: .* list '
	has out 'linxcap --help all'
	cp out short
	lx -h && cmp out short || broken "-h differs"
	lx help && cmp out short || broken "help differs"
	lx --help all
	is_status 0
	has out '^Usage: linxcap \[OPTIONS\]'
	has out '^  --alert-ca FILE '
	has out '^  list '
	[ "$(awk 'length > 80' out)" = "" ] || broken "wider than 80 columns"
	cp out long
	lx --help=all && cmp out long || broken "--help=all differs"
	lx help all && cmp out long || broken "help all differs"
	refuses 2 "unknown word: -h more: write --help, or --help all" --help=more
}

# Runs the examples of --help. If one fails on this machine, its error must not be that of wrong usage (status 2).
test_examples_of_help() {
	local line words
	lx --help
	sed -n '3,8s/^  linxcap \(.*[^ ]\)  .*/\1/p' out | sed 's/   *.*//' >examples
	[ "$(wc -l <examples)" = 6 ] || broken "not six: $(cat examples)"
	while read -r line; do
		words=$(sed 's/-p 812/-p $$ -n 3/; s/ --for [0-9]*[sm]/ --for 50ms/' <<<"$line")
		eval "fake $words </dev/null" || true
		[ "$status" != 2 ] || broken "$line: $(cat err)"
	done < <(grep -v '^-r' examples)
	real_capture 7.2 boot.linx
	eval "lx $(grep '^-r' examples)"
	is_status 0
}

test_help_of_subcommands() {
	lx help list
	is_status 0
	has out '^Usage: linxcap list \[--json\]'
	cp out long
	lx list --help && cmp out long || broken "list --help differs"
	lx help version
	has out '^Usage: linxcap version$'
	refuses 2 "unknown subcommand: lits: did you mean 'linxcap list'?" help lits
}

test_version() {
	local v
	v=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$LINX_ROOT/dkms.conf")
	lx --version
	is_status 0
	has out "^linxcap $v\$"
	has out "^library $v\$"
	has out '^record format 2\.3$'
	has out '^module '
	cp out long
	lx version && cmp out long || broken "version differs"
	refuses 2 "unexpected word: now: 'linxcap version' takes none" version now
}

test_output_that_nobody_reads() {
	"$LINXCAP" list 2>err | true
	[ "${PIPESTATUS[0]}" = 0 ] || broken "list into a closed pipe"
	is_silent
	status=0
	"$LINXCAP" list >/dev/full 2>err || status=$?
	is_status 1
	says "cannot write: standard output: No space left on device"
	status=0
	"$LINXCAP" --help >&- 2>err || status=$?
	is_status 1
}

test_unknown_words() {
	refuses 2 "unknown subcommand: frobnicate: to trace a command: linxcap -- frobnicate" frobnicate
	refuses 2 "unknown subcommand: ls: to trace a command: linxcap -- ls" ls
	refuses 2 "unknown subcommand: lst: did you mean 'linxcap list'?" lst
	printf '#!/bin/sh\n' >lits
	chmod +x lits
	PATH=$PWD:$PATH refuses 2 "unknown subcommand: lits: to trace a command: linxcap -- lits" lits
	refuses 2 "unexpected word: ls: to trace a command: linxcap -- ls" -f ls
	refuses 2 "unknown option: --fromat: did you mean --format?" --fromat json
	refuses 2 "unknown word: --engine ebpf: write one of kmod|bpf|ptrace|auto" --engine ebpf
	refuses 2 "unknown word: --engine file: write one of kmod|bpf|ptrace|auto" --engine file
	refuses 2 "not together: -r and --engine: it is for live recording only" -r f --engine auto
	refuses 2 "unknown option: -K: 'linxcap --help' lists them" -K
	refuses 2 "unknown option: --jsno: did you mean --json?" list --jsno
	refuses 2 "missing command: --: write 'linxcap -- CMD [ARG...]'" --
}

test_bad_values() {
	refuses 2 "missing argument: -o: write -o FILE" -o
	refuses 2 "missing argument: --engine: write --engine kmod|bpf|ptrace|auto" --engine
	refuses 2 "not a count: -n 0: write a number of events from 1 on" -n 0
	refuses 2 "not a duration: --for soon: write a number and a unit, as 10s, 500ms, 2m or 1h" --for soon
	refuses 2 "unknown user: -u nobody-of-that-name: write a name or a number of a user" -u nobody-of-that-name
	refuses 2 "impossible ring size: --buffer 0: write at least two pages, as 64K or 8M" --buffer 0
	refuses 2 "impossible ring size: --buffer 3M: write a power of two, as 2M or 4M" --buffer=3M
	refuses 2 "not a process id: -p x: write numbers, as 12,345" -p x
	refuses 2 "not together: -r and -G: it is for live recording only" -r a -w b -G 1h
	refuses 2 "no such level: --compress 20: write a number from 1 (fast) to 19 (small)" --compress=20 -w a
	refuses 2 "missing file: --compress: write -w FILE: it is for captures" --compress
	refuses 2 "not a size: -C 20000000000000: write millions of bytes, or a number and a unit, as 64M or 1G" \
		-C 20000000000000 -w a
}

# A message names a long file whole, and ends with the reason.
test_long_names() {
	local part name
	part=$(printf 'd%.0s' {1..240})
	name=$part/$part/$part/$part/$part/$part/$part/$part/f
	"$WORK/make_capture" 10 mixed >capture
	refuses 2 "cannot read: $name: No such file or directory" --config "$name"
	refuses 1 "cannot read: $name: No such file or directory" -r "$name"
	refuses 1 "cannot write: $name: No such file or directory" -r capture -w "$name"
}

test_missing_process() {
	local pid
	pid=$(($(cat /proc/sys/kernel/pid_max) + 1))
	refuses 1 "no such process: -p $pid: ps(1) lists those that there are" -p "$pid"
}

test_missing_command() {
	refuses 127 "command not found: no-such-command: it is in no directory of PATH" -- no-such-command
	refuses 127 "command not found: ./none: there is no such file" -- ./none
	refuses 126 "cannot execute: /etc: Permission denied" -- /etc
	touch plain
	refuses 126 "cannot execute: ./plain: Permission denied" -- ./plain
	mkdir dir
	touch dir/tool
	status=0
	env PATH="$PWD/dir" "$LINXCAP" -- tool 2>err || status=$?
	is_status 126
	says "cannot execute: tool: Permission denied"
}

test_missing_module() {
	[ ! -e /dev/linxcap ] || skip "this machine has the module"
	lx --engine kmod -n 1
	is_status 1
	[ "$(wc -l <err)" = 1 ] || broken "not one line"
	has err '^linxcap: .*/dev/linxcap'
	lx --engine kmod -o file -- true
	is_status 1
	[ ! -e file ] || broken "a file was made for nothing"
}

# Specifications that are wrong, too long or without end are refused with the place, before anything is opened.
test_wrong_probes() {
	local long
	long=$(printf '%5000s' '' | tr ' ' a)
	lx --probe 'kprobe:f('
	is_status 2
	has err "not a probe: --probe: probe 'kprobe:f\\(', position 10"
	lx --probe "kprobe:$long"
	is_status 2
	has err 'longer than 4096 bytes'
	lx --probe "kprobe:f($(printf '*%.0s' $(seq 200))a)"
	is_status 2
	lx --probe "kprobe:f(a$(printf -- '->b%.0s' $(seq 100)))"
	is_status 2
	lx --probe 'kprobe:tcp_*'
	is_status 2
	has err 'patterns are not possible'
	lx --probe 'kprobe:f(a) => ret'
	is_status 2
	has err 'only kretprobe has a return value'
	lx --probe 'lsm:inode_xattr_skipcap'
	is_status 2
	has err 'kprobe:security_inode_setxattr calls it'
	lx -r file --probe kprobe:f
	is_status 2
}

# Engines without probes refuse them in one line.
test_probes_without_the_module() {
	lx --engine ptrace --probe 'kprobe:tcp_connect($1)' -- true
	is_status 1
	has err 'probes: engine ptrace cannot'
}
