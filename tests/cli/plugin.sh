# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The plugin for Falco and sysdig, in a host of our own (tests/plugin/host.c) that replays captures of real kernels.

PLUGIN=$LINX_BUILD/libsyscall_sequence_plugin.so

# host ARG...: runs the test program that loads the plugin as Falco does (tests/plugin/host.c). Its output is in the
# file out, its errors in err, its exit status in $status.
host() {
	status=0
	"$LIMIT_PROGRAM" 60 "$WORK/host" "$@" >out 2>err || status=$?
}

# replays INIT PARAMS FIELD...: replays a capture in the host, which must print no message.
replays() {
	host "$PLUGIN" "$1" "{\"capture\": \"capture\"$2}" "${@:3}"
	is_status 0
	is_silent
}

# same_lines INIT PARAMS: expects that the lines of linxcap --config equal both the joined fields that the host prints
# and the field evt.plugininfo.
same_lines() { # INIT PARAMS
	lx --config "{\"init_config\": {${1:-}}, \"open_params\": {${2:-}}}" -r capture -q
	is_status 0
	mv out want
	[ -s want ] || broken "there are no lines to compare"
	replays "{${1:-}}" "${2:+, $2}" line
	cmp want out || broken "evt.plugininfo: $(diff want out | head -n 4)"
	replays "{${1:-}}" "${2:+, $2}" linx.time linx.dir 'linx.type[value]' linx.args linx.comm linx.fullpath linx.cmdline linx.fds
	sed 's/\t/ : /; s/\t/ /g' out | cmp want - || broken "fields: $(sed 's/\t/ : /; s/\t/ /g' out | diff want - | head -n 4)"
}

test_lines_of_the_log() {
	real_capture 7.2 capture
	same_lines
	same_lines '"str_max_size": 10'
	same_lines '' '"drop_failed": "true"'
	same_lines '' '"filter_comms": ["ls", "cat"]'
	real_capture 5.10 capture
	same_lines
}

# The plugin's lines are cut at the length (rich_value_size) at which linxcap cuts its log lines, and so are its fields.
test_longest_text() {
	local most
	real_capture 7.2 capture
	for most in 0 3 40 200; do
		lx --config "{\"init_config\": {\"rich_value_size\": $most, \"log_level\": \"ERROR\"}}" -r capture -q
		is_status 0
		mv out want
		host "$PLUGIN" "{\"rich_value_size\": $most, \"log_level\": \"ERROR\"}" '{"capture": "capture"}' line
		is_status 0
		cmp want out || broken "rich_value_size $most: $(diff want out | head -n 4)"
	done
	host "$PLUGIN" '{"rich_value_size": 10}' '{"capture": "capture"}' linx.cmdline
	has out '^\(cat /et\.\.\.\)$'
}

# Prints the library's own fields as JSON. Fields with Falco's names are left out, because the host has those itself.
own_fields() { "$LINXCAP" fields --json | jq 'map(select(.name | startswith("linx.")))'; }

