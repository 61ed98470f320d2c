#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `linxcap --config`, live: linxcap takes the configuration of the plugin for Falco and sysdig. Checked are the events
# that each key leaves out, the log file during rotation and on a full disk, and names of users.
# full
# timeout: 280
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

# machine NAME CONFIG: records the whole machine with that configuration while some programs run; the printed lines are
# in out.
machine() {
	local name=$1
	shift
	linxcap --config "$1" --format '%linx.comm %linx.pid %linx.type[value] %linx.res' --stats=a.stats -q >out 2>err &
	pid=$!
	soon recording $pid
	cp "$(command -v cat)" ./falco
	./falco /etc/passwd /not/there >/dev/null 2>&1
	cp ./falco ./other
	./other /etc/passwd /not/there >/dev/null 2>&1
	./other /dev/null &
	other=$!
	wait $other
	sleep 0.3
	kill -INT $pid
	wait $pid || fail "$name: status $?: $(cat err)"
}

# all NAME CONFIG: does what the function machine does, and checks that each call is counted.
all() {
	machine "$@"
	accounts "$1" a.stats
}

keys() {
	all "nothing" '{"open_params": {}}'
	has "nothing" out '^\(falco\) '
	has "nothing" out '^\(other\) '
	has "nothing" out '\(-2\)$'
	lacks "filter_own is the default" out '^\(linxcap\)'

	all "filter_falco" '{"filter_falco": "true"}'
	lacks "filter_falco" out '^\(falco\) .*\((openat|write|read)\)'
	has "filter_falco" out '^\(other\) '
	holds "filter_falco: counted" a.stats '.filtered > 0'

	all "filter_comms" '{"filter_comms": ["other", "bash"]}'
	lacks "filter_comms" out '^\((other|bash)\) .*\((openat|write|wait4)\)'
	has "filter_comms" out '^\(falco\) '

	all "filter_pids" "{\"filter_pids\": [$$, 1]}"
	lacks "filter_pids" out "^\\([^)]*\\) \\($$\\) "
	has "filter_pids" out '^\(other\) '

	all "drop_failed" '{"drop_failed": true}'
	lacks "drop_failed" out '\(-[0-9]+\)$'
	has "drop_failed" out '^\(other\) '

	machine "drop_mode" '{"drop_mode": "true"}'
	[ ! -s out ] || fail "drop_mode: $(head -n 3 out)"
	holds "drop_mode: the account is of nothing" a.stats '.complete and .selected == 0 and .committed == 0 and .lost_context == 0 and .cpus == []'

	all "filter_own" '{"filter_own": false}'
	has "filter_own" out '^\(linxcap\)'

	linxcap list --json | jq 'with_entries(.value.interesting = if .key == "openat" then 1 else 0 end)' >calls.json
	all "interest_syscall_file" '{"interest_syscall_file": "calls.json"}'
	is "interest_syscall_file" "$(awk '{ print $3 }' out | sort -u)" "(openat)"
}

# drop_mode drops all events. Forks and execs, which are recorded even if they are not selected, must be missing, too,
# from JSON and from capture files.
drop_mode() {
	local nothing='{"init_config": {"format": "json"}, "open_params": {"drop_mode": true}}'
	linxcap --config "$nothing" -q >out 2>err &
	pid=$!
	soon recording $pid
	busybox sh -c 'busybox true; busybox cat /etc/passwd; exit 0' >/dev/null
	sleep 0.3
	kill -INT $pid
	wait $pid || fail "drop_mode: status $?: $(cat err)"
	is "drop_mode: the account alone" "$(jq -r .kind out)" certificate

	# Although this configuration prints no events, the recording ends when the command and its children have ended.
	lx -q --config "$nothing" -- busybox sh -c 'busybox true; busybox cat /etc/passwd >/dev/null; exit 3'
	is "drop_mode of a command: status ($(cat err))" "$status" 3
	is "drop_mode of a command" "$(jq -r .kind out)" certificate

	lx -q --config '{"drop_mode": true}' -w dropped -- busybox sh -c 'busybox true; exit 3'
	is "drop_mode with -w: status ($(cat err))" "$status" 3
	lx -q -r dropped --format json
	is "drop_mode with -w" "$(jq -r .kind out)" certificate
}

