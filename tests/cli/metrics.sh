# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# --metrics: counts and the health check by HTTP, whatever clients do.

has_library() { [ -e /usr/include/microhttpd.h ] || skip "built without libmicrohttpd"; }

# get PATH [METHOD]: prints header and body of the response; the server's port is in $port.
get() { get_page "$port" "$@"; }

# Sets the variable "port" to the number that linxcap printed on standard error.
find_port() {
	wait_for grep -q '^linxcap: metrics: ' err
	port=$(sed -n 's|^linxcap: metrics: http://127.0.0.1:\([0-9]*\)/metrics$|\1|p' err)
}

# value NAME: prints the value of the sample whose name and labels are NAME.
value() { get /metrics | NAME=$1 awk 'index($0, ENVIRON["NAME"] " ") == 1 { print substr($0, length(ENVIRON["NAME"]) + 2) }'; }
is() { [ "$(value "$1")" = "$2" ] || broken "$1 is $(value "$1"), not $2"; }
became() { [ "$(value "$1")" = "$2" ]; }

# Begins a run over a capture that is fed through a pipe. The run lasts until end_run closes the pipe.
begin_run() { # OPTION...
	has_library
	"$WORK/make_capture" 30 >capture
	mkfifo pipe
	"$LINXCAP" -r pipe --metrics 0 "$@" >out 2>err &
	pid=$!
	exec 4>pipe
	cat capture >&4
	find_port
}
end_run() {
	exec 4>&-
	fake_end
	is_status 0
}

