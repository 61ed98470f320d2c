#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The plugin in sysdig of Debian sid, and in a host of the tests: live and from captures, with the output format of the
# older plugin of that name, filters over one field of each kind (t/cap_plugin_fields tests every field), each key of
# open_params, files that sysdig wrote, and a check that no resources are left in the process.
# full
# with: plugin
# timeout: 600
. "$JOB/guest/cap.sh"
. "$JOB/guest/sysdig.sh"
need_paths

cd /tmp || exit 1

# ---- a live recording in a host of our own leaves its descriptors, threads and signal handlers unchanged

live_host() {
	"$JOB/plugin_host" -n 3 -s 1 "$PLUGIN" '' '{"filter_own": true}' linx.comm 'linx.type[value]' >out 2>err &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		cat /etc/passwd >/dev/null
		sleep 0.1
	done
	wait $pid || fail "host: status $?: $(cat err)"
	is "host: says" "$(cat err)" ""
	has "host" out '^\(cat\)	\(openat\)$'
	lacks "host: itself" out '^\(plugin_host\)	\((read|poll|ioctl)\)$'
	! "$JOB/plugin_host" "$PLUGIN" '' '{"filter_pids": [-1]}' 2>err || fail "host: a wrong key is taken"
	has "host: why" err 'wrong open_params: 1: filter_pids\[0\]: expected an integer'
	rmmod_refused_or_idle
}

# Checks that no recording is left: the module's reference count is 0.
rmmod_refused_or_idle() {
	is "users of the module" "$(awk '$1 == "linx" { print $3 }' /proc/modules)" 0
}

# ---- sysdig, live

# reads PID: returns whether the process records, because it waits for events or has already printed some. A process
# that records itself never waits, because each line that it writes is a new event.
reads() { recording "$1" || [ -s got ]; }

# live PARAMS FILTER: records some programs, one of them named falco; the printed lines are in got.
live() {
	local i
	: >got
	HOME=/tmp chroot "$ROOT" sysdig -H /tmp/plugin.so -I "$NAME${1:+:$1}" -p "*$RULE %linx.pid %linx.res" "$2" >got 2>err &
	pid=$!
	soon reads $pid
	for i in 1 2; do
		./falco /etc/passwd /not/there >/dev/null 2>&1
		./other /etc/passwd /not/there >/dev/null 2>&1
	done
	sleep 0.5
	kill -INT $pid
	wait $pid || fail "sysdig $1: status $?: $(head -n 3 err)"
	rmmod_refused_or_idle
}

keys() {
	cp "$(command -v cat)" falco
	cp falco other
	echo '{"openat": {"syscall_id": 257, "interesting": 1}, "read": {"syscall_id": 0, "interesting": 0}}' >calls.json

	live '' "linx.comm in (falco, other)"
	has "nothing" got '^[0-9-]{10} [0-9:.]{18} : \(>\) \(openat\) \(dfd=AT_FDCWD, filename=/etc/passwd, flags=O_RDONLY, mode=0\) \(other\) \(/tmp/other\) \(\./other /etc/passwd /not/there\) \(0\('
	has "nothing" got '^.* : \(<\) \(openat\) .*filename=/not/there.* \(falco\) .* -2$'
	is "calls and returns of close" "$(grep -c ': (>) (close)' got)" "$(grep -c ': (<) (close)' got)"

	live '' ''
	lacks "filter_own is the default" got ' \(sysdig\) '
	live '{"filter_own": "false"}' 'linx.comm in (sysdig)'
	has "filter_own" got ' \(sysdig\) '
	live '{"filter_own": "false", "filter_falco": "true"}' ''
	lacks "filter_falco: who loaded the plugin" got ' \(sysdig\) '
	lacks "filter_falco" got ' \((openat|write|read)\) .* \(falco\) '
	has "filter_falco: others" got ' \(other\) '
	live '{"filter_comms": ["other", "bash"]}' ''
	lacks "filter_comms" got ' \((openat|read|wait4)\) .* \((other|bash)\) '
	has "filter_comms: others" got ' \(falco\) '
	live "{\"filter_pids\": [$$, 1]}" ''
	lacks "filter_pids" got " \\($$\\) "
	has "filter_pids: others" got ' \(other\) '
	live '{"drop_failed": "true"}' ''
	lacks "drop_failed" got ' -[0-9]+$'
	lacks "drop_failed: returns alone" got ' : \(>\) '
	has "drop_failed: others" got ' \(other\) '
	live '{"drop_mode": "true"}' ''
	is "drop_mode" "$(wc -l <got)" 0
	live '{"entries": false}' ''
	lacks "entries" got ' : \(>\) \((openat|read|close)\)'
	has "entries: others" got ' : \(<\) '
	live '{"interest_syscall_file": "/tmp/calls.json"}' ''
	is "interest_syscall_file" "$(awk '{ print $5 }' got | sort -u)" "(openat)"
}

# The log file is complete when sysdig has ended, and equals sysdig's output.
log_file() {
	HOME=/tmp chroot "$ROOT" sysdig -H '/tmp/plugin.so:{"putfile": "true", "path": "/tmp/linx.log", "log_file": "/tmp/own.log", "log_level": "INFO"}' \
		-I "$NAME:{\"filter_comms\": [\"bash\"]}" -p "$RULE" >got 2>err &
	pid=$!
	soon recording $pid
	./other /etc/passwd >/dev/null
	soon grep -q ' (other) .*passwd' linx.log
	kill -INT $pid
	wait $pid || fail "log file: status $?: $(head -n 3 err)"
	is "no window" "$(echo linx.log*)" linx.log
	head -n "$(wc -l <got)" linx.log | cmp - got || fail "another log: $(diff linx.log got | head -n 4)"
	has "account" own.log 'INFO syscall_sequence_plugin: .*complete'
}

live_host
enter
captures
fields comm 'type[key]' args 'fds[value]' uid seq duration exe errno 'arg[0]' fd.path
keys
log_file
