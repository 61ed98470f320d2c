# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# --config and `linxcap config check`: configuration files of an older plugin, which linxcap also reads.

real() { real_capture 7.2 cap; }

# Writes the documentation's example that has both objects, init_config and open_params.
both() {
	cat >both.json <<-'END'
	{
	  "init_config": {
	    "rich_value_size": 65536, "str_max_size": 256, "putfile": "true", "path": "./linx.log",
	    "format": "normal", "log_level": "WARNING", "log_file": "./own.log"
	  },
	  "open_params": {
	    "filter_own": "true", "filter_falco": "true", "filter_pids": [], "filter_comms": [],
	    "drop_mode": "false", "drop_failed": "false", "interest_syscall_file": "./calls.json"
	  }
	}
	END
}

test_check() {
	both
	"$LINXCAP" list --json >calls.json
	lx config check both.json
	is_status 0
	is_silent
	[ "$(cat out)" = "both.json: good" ] || broken "said: $(cat out)"
	sed -i 's/"filter_own": "true"/"filter_own": "ture"/' both.json
	refuses 2 'wrong configuration: both.json:7: open_params.filter_own: expected "true" or "false", found "ture"' config check both.json
	refuses 2 'cannot read: none.json: No such file or directory' config check none.json
	refuses 2 "missing file: config check: write 'linxcap config check FILE'" config check
	refuses 2 "missing word: config: write 'linxcap config check FILE'" config chekc x
}

# A wrong configuration is refused before the module is opened.
test_wrong_before_anything() {
	refuses 2 'wrong configuration: --config:1: filter_pids[0]: expected an integer from 0 to 4194303, found "x"' \
		--config '{"filter_pids": ["x"]}'
	refuses 2 'not together: -e status=failed and drop_failed: no call is left' \
		--config '{"drop_failed": true}' -e status=failed
}

test_putfile() {
	real
	both
	"$LINXCAP" list --json >calls.json
	lx -r cap --config both.json
	is_status 0
	is_silent
	[ ! -s out ] || broken "lines on standard output too"
	lx -q -r cap --format line
	cmp out linx.log || broken "the file has other lines"
	[ ! -e linx.log.window ] || broken "the window is left"
	[ -e own.log ] || broken "no log file"
}

# With putfile, a second run appends its lines to the file linx.log that the first run wrote.
test_putfile_appends() {
	real
	lx -q -r cap --config '{"putfile": true}'
	cp linx.log once
	lx -q -r cap --config '{"putfile": true}'
	cat once once | cmp - linx.log || broken "not the same twice"
}

test_open_params() {
	real
	lx -q -r cap --config '{"filter_comms": ["cat", "wc"], "filter_pids": [112]}' --format '%linx.comm %linx.pid'
	is_status 0
	has out '^\(sh\) \(108\)$'
	lacks out '\((cat|wc)\)|\(112\)'
	lx -q -r cap --config '{"drop_mode": "true"}' --format line
	[ ! -s out ] || broken "drop_mode shows something"
	# With drop_mode only the account is left. JSON has the account on standard output, and text does not.
	lx -q -r cap --config '{"init_config": {"format": "json"}, "open_params": {"drop_mode": true}}'
	is_status 0
	[ "$(jq -r .kind out)" = certificate ] || broken "drop_mode shows $(jq -r .kind out | sort | uniq -c)"
	lx -q -r cap --config '{"drop_mode": true}' --format text
	[ ! -s out ] || broken "drop_mode shows something as text"
	lx -q -r cap --config '{"drop_failed": true}' --format '%linx.res'
	has out '^\(3\)$'
	lacks out '^\(-'
	echo '{"openat": {"syscall_id": 257, "interesting": 1}, "read": {"syscall_id": 0, "interesting": 0}}' >calls.json
	lx -q -r cap --config '{"interest_syscall_file": "calls.json"}' --format '%linx.type[value]'
	[ "$(sort -u out)" = "(openat)" ] || broken "shows $(sort -u out)"
	echo '{"openat": {"syscall_id": 2, "interesting": 1}}' >calls.json
	lx -q -r cap --config '{"interest_syscall_file": "calls.json"}'
	is_status 0
	says 'calls.json:1: openat has the number 257 on x86_64, not 2: the name decides'
}