# A log file gets the same lines as standard output. It can be rotated, and its disk can be full.
log_file() {
	cat >both.json <<-'END'
	{
	  "open_params": {"filter_own": "true", "filter_falco": "true", "drop_mode": "false", "drop_failed": "false"},
	  "init_config": {"putfile": "true", "path": "/tmp/logs/linx.log", "format": "normal", "str_max_size": 256,
	    "rich_value_size": 65536, "log_level": "INFO", "log_file": "/tmp/logs/own.log"}
	}
	END
	mkdir -p logs
	mount -t tmpfs -o size=24m tmpfs logs || fail "no tmpfs"
	lx --config both.json -- busybox cat /etc/passwd /not/there
	is "putfile: status ($(cat err))" "$status" 1
	has "putfile" logs/linx.log '^[0-9-]{10} [0-9:]{8}\.[0-9]{9} : \(<\) \(openat\) \(dfd=AT_FDCWD, filename=/not/there, flags=O_RDONLY, mode=0\) \(busybox\) \(/usr/bin/busybox\) \(busybox cat /etc/passwd /not/there\) \(0\(/dev/null\), 1\(/tmp/out\), 2\(/tmp/err\)[^()]*\)$'
	[ ! -e logs/linx.log.window ] || fail "putfile: the window is left"
	has "entries" logs/linx.log ' : \(>\) \(openat\) \(dfd=AT_FDCWD, filename=/not/there, flags=O_RDONLY, mode=0\) \(busybox\) '
	lx --config both.json -- sh -c 'read -r line </etc/passwd'
	has "entries: what the call fills" logs/linx.log ' : \(>\) \(read\) \(fd=0, buf=0x[0-9a-f]+, count=1\) \(sh\) '
	has "entries: what it has filled" logs/linx.log ' : \(<\) \(read\) \(fd=0, buf=r, count=1\) \(sh\) '
	is "entries: one for each read" "$(grep -c ' : (>) (read) ' logs/linx.log)" "$(grep -c ' : (<) (read) ' logs/linx.log)"
	lacks "no remarks" logs/linx.log '/\*'
	has "log_file" logs/own.log ' INFO linxcap: [0-9]+ selected'
	[ ! -s err ] || [ "$(grep -c '^linxcap:' err)" = 0 ] || fail "log_file: standard error has $(cat err)"

	linxcap --config both.json &
	pid=$!
	soon recording $pid
	busybox true one
	sleep 0.5
	mv logs/linx.log logs/linx.log.1
	sleep 1.5
	busybox true two
	sleep 1.5
	busybox true three
	sleep 0.5
	kill -INT $pid
	wait $pid || fail "rotated: status $?"
	has "rotated" logs/linx.log.1 '\(busybox true one\)'
	has "rotated" logs/linx.log '\(busybox true three\)'
	is "rotated: nothing is missing" "$(cat logs/linx.log.1 logs/linx.log | grep -Ec '\(execve\).*\(busybox true (one|two|three)\)')" 3
	has "rotated" logs/own.log ' INFO linxcap: rotated: /tmp/logs/linx.log'

	rm -f logs/linx.log*
	dd if=/dev/zero of=logs/fill bs=1M count=18 2>/dev/null
	lx --config both.json -- sh -c 'i=0; while [ $i -lt 30000 ]; do echo $i; i=$((i + 1)); done'
	is "full disk: status" "$status" 1
	has "full disk" logs/own.log 'FATAL|ERROR'
	has "full disk" logs/own.log 'cannot write: /tmp/logs/linx.log: No space left on device: what was written before is intact'
	is "full disk: whole lines" "$(tail -c 1 logs/linx.log | od -An -c | tr -d ' ')" '\n'
	[ -e logs/linx.log.window ] || fail "full disk: no window is left"
	rm -f logs/fill
	before=$(wc -l <logs/linx.log)
	lx --config both.json -- true
	sed -n 's/.* : (<) (write) (fd=1, buf=\([0-9]*\)\\n, .*/\1/p' logs/linx.log | awk '$1 != NR - 1 { exit 1 }' || fail "full disk: a hole"
	[ "$(grep -c ' (write) (fd=1, ' logs/linx.log)" -gt "$(head -n "$before" logs/linx.log | grep -c ' (write) (fd=1, ')" ] ||
		fail "full disk: what had no room is not in the log"
	has "full disk" logs/own.log ' INFO linxcap: carried over: /tmp/logs/linx.log: [0-9]+ bytes of lines'
	umount logs
}

# The name of a user is looked up in the databases as they are at the time of the event. A user of a user namespace is
# looked up by its number outside of the namespace.
users() {
	linxcap -q --format '%linx.user %linx.user[key] %linx.user[value] %linx.comm' "linx.cmdline = 'sleep 0' and linx.type = execve" >out 2>err &
	pid=$!
	soon recording $pid
	perl -e '$) = "4242 4242"; $( = 4242; $< = $> = 4242; exec "sleep", "0"'
	soon grep -q 4242 out
	echo 'newbie:x:4242:4242::/:/bin/sh' >>/etc/passwd
	sleep 1.2
	perl -e '$) = "4242 4242"; $( = 4242; $< = $> = 4242; exec "sleep", "0"'
	perl -e '$) = "4242 4242"; $( = 4242; $< = $> = 4242; exec "unshare", "-Ur", "sleep", "0"'
	sleep 0.5
	kill -INT $pid
	wait $pid || fail "users: $(cat err)"
	has "nobody has that number" out '^\(4242\(\)\) \(4242\) \(4242\) \(sleep\)$'
	has "somebody has it now" out '^\(4242\(newbie\)\) \(4242\) \(newbie\) \(sleep\)$'
	is "root of a namespace of its own is who it is outside" "$(grep -c '^(4242(newbie))' out)" 2
	lacks "root of a namespace of its own" out '^\(0\(root\)\)'
}

keys
drop_mode
log_file
users
