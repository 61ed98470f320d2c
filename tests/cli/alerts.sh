# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# --alert: events become alerts, also if an output hangs, ends or does not exist.

# soon COMMAND: repeats COMMAND until it succeeds; the test fails after a minute.
soon() {
	local n
	for n in {1..600}; do
		"$@" && return
		sleep 0.1
	done
	broken "never: $*"
}

# alerts COUNT OPTION...: runs linxcap with the options over a capture of COUNT calls, which raises alerts.
alerts() {
	"$WORK/make_capture" "$1" >capture
	lx -q -r capture "${@:2}"
}

test_text_as_falco_writes_it() {
	alerts 6 --alert stdout --alert-output 'read by %linx.comm' 'linx.type = read'
	is_status 0
	[ "$(wc -l <out)" -ge 1 ] || broken "no alert"
	[ "$(grep -cvE '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{9}: Notice read by ' out)" = 0 ] || broken "$(cat out)"
}

test_json_with_sorted_keys() {
	command -v jq >/dev/null || skip "no jq"
	alerts 6 --alert file:found --alert-json --alert-rule 'a rule' --alert-priority warning \
		--alert-output '%linx.type[value] %linx.pid' 'linx.type = read'
	is_status 0
	[ ! -s out ] || broken "lines beside alerts"
	[ "$(jq -r 'keys_unsorted | join(",")' found | sort -u)" = \
		hostname,lost_before,output,output_fields,priority,rule,source,tags,time ] || broken "$(cat found)"
	[ "$(jq -r '[.priority, .rule, .source, .output_fields["linx.type[value]"], (.output | sub("^[0-9:.]+: "; ""))] | join(",")' found | sort -u | head -n 1)" = \
		'Warning,a rule,syscall,read,Warning read 100' ] || broken "$(cat found)"
	# Each loss is reported once, in the next alert after it.
	[ "$(jq -s 'map(.lost_before) | add' found)" = "$("$LINXCAP" -q -r capture --format json |
		jq -s 'map(select(.kind == "gap") | .lost | add) | add')" ] || broken "$(cat found)"
	[ "$(jq -r '.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z$")' found | sort -u)" = true ] || broken "$(cat found)"
	[ "$(grep -c . found)" = "$("$LINXCAP" -q -r capture 'linx.type = read' | grep -c ' read(')" ] || broken "not as many as events"
}

# An output receives the alerts whose priority is at least that of the output. An alert of the priority warning does not
# reach an output for errors.
test_priorities() {
	alerts 6 --alert error,file:urgent --alert notice,file:all --alert-priority warning
	is_status 0
	[ -s all ] || broken "nothing reached all"
	[ ! -s urgent ] || broken "$(cat urgent)"
	alerts 6 --alert stdout --alert-priority low
	is_status 2
	has err 'unknown priority'
}

test_program_without_a_shell() {
	cat >take <<-'END'
		#!/bin/sh
		printf '%s\n' "$@" >words
		cat >lines
	END
	chmod +x take
	# shellcheck disable=SC2016 # the shell must not expand this
	alerts 6 --alert 'program:./take $(touch${IFS}made) ;touch made'
	is_status 0
	soon test -s lines
	[ ! -e made ] || broken "a shell saw it"
	has words '^;touch$'
	[ "$(wc -l <lines)" -ge 6 ] || broken "$(cat lines)"
}