test_init_config() {
	real
	lx -q -r cap --config '{"format": "json"}'
	has out '^\{"kind":"syscall"'
	lx -q -r cap --config '{"str_max_size": 4}'
	has out ' \(execve\) \(filename=/usr\.\.\., argv=\[sh, -c, cat \.\.\.'
	lx -q -r cap --config '{"rich_value_size": 40}'
	has out '^.{37}\.\.\.$'
	[ "$(awk 'length > 40' out)" = "" ] || broken "a longer line"
	for most in 0 2 3; do
		lx -q -r cap --config "{\"rich_value_size\": $most}"
		[ "$(sort -u out)" = ... ] || broken "rich_value_size $most: $(sort -u out | head -n 3)"
	done
	lx -r cap --config '{"log_level": "INFO", "log_file": "own.log"}'
	is_silent
	has own.log '^[0-9-]{10} [0-9:]{8} INFO linxcap: [0-9]+ selected'
	lx -r cap --config '{"log_level": "FATAL"}' linx.pid=1
	is_silent
	lx -r cap --config '{"log_level": "FATAL"}' --format text
	has out '^[0-9:.]+ sh\[108\]'
}

# drop_mode selects no call, and opens the source without a snapshot (records of the processes that exist at the start).
test_drop_mode_live() {
	fake -q -n 1 --for 200ms --config '{"drop_mode": true}' --format json -u 5
	is_status 0
	is_silent
	[ ! -s out ] || broken "drop_mode shows something"
	has log '^open .* alone=1 '
	has log '^select none$'
	has log '^filter status=0 uid=1:4294967295 '
	fake -q -n 1 --config '{"drop_mode": false}'
	has log '^open .* alone=0 '
	has log '^filter status=0 uid=0:0 '
}

# str_max_size limits the captured bytes of a buffer: 0 requests none (bytes=4294967295), and no size more than 262144.
# Paths do not become shorter by it (str=0 requests the default limit, 4096), but lines show only "..." of them.
test_size_of_strings() {
	fake -n 1 -q --config '{"str_max_size": 0}'
	has log ' bytes=4294967295 str=0 '
	fake -n 1 -q --config '{"str_max_size": 4294967295}'
	has log ' bytes=262144 str=16384 '
	lx -q --engine ptrace --config '{"str_max_size": 0, "log_level": "ERROR"}' -- cat /etc/passwd
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	has out ' : \(>\) \(openat\) \(dfd=AT_FDCWD, filename=\.\.\., flags=O_RDONLY, mode=0\) '
	has out ' : \(<\) \(read\) \(fd=[0-9]+, buf=\.\.\., count=[0-9]+\) '
}

# A missing or empty object of the configuration has its default values.
test_defaults() {
	local config
	real
	lx -q -r cap --format line
	cp out lines
	for config in '{"open_params": {}}' '{"filter_own": true}' '{"init_config": {}}' '{}'; do
		lx -r cap --config "$config"
		is_status 0
		is_silent
		cmp out lines || broken "$config: not in the normal format"
		fake -n 1 --config "$config"
		is_silent
		has log ' bytes=256 '
		has log '^printer format=3 .* limit=256 '
		# The configured format does not matter for a capture: the option -w has precedence over the
		# configuration.
		fake -n 1 --config "$config" -w f
		has log ' bytes=256 '
	done
	lx -q -r cap --config '{"filter_own": true}' --format text
	has out '^[0-9:.]+ sh\[108\]'
}

# The output of list --json is valid as the file that interest_syscall_file names.
test_list_is_a_generator() {
	real
	"$LINXCAP" list --json >calls.json
	lx -q -r cap --config '{"interest_syscall_file": "calls.json"}' --format line
	is_status 0
	is_silent
	cp out all
	lx -q -r cap --format line -e trace=all 'linx.abi = x86_64 or linx.type exists'
	[ "$(wc -l <all)" -ge "$(grep -c . out)" ] || broken "calls are missing: $(diff out all | head -n 3)"
}

# counted_from_one FILE...: expects that the files together have the lines "event 1", "event 2" and so on, each once and
# in order, and no others.
counted_from_one() { # FILE...
	cat "$@" | awk '$0 != "event " NR { exit 1 }' || broken "$*: $(cat "$@" | awk '$0 != "event " NR { print NR ": " $0; exit }')"
}

# Readers follow the log by its name and by a descriptor, while it is renamed as logrotate does.
test_log_is_followed() { # full
	local by_fd by_name
	fake_start -q --for 6s --config '{"putfile": true, "log_level": "INFO", "log_file": "own.log"}'
	wait_for test -e linx.log
	tail -n +1 -f linx.log >followed &
	by_fd=$!
	tail -n +1 -F linx.log >followed_by_name 2>/dev/null &
	by_name=$!
	wait_for grep -q '^event 3$' linx.log
	[ -s followed ] || wait_for test -s followed
	sleep 1
	[ "$(wc -l <followed)" -gt 10 ] || broken "after a second a follower has $(wc -l <followed) lines"
	mv linx.log linx.log.1
	fake_end
	sleep 1.5
	kill $by_fd $by_name
	[ "$status" = 0 ] || broken "status $status"
	[ -s linx.log ] || broken "nothing after it was renamed"
	counted_from_one linx.log.1 linx.log
	counted_from_one followed_by_name
	cmp followed linx.log.1 || broken "who follows the file has other lines"
	[ "$(tail -n 1 followed_by_name)" = "$(tail -n 1 linx.log)" ] || broken "the end is missing"
	has own.log ' INFO linxcap: rotated: ./linx.log: it goes on in a new file'
}

