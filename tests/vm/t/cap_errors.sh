#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Impossible requests are refused in one line, with the exit status that the manual documents.
# full
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

status_is() { # NAME WANTED ARG...
	local name=$1 want=$2
	shift 2
	lx "$@"
	is "$name: status ($(head -c 300 err))" "$status" "$want"
}

asking() {
	for size in 0 3K 1K 8193 -1 7 abc 1T 4G; do
		refused "ring of $size" 2 "(buffer|ring).*$size|buffer size" --buffer "$size" -- true
	done
	refused "unknown call" 2 "opnat.*openat" -e trace=opnat -- true
	refused "unknown class" 2 "%fil.*%file" -e trace=%fil -- true
	refused "regular expression" 2 '/\(' -e 'trace=/(' -- true
	refused "unknown status" 2 'status=fail' -e status=fail -- true
	refused "unknown user" 2 'nouser' -u nouser -- true
	refused "unknown option" 2 'frobnicate' --frobnicate -- true
	refused "unknown format" 2 'yaml' --format yaml -- true
	refused "not a time" 2 'soon' --for soon -- true
	refused "not a number" 2 'some' -n some -- true
	refused "not a pid" 2 'init' -p init
	refused "no such process" 1 '3999999' -p 3999999
	refused "output that cannot be" 1 '/not/there' -o /not/there/x -- true
	refused "capture that cannot be" 1 '/not/there' -w /not/there/x -- true
}

# child_of PID: sets $child to the child of PID. The shell itself searches, without other programs, because that is
# quick.
child_of() {
	local file parent rest
	for file in /proc/[0-9]*/stat; do
		read -r child rest <"$file" || continue
		read -r _ parent _ <<<"${rest##*) }"
		[ "$parent" != "$1" ] || return 0
	done 2>/dev/null
	return 1
}

# Kills the command, most likely while it still waits for the recording to begin. The result must be the same as for a
# later kill.
killed_early() {
	local recorder child
	linxcap -q -o /dev/null -- sleep 30 2>err &
	recorder=$!
	until child_of $recorder; do kill -0 $recorder || fail "linxcap started no command"; done
	kill -TERM "$child"
	status=0
	wait $recorder || status=$?
	is "killed before it began" "$status: $(cat err)" "143: "
}

command() {
	status_is "status of the command" 7 -q -- sh -c 'exit 7'
	status_is "status 0" 0 -q -- true
	# linxcap ends by the same signal, so the shell sees 128 + n
	status_is "killed by SIGKILL" 137 -q -- sh -c 'kill -KILL $$'
	status_is "killed by SIGTERM" 143 -q -- sh -c 'kill -TERM $$'
	perl -e 'my $s = system("linxcap", "-q", "-o", "/dev/null", "--", "sh", "-c", "kill -USR2 \$\$"); exit(($s & 127) == 12 ? 0 : 1)' ||
		fail "killed by SIGUSR2: linxcap does not end by that signal"
	refused "command not found" 127 'nothere' -- nothere
	refused "path not found" 127 '/not/there' -- /not/there
	refused "not executable" 126 '/etc/passwd' -- /etc/passwd
	refused "a directory" 126 '/tmp' -- /tmp
	killed_early
	printf 'no program' >garbage
	chmod 755 garbage
	refused "no format" 126 'garbage' -- ./garbage
}

rights() {
	lx_as "other user" --reuid 1000 --regid 1000 --clear-groups
	lx_as "no capability" --bounding-set -all --inh-caps -all
	lx_as "no CAP_SYS_PTRACE" --bounding-set -sys_ptrace
	chmod 666 /dev/linxcap
	lx_as "other user, open device" --reuid 1000 --regid 1000 --clear-groups
	chmod 600 /dev/linxcap
}

lx_as() { # NAME SETPRIV-OPTION...
	local name=$1
	shift
	status=0
	setpriv "$@" linxcap --engine kmod -- true >out 2>err || status=$?
	is "$name: status" "$status" 1
	one_line "$name" "/dev/linxcap.*(permission|root)"
}

module() {
	rmmod linx || fail "rmmod"
	refused "no module" 1 "module.*modprobe linx" --engine kmod -- true
	status_is "another engine" 0 -- true
	has "another engine" err '^linxcap: recording by ptrace; the module is not loaded \(modprobe linx\)$'
	if linxcap --engine bpf -q -o /dev/null -- true; then
		status_is "another engine, whole machine" 0 --for 1s -c
		has "another engine, whole machine" err '^linxcap: recording by eBPF; the module is not loaded \(modprobe linx\)$'
	fi
	refused "no module, whole machine" 1 "whole machine needs the module" --engine ptrace
	status_is "version without a module" 0 version
	status_is "list without a module" 0 list
	insmod "$JOB/linx.ko" || fail "insmod"
	status_is "with it again" 0 -- true
}

asking
command
rights
module