# Each field has the value that a template of linxcap prints, in the form that the plugin gives it.
test_every_field() {
	local field texts=()
	real_capture 7.2 capture
	for field in $(own_fields | jq -r '.[] | .name as $n | if .argument == "[NAME]" then $n + "[0]", $n + "[fd]"
		elif .argument == "[key|value]" then $n, $n + "[key]", $n + "[value]"
		elif .argument == "[N]" then $n, $n + "[0]", $n + "[2]" else $n end'); do
		texts+=("$field")
	done
	[ ${#texts[@]} -gt 50 ] || broken "too few fields: ${texts[*]}"
	lx -r capture --format "$(printf '%%%s\t' "${texts[@]}")" -q
	sed 's/\t$//' out >want
	replays '' '' "${texts[@]}"
	# Fields that are also in the log keep their parentheses. The other fields lose them, and have no value if the
	# template prints () or (?). A negative linx.fd.num has no value either, because Falco has no signed type.
	awk -F'\t' -v OFS='\t' -v names="${texts[*]}" '
		BEGIN { split(names, name, " ") }
		{ for (i = 1; i <= NF; i++)
			if (name[i] !~ /^linx\.(user|group|comm|pid|tid|ppid|cmdline|fullpath|fds|type|args|time|dir)(\[|$)/) {
				$i = substr($i, 2, length($i) - 2)
				if ($i == "" || $i == "?" || (name[i] == "linx.fd.num" && $i < 0)) $i = "<NA>"
				else if (name[i] == "linx.flags") { gsub(", ", ",", $i); $i = "(" $i ")" }
			}
		} 1' want >forms
	diff forms out >differences || broken "fields: $(head -n 4 differences | cut -c1-600)"
}

# The plugin lists all of the library's own fields, and Falco can read the list.
test_list_of_fields() {
	"$WORK/host" "$PLUGIN" '' '' fields >list
	jq -r '.[].name' list | sort >have
	own_fields | jq -r '.[].name' | sort | diff - have || broken "a field is missing"
	jq -e 'all(.[]; .desc != "" and (.type == "string" or .type == "uint64"))' list >out || broken "a field without a sentence or type"
}

test_many_opens() {
	real_capture 7.2 capture
	host -n 20 -q "$PLUGIN" '' '{"capture": "capture"}'
	is_status 0
	is_silent
	lx -r capture --format line -q
	[ "$(cat err)$("$WORK/host" -n 20 -q "$PLUGIN" '' '{"capture": "capture"}')" = "$(($(wc -l <out) * 20)) events" ] ||
		broken "another number of events"
}

test_log_file() {
	real_capture 7.2 capture
	lx --config '{"init_config": {}, "open_params": {}}' -r capture -q
	mv out want
	host -q "$PLUGIN" '{"putfile": "true", "path": "log", "mode": "0640", "log_file": "said", "log_level": "INFO"}' '{"capture": "capture"}'
	is_status 0
	is_silent
	cmp want log || broken "another log"
	[ "$(stat -c %a log)" = 640 ] || broken "permissions: $(stat -c %a log)"
	[ ! -e log.window ] || broken "a window is left"
	has said '^[0-9-]+ [0-9:]+ INFO syscall_sequence_plugin: --- capture complete: '
	# Messages go to the host's log if no log file is configured.
	host -q "$PLUGIN" '{"log_level": "INFO"}' '{"capture": "capture"}'
	has err '^syscall_sequence_plugin 6: --- capture complete: '
}

# The loss of five events is reported as a warning, and as an event to hosts that accept such events.
test_losses() {
	"$WORK/make_capture" 20 >capture
	host "$PLUGIN" '' '{"capture": "capture"}' line
	is_status 0
	has err '^syscall_sequence_plugin 4: .*lost'
	lacks out 'gap'
	host "$PLUGIN" '' '{"capture": "capture", "loss_events": true}' linx.kind line
	has out '^gap	\{.*"kind":"gap".*\}$'
	has out '^certificate	\{.*"kind":"certificate".*\}$'
	has out '^syscall	'
}

refuses_to() { # WHAT TEXT INIT PARAMS
	host "$PLUGIN" "$3" "$4"
	is_status 1
	[ "$(cat err)" = "host: $1: $2" ] || broken "it does not say: $2"
}

test_wrong_settings() {
	refuses_to init 'wrong init_config: 1: a: unknown key: expected init_config, open_params or a key of one of them, found 1' '{"a": 1}' ''
	refuses_to init 'wrong init_config: 1: format: expected normal or json, found "xml"' '{"format": "xml"}' ''
	refuses_to init 'cannot write: /not/there/log: No such file or directory: name another log_file' '{"log_file": "/not/there/log"}' ''
	refuses_to open 'cannot read: /not/there: No such file or directory' '' '{"capture": "/not/there"}'
	refuses_to open '/etc/passwd: not a linx capture file' '' '{"capture": "/etc/passwd"}'
	refuses_to open 'wrong open_params: 1: filter_pids[0]: expected an integer from 0 to 4194303, found -1' '' '{"filter_pids": [-1]}'
	real_capture 7.2 capture
	host "$PLUGIN" '' '{"capture": "capture"}' 'linx.type[name]'
	is_status 1
	has err 'wrong argument: linx.type\[name\]'
}

# The plugin prints nothing in the process of another program, and it exports no symbols of the library.
test_exports_its_functions_alone() {
	nm -D --defined-only "$PLUGIN" | awk '{ print $3 }' | grep -v '^plugin_' >out || true
	[ ! -s out ] || broken "exported: $(cat out)"
	! readelf -d "$PLUGIN" | grep -q 'NEEDED.*liblinx' || broken "the library is not within"
}