# A reader that remembers its offset sees only whole lines. After a writer is killed, the next start writes that
# writer's remaining lines to the log.
test_log_survives_death() {
	local at=0 size bad=0
	fake_start -q --config '{"putfile": true}'
	wait_for test -s linx.log
	for _ in 1 2 3 4 5 6 7 8; do
		size=$(stat -c %s linx.log)
		[ "$size" = "$at" ] || [ "$(tail -c +$((at + 1)) linx.log | head -c $((size - at)) | tail -c 1 | od -An -c | tr -d ' ')" = '\n' ] || bad=1
		at=$size
		sleep 0.15
	done
	[ $bad = 0 ] || broken "a part of a line was read"
	kill -KILL "$pid"
	fake_end
	[ "$status" = 137 ] || broken "status $status"
	[ -e linx.log.window ] || broken "no window is left"
	cp linx.log before
	fake -q -n 1 --config '{"putfile": true}'
	is_status 0
	[ ! -e linx.log.window ] || broken "the window stays"
	cmp -n "$(stat -c %s before)" before linx.log || broken "what was there has changed"
	head -n -1 linx.log >of_first
	counted_from_one of_first
	[ "$(tail -n 1 linx.log)" = "event 1" ] || broken "the second run: $(tail -n 1 linx.log)"
}

test_mode_and_group() {
	real
	lx -q -r cap --config '{"putfile": true, "mode": "0640", "group": "daemon"}'
	is_status 0
	[ "$(id -u)" != 0 ] || [ "$(stat -c '%a %G' linx.log)" = "640 daemon" ] || broken "is $(stat -c '%a %G' linx.log)"
	refuses 2 'wrong configuration: --config:1: mode: expected permissions as a string, such as "0640", found "0400"' \
		--config '{"mode": "0400"}'
	refuses 2 'wrong configuration: --config:1: mode: expected permissions as a string, such as "0640", found 640' \
		--config '{"mode": 640}'
	rm linx.log
	refuses 1 'no such group: nobody-is-this: name one that exists, or leave the group out' \
		-r cap --config '{"putfile": true, "group": "nobody-is-this"}'
	[ ! -s linx.log ] || broken "a log was written"
}

# With a configuration, entries of calls have lines of their own. There are no such lines if the configuration says so,
# if an option or a filter needs the result of a call, or if the output is not in lines and --entry is not given.
test_entries() {
	fake -n 1 -q --config '{"filter_falco": true}'
	has log '^entries 1$'
	fake -n 1 -q --config '{"putfile": "false"}'
	has log '^entries 1$'
	fake -n 1 -q --config '{"entries": "false"}'
	lacks log '^entries 1$'
	fake -n 1 -q --format line
	lacks log '^entries 1$'
	fake -n 1 -q --format text --config '{"filter_falco": true}'
	lacks log '^entries 1$'
	fake -n 1 -q --format text --entry --config '{"filter_falco": true}'
	has log '^entries 1$'
	for words in '--config {"drop_failed":true}' '-e status=failed --config {}' '--min-duration 1ms --config {}' \
		'--sample 2 --config {}' '--config {} linx.res<0' '--config {} linx.errno=ENOENT' '-w file --config {}' '-c --config {}'; do
		fake -n 1 -q $words
		lacks log '^entries 1$'
	done
	echo '{"drop_failed": true}' >open.json
	lx config check open.json
	is_status 0
	says "drop_failed: lines of returns, (<), alone: the result decides which calls are shown"
	echo '{"drop_failed": true, "entries": false}' >open.json
	lx config check open.json
	is_silent
}

test_what_may_be_meant_otherwise() {
	echo '{"close": {"interesting": "1"}, "read": {}, "write": {"interesting": true}, "openat": {"interesting": 1}}' >calls.json
	lx config check '{"init_config": {"rich_value_size": 0}, "open_params": {"interest_syscall_file": "calls.json"}}'
	is_status 0
	has err '^linxcap: rich_value_size is 0: each line is "..." alone$'
	for call in close read write; do
		has err "^linxcap: calls.json:1: $call is not collected: write \"interesting\": 1 to have it\$"
	done
	lacks err openat
}