test_counts_of_a_known_run() {
	cat >rules.yaml <<-'END'
		- rule: First "quoted" \ reads
		  desc: d
		  condition: evt.type = read and proc.pid = 100
		  output: read by %proc.pid
		  priority: WARNING
		- rule: Nobody
		  desc: d
		  condition: evt.type = write
		  output: o
		  priority: DEBUG
	END
	begin_run --rules rules.yaml --alert file:found --alert file:/dev/full
	wait_for became 'linx_output_alerts_sent_total{output="1",name="file:found"}' 8
	is 'linx_alerts_total{rule="First \"quoted\" \\ reads",priority="Warning"}' 8
	is 'linx_alerts_total{rule="Nobody",priority="Debug"}' 0
	is 'linx_records_selected_total' 35
	is 'linx_records_delivered_total' 30
	is 'linx_records_lost_total{reason="full"}' 5
	is 'linx_records_lost_total{reason="too-big"}' 0
	is 'linx_output_sent_bytes_total{output="1",name="file:found"}' "$(wc -c <found)"
	is 'linx_output_alerts_failed_total{output="2",name="file:/dev/full"}' 8
	is 'linx_output_alerts_dropped_total{output="2",name="file:/dev/full"}' 0
	is 'linx_output_queue_alerts{output="1",name="file:found"}' 0
	is linx_rules_loaded 2
	get /metrics >page
	has page '^HTTP/1.1 200 OK$'
	has page '^Content-Type: text/plain; version=0.0.4; charset=utf-8$'
	# Each sample follows the HELP and TYPE of its family, and none occurs twice.
	sed '1,/^$/d' page | awk '
		/^# HELP / { help = $3; next }
		/^# TYPE / { if ($3 != help || $4 !~ /^(counter|gauge)$/) exit 1; type = $3; next }
		{ name = $1; sub(/\{.*/, "", name); if (name != type || seen[$0]++ || $NF !~ /^[0-9.]+$/) exit 1 }' || broken "$(cat page)"
	end_run
	[ "$(wc -l <found)" = 8 ] || broken "$(cat found)"
}

test_health_and_other_pages() {
	begin_run --alert file:/dev/full 'linx.type = read'
	wait_for became 'linx_output_alerts_failed_total{output="1",name="file:/dev/full"}' 16
	get /healthz >page
	has page '^HTTP/1.1 503 Service Unavailable$'
	has page '^output 1, file:/dev/full: the last 16 alerts did not reach it$'
	get /elsewhere | grep -q '^HTTP/1.1 404 ' || broken "404"
	get /metrics POST | grep -q '^HTTP/1.1 405 ' || broken "405"
	get /metrics HEAD | grep -q '^linx_' && broken "a body"
	end_run
}

# If two processes alternate and rules remember only one key, the metric counts as many forgotten keys as linxcap
# prints.
test_keys_that_rules_forgot() {
	cat >rules.yaml <<-'END'
		- {rule: Read, desc: d, condition: evt.type = read, output: o, priority: DEBUG, enabled: false}
		- {linx_count: Reads, rules: Read, by: proc.pid, keys: 1, count: 9, within: 1s, output: o, priority: DEBUG}
	END
	"$WORK/make_capture" 30 >capture
	lx -r capture --rules rules.yaml
	is_status 0
	n=$(sed -n 's/^linxcap: keys forgotten: \([0-9]*\): Reads: .*/\1/p' err)
	[ "$n" -gt 5 ] || broken "$(cat err)"
	begin_run --rules rules.yaml
	wait_for became linx_rules_keys_forgotten_total "$n"
	end_run
}

# Without rules and alerts, the metrics of a live source that loses events count its events and its lost records, and
# the source is healthy. The metrics have no counter of alerts.
test_without_rules() {
	has_library
	FAKE=lossy fake_start --metrics 0
	find_port
	get /healthz >page
	has page '^HTTP/1.1 200 OK$'
	has page '^good$'
	wait_for eval '[ "$(value linx_events_read_total)" -gt 3 ]'
	wait_for eval '[ "$(value "linx_records_lost_total{reason=\"full\"}")" -ge 30 ]'
	! get /metrics | grep -q '^linx_alerts_total{' || broken "alerts of nobody"
	kill "$pid"
	fake_end
	is_status 0
}

# A recording with which somebody interfered is not healthy, nor are the files that follow it in a series.
test_tampering_fails_health() {
	has_library
	FAKE=tampered fake_start --metrics 0 -w f -G 1s
	find_port
	wait_for eval '[ "$(value linx_tampers_total)" -ge 2 ]'
	get /healthz >page
	has page '^HTTP/1.1 503 Service Unavailable$'
	has page '^recording: tampering was noticed [0-9]+ times$'
	wait_for eval '[ "$(value linx_tampers_total)" -ge 4 ]'
	get /healthz | grep -q '^recording: tampering was noticed' || broken "healthy with the second file"
	kill "$pid"
	fake_end
	has err 'tampering: noticed 2 times'
}

# Delivered records and written bytes are added up over the files of a recording, although each file has a source of its
# own.
test_counts_go_on_over_files() {
	has_library
	fake_start --metrics 0 -w f -G 1s
	find_port
	wait_for grep -q 'complete: ./f.000002' err
	[ "$(value linx_records_delivered_total)" -ge "$(cat f.000001 f.000002 | grep -c block)" ] || broken "$(get /metrics)"
	[ "$(value linx_written_bytes_total)" -ge "$(cat f.000001 f.000002 | wc -c)" ] || broken "$(get /metrics)"
	kill "$pid"
	fake_end
	is_status 0
}

# No client can delay the reader, other clients, or the end of the run.
test_clients_that_send_nothing_or_read_nothing() { # full
	local n before
	has_library
	trap '' PIPE
	fake_start --metrics 0
	find_port
	for n in 10 11 12 13 14; do
		eval "exec $n<>/dev/tcp/127.0.0.1/$port"
	done
	printf 'GET /metrics HTTP/1.1\r\n' >&10
	for n in {1..200}; do printf 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n' 2>/dev/null >&11 || break; done
	head -c 100000 /dev/urandom 2>/dev/null >&12 || true
	before=$(value linx_events_read_total)
	wait_for eval "[ \"\$(value linx_events_read_total)\" -gt $((before + 20)) ]"
	get /healthz | grep -q '^good$' || broken "$(get /healthz)"
	# The recording continues with more clients than the server accepts.
	for n in {20..60}; do
		eval "exec $n<>/dev/tcp/127.0.0.1/$port"
	done
	before=$(grep -c event out)
	wait_for eval "[ \"\$(grep -c event out)\" -gt $((before + 20)) ]"
	# A waiting client is served when another one disconnects.
	for n in {10..60}; do
		eval "exec $n>&-"
	done
	get /healthz | grep -q '^good$' || broken "$(get /healthz)"
	kill "$pid"
	fake_end
	is_status 0
}

test_addresses() {
	local a
	for a in '' x 65536 1.2.3.4: :9 host:9 1.2.3:9 '[::1]' '[::1]:-1'; do
		lx -r none --metrics "$a"
		is_status 2
		has err '^linxcap: no address: --metrics '
	done
	has_library
	begin_run 'linx.type = read'
	refuses 1 "cannot serve metrics: 127.0.0.1 port $port: Address already in use" -q -r capture --metrics "$port"
	end_run
	lx -r capture --metrics 192.0.2.1:9
	is_status 1
	says 'cannot serve metrics: 192.0.2.1 port 9: Cannot assign requested address'
}

# A file that is named like libmicrohttpd, but is not a library, has the same effect as a missing library.
test_without_the_library() {
	has_library
	"$WORK/make_capture" 6 >capture
	: >libmicrohttpd.so.12
	LD_LIBRARY_PATH=. refuses 1 'cannot serve metrics: libmicrohttpd.so.12 is not installed' -r capture --metrics 0
	LD_LIBRARY_PATH=. lx -q -r capture
	is_status 0
}

# Each thread drops its capabilities before its first socket is opened: the listener's thread and all others.
test_no_capabilities() {
	grep -q 'CapEff:.*[1-9a-f]' /proc/self/status || skip "there are none to drop"
	begin_run --alert file:found 'linx.type = read'
	cat "/proc/$pid"/task/*/status >threads
	[ "$(grep -c 'CapEff:[[:space:]]*0*$' threads)" = "$(grep -c CapEff threads)" ] || broken "$(grep CapEff threads)"
	[ "$(grep -c 'CapPrm:[[:space:]]*0*$' threads)" = "$(grep -c CapPrm threads)" ] || broken "$(grep CapPrm threads)"
	end_run
}

test_failed_reload_is_not_healthy() {
	has_library
	rule() { printf -- '- rule: %s\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type = openat\n' "$1"; }
	rule one >rules.yaml
	printf '#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.1; done\n' >work
	chmod +x work
	"$LINXCAP" --engine ptrace --rules rules.yaml --alert file:alerts --metrics 0 -- ./work >out 2>err &
	pid=$!
	trap 'touch go; kill "$pid"' EXIT
	wait_for grep -q . err
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	find_port
	echo nonsense >rules.new
	mv rules.new rules.yaml
	wait_for became linx_rules_reload_errors_total 1
	is linx_rules_last_reload_successful 0
	get /healthz | grep -q '^rules: not reloaded: rules.yaml:1:1: ' || broken "$(get /healthz)"
	rule two >rules.new
	mv rules.new rules.yaml
	wait_for became linx_rules_reloads_total 1
	get /healthz | grep -q '^good$' || broken "$(get /healthz)"
	get /metrics | grep -q '^linx_alerts_total{rule="two"' || broken "$(get /metrics)"
	touch go
	trap - EXIT
	fake_end
	is_status 0
}

# A command that uses the network seals its session when it records and has listed the processes. Other commands do not.
test_seals_what_faces_the_network() {
	has_library
	fake_start --metrics 0
	find_port
	[ "$(grep -c '^seal$' log)" = 1 ] || broken "$(cat log)"
	sed -n '/^seal/,$p' log | grep -q '^start' && broken "sealed before it starts"
	kill "$pid"
	fake_end
	is_status 0
	fake_start -o lines
	kill "$pid"
	fake_end
	grep -q '^seal$' log && broken "sealed without a reason"
	is_status 0
}

# A recording of several files is not sealed, because later files need sources that are opened later.
test_seals_no_series_of_files() {
	has_library
	fake_start --metrics 0 -w f -G 1s
	find_port
	kill "$pid"
	fake_end
	grep -q '^seal$' log && broken "$(cat log)"
	is_status 0
}

test_seals_as_far_as_the_module_can() {
	has_library
	FAKE=unsealed fake_start --metrics 0
	find_port
	kill "$pid"
	fake_end
	is_status 0
	FAKE=brittle fake_start --metrics 0
	fake_end
	is_status 1
	has err '^linxcap: no seal: fake$'
}