# receive STATUS [ANSWER]: starts a server that answers POST requests; the file "port" has its port.
receive() {
	cat >receive.py <<-'END'
		import http.server, sys
		class Take(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        body = self.rfile.read(int(self.headers["Content-Length"]))
		        with open("posted", "ab") as f: f.write(body)
		        with open("tokens", "a") as f: print(self.headers.get("Authorization"), self.headers.get("X-Fleet"), file=f)
		        self.send_response(int(sys.argv[1]))
		        self.send_header("Content-Length", str(len(sys.argv[2])))
		        self.end_headers()
		        self.wfile.write(sys.argv[2].encode())
		    def log_message(self, *a): pass
		s = http.server.HTTPServer(("127.0.0.1", 0), Take)
		with open("port.new", "w") as f: f.write(str(s.server_port))
		import os; os.rename("port.new", "port")
		s.serve_forever()
	END
	rm -f port
	python3 receive.py "$1" "${2:-}" &
	receiver=$!
	soon test -e port
}

test_http_and_a_server_that_refuses() {
	command -v python3 >/dev/null && [ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "no python3, or built without libcurl"
	receive 200
	alerts 6 --alert "http://127.0.0.1:$(cat port)/" --alert file:found
	kill "$receiver"
	is_status 0
	lacks err lost
	[ "$(grep -c '"rule":"linx"' posted)" -ge 6 ] || broken "$(cat posted)"
	[ "$(grep -c '^[0-2][0-9]:[0-5][0-9]:[0-9.]*: Notice ' found)" = "$(grep -c . posted)" ] || broken "other alerts as text: $(cat found)"
	receive 500
	alerts 6 --alert "http://127.0.0.1:$(cat port)/"
	kill "$receiver"
	is_status 0
	has err 'alerts lost: http://127.0.0.1:[0-9]*/: [0-9]+ of [0-9]+ did not reach it'
}

# An alert as a log record of OTLP/HTTP. A receiver that rejects the record, in an answer with status 200, has not got it.
test_otlp() {
	command -v jq python3 >/dev/null && [ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "no jq, no python3, or built without libcurl"
	receive 200
	alerts 6 --alert "otlp+http://127.0.0.1:$(cat port)/v1/logs" --alert file:found --alert-json --alert-rule 'a rule' --alert-priority warning \
		--alert-output '%linx.type[value] %linx.pid' 'linx.type = read'
	kill "$receiver"
	is_status 0
	lacks err lost
	jq -r '.resourceLogs[0] | [.resource.attributes[0].value.stringValue, (.scopeLogs[0].logRecords[0] | .severityNumber, .severityText, .body.stringValue,
		(.attributes | map(.value.stringValue // (.value.arrayValue.values | length) | tostring) | join(" ")))] | join(",")' posted >got
	jq -r '[.hostname, 13, .priority, .output, ([.rule, .source, (.tags | length | tostring)] + [.output_fields[]] | join(" "))] | join(",")' found >want
	[ -s want ] && cmp got want || broken "$(head -n 2 got want)"
	receive 200 '{"partialSuccess":{"rejectedLogRecords":"1"}}'
	alerts 6 --alert "otlp+http://127.0.0.1:$(cat port)/v1/logs"
	kill "$receiver"
	is_status 0
	has err 'alerts lost: otlp\+http://127.0.0.1:[0-9]*/v1/logs: [0-9]+ of [0-9]+ did not reach it'
}

# --alert-header-file: headers from a file go to the output before the option, and to no other. Messages do not show them.
test_header_file() {
	local server
	command -v python3 >/dev/null && [ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "no python3, or built without libcurl"
	receive 200
	server=http://127.0.0.1:$(cat port)
	printf 'Authorization: Bearer top-secret\n\nX-Fleet: a b\r\n' >heads
	chmod 640 heads
	alerts 6 --alert "$server/" --alert-header-file heads --alert "otlp+$server/v1/logs"
	is_status 0
	lacks err lost
	sort tokens | uniq -c >got
	has got ' 6 Bearer top-secret a b$'
	has got ' 6 None None$'
	printf 'Authorization Bearer top-secret\n' >heads
	alerts 6 --alert "otlp+$server/v1/logs" --alert-header-file heads
	is_status 1
	says 'heads:1: not a header: write Name: value'
	chmod 644 heads
	alerts 6 --alert "$server/" --alert-header-file heads
	is_status 1
	says 'cannot use: heads: everybody may read or write it: chmod o= heads'
	kill "$receiver"
	for words in "--alert-header-file heads" "--alert stdout --alert-header-file heads" \
		"--alert $server/ --alert-header-file heads --alert-header-file heads"; do
		# shellcheck disable=SC2086
		alerts 6 $words
		is_status 2
		has err '^linxcap: no output over HTTP: --alert-header-file heads: write one after each --alert '
	done
}

install_opentelemetry() {
	rm -rf "$LINX_DOWNLOADS/opentelemetry.new"
	timeout 100 npm install --silent --no-audit --no-fund --prefix "$LINX_DOWNLOADS/opentelemetry.new" @opentelemetry/otlp-transformer@0.223.1 &&
		mv "$LINX_DOWNLOADS/opentelemetry.new" "$LINX_DOWNLOADS/opentelemetry"
}

# OpenTelemetry's own encoder makes the same requests of the same alerts.
test_otlp_as_opentelemetry_encodes_it() { # full
	[ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "built without libcurl"
	type -P node >/dev/null || skip "no node, in which OpenTelemetry's encoder runs: apt install nodejs npm"
	[ -e "$LINX_DOWNLOADS/opentelemetry" ] || with_lock_file "$LINX_DOWNLOADS/opentelemetry.lock" install_opentelemetry >npm 2>&1 ||
		skip "npm cannot install @opentelemetry/otlp-transformer: $(tail -n 1 npm)"
	cat >rules <<-'END'
		- rule: Opened
		  desc: d
		  condition: evt.type in (open, openat, read, close, write)
		  output: "%evt.type %proc.name ü %proc.pid %fd.name %user.uid"
		  priority: CRITICAL
		  tags: [filesystem, T1005]
	END
	receive 200
	"$WORK/make_capture" 200 mixed >capture
	lx -q -r capture --rules rules --alert "otlp+http://127.0.0.1:$(cat port)/v1/logs" --alert file:found --alert-json
	kill "$receiver"
	is_status 0
	lacks err lost
	[ "$(grep -c . found)" -gt 20 ] || broken "few alerts: $(wc -l found)"
	NODE_PATH=$LINX_DOWNLOADS/opentelemetry/node_modules node "$LINX_ROOT/tests/cli/opentelemetry.js" found posted || broken "the requests differ"
}

# No thread has capabilities if an output uses the network: neither the output's thread nor the reader.
test_network_without_capabilities() {
	command -v python3 >/dev/null && [ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "no python3, or built without libcurl"
	grep -q 'CapEff:.*[1-9a-f]' /proc/self/status || skip "there are none to drop"
	python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
open("port.new", "w").write(str(s.getsockname()[1])); import os; os.rename("port.new", "port")
s.accept(); open("asked", "w"); time.sleep(60)' &
	receiver=$!
	soon test -e port
	"$WORK/make_capture" 6 >capture
	"$LINXCAP" -q -r capture --alert "http://127.0.0.1:$(cat port)/" >/dev/null 2>err &
	linxcap=$!
	soon test -e asked
	cat "/proc/$linxcap"/task/*/status >status
	kill "$receiver"
	wait "$linxcap"
	! grep -q 'CapEff:.*[1-9a-f]' status || broken "$(grep CapEff status)"
	[ "$(grep -c 'CapPrm:[[:space:]]*0*$' status)" = 2 ] || broken "$(grep CapPrm status)"
}

# One output program reads nothing, and another does not exist: the run ends nevertheless, and reports the alerts that
# were not delivered.
test_outputs_that_hang_or_are_not_there() {
	alerts 4000 --alert 'program:sleep 60' --alert program:/no/such/program --alert file:found
	is_status 0
	has err 'alerts lost: program:sleep 60: '
	has err 'alerts lost: program:/no/such/program: '
	[ "$(wc -l <found)" -ge 1024 ] || broken "the file has $(wc -l <found)"
	alerts 6 --alert file:/no/such/folder/file
	is_status 1
	has err 'cannot write alerts'
	alerts 6 --alert nonsense:
	is_status 2
	has err 'unknown output of alerts'
}

# The output program reads so late that its pipe fills up. An alert of which the pipe took only a part counts as lost,
# and the next alert begins a new line.
test_half_a_line() { # full
	printf '#!/bin/sh\nsleep 8\nexec cat >taken.new\n' >late
	chmod 755 late
	alerts 400 --alert program:./late --alert-output "$(printf '%06000d' 0) %linx.type[value] end"
	is_status 0
	wait_for grep -q 'end$' taken.new
	[ "$(grep -c ' end$' taken.new)" -ge 397 ] || broken "$(awk '{ print length }' taken.new | sort | uniq -c | head)"
	grep -q '^[0-9:.]*: Error linx: alerts lost' taken.new || broken "the report of the loss does not begin a line"
	has err 'alerts lost: program:./late: [1-3] of 400'
}

test_equal_alerts_are_one() {
	alerts 40 --alert file:found --alert-json --alert-every 1h --alert-output '%linx.type[value]' 'linx.type in (read, close)'
	is_status 0
	[ "$(wc -l <found)" = 2 ] || broken "$(cat found)"
}

test_what_goes_with_what() {
	alerts 6 --alert-rule a
	is_status 2
	has err 'write --alert OUTPUT'
	alerts 6 --alert stdout -o file
	is_status 2
	has err 'not together'
	alerts 6 --alert stdout --alert-output '%linx.nonsense'
	is_status 2
	alerts 6 --alert stdout --alert-capture kept
	is_status 2
	says 'not together: -r and --alert-capture: it is for live recording only'
	lx --alert-capture kept
	is_status 2
	has err '^linxcap: missing output: --alert-capture: '
	lx --alert stdout --alert-captures 3
	is_status 2
	has err '^linxcap: missing file: --alert-captures: '
	for words in 0 1x ,1G 2, 2,0 10001; do
		lx --alert stdout --alert-capture kept --alert-captures "$words"
		is_status 2
		has err '^linxcap: not a (count|size): '
	done
	lx --alert stdout --alert-capture kept --mode throttle
	is_status 2
	has err '^linxcap: not together: --alert-capture and --mode: '
	[ ! -e kept.000001 ] || broken "a file was made"
}
