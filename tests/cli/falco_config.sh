# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154,SC2016
# --falco-config: the settings of falco.yaml that linxcap applies.

write_rules() {
	mkdir -p rules.d
	cat >rules.yaml <<-'END'
		- rule: First reads
		  desc: d
		  condition: evt.type = read and proc.pid = 100
		  output: read by %proc.pid
		  priority: WARNING
		  tags: [one]
		- rule: First reads, too
		  desc: d
		  condition: evt.type = read and proc.pid = 100
		  output: also %proc.pid
		  priority: NOTICE
		- rule: Second reads
		  desc: d
		  condition: evt.type = read and proc.pid = 101
		  output: second %proc.pid
		  priority: DEBUG
	END
}

# Writes the keys that Falco's own files of versions 0.39 to 0.44 have, with their values. Only the rules are those of
# this test.
write_default() {
	cat >falco.yaml <<-'END'
		config_files:
		  - ./config.d
		watch_config_files: true
		rules_files:
		  - rules.yaml
		  - rules.local.yaml
		  - rules.d
		engine:
		  kind: modern_ebpf
		  kmod: {buf_size_preset: 4, drop_failed_exit: false}
		  ebpf: {probe: "${HOME}/.falco/falco-bpf.o", buf_size_preset: 4, drop_failed_exit: false}
		  modern_ebpf: {cpus_for_each_buffer: 2, buf_size_preset: 4, drop_failed_exit: false}
		  replay: {capture_file: ""}
		  gvisor: {config: "", root: ""}
		load_plugins: []
		plugins:
		  - {name: k8saudit, library_path: libk8saudit.so, init_config: "", open_params: "http://:9765/k8s-audit"}
		  - name: container
		    library_path: libcontainer.so
		plugins_hostinfo: true
		time_format_iso_8601: false
		buffer_format_base64: false
		priority: debug
		json_output: false
		json_include_output_property: true
		json_include_message_property: false
		json_include_output_fields_property: true
		json_include_tags_property: true
		buffered_outputs: false
		rule_matching: first
		outputs_queue: {capacity: 0}
		append_output:
		  - suggested_output: true
		static_fields: {}
		stdout_output: {enabled: true}
		syslog_output: {enabled: false}
		file_output: {enabled: false, keep_alive: false, filename: ./events.txt}
		http_output:
		  enabled: false
		  url: ""
		  user_agent: "falcosecurity/falco"
		  insecure: false
		  ca_cert: ""
		  ca_bundle: ""
		  ca_path: "/etc/ssl/certs"
		  mtls: false
		  client_cert: "/etc/ssl/certs/client.crt"
		  client_key: "/etc/ssl/certs/client.key"
		  echo: false
		  compress_uploads: false
		  keep_alive: false
		  max_consecutive_timeouts: 5
		program_output: {enabled: false, keep_alive: false, program: "jq '{text: .output}' | curl -d @- -X POST https://hooks.example/"}
		grpc_output: {enabled: false}
		grpc: {enabled: false, bind_address: "unix:///run/falco/falco.sock", threadiness: 0}
		webserver:
		  enabled: false
		  threadiness: 0
		  listen_port: 8765
		  listen_address: 0.0.0.0
		  k8s_healthz_endpoint: /healthz
		  prometheus_metrics_enabled: false
		  ssl_enabled: false
		  ssl_certificate: /etc/falco/falco.pem
		log_stderr: true
		log_syslog: true
		log_level: info
		libs_logger: {enabled: true, severity: info}
		output_timeout: 2000
		syscall_event_timeouts: {max_consecutives: 1000}
		syscall_event_drops: {threshold: .1, actions: [log, alert], rate: .03333, max_burst: 1, simulate_drops: false}
		metrics: {enabled: false, interval: 1h, output_rule: true, rules_counters_enabled: true}
		capture: {enabled: false, path_prefix: /tmp/falco, mode: rules, default_duration: 5000}
		base_syscalls: {custom_set: [], repair: false, all: false}
		falco_libs: {thread_table_size: 262144}
	END
}

# with CHANGE...: runs linxcap over a capture with the falco.yaml of this test, to which the lines CHANGE... are
# appended.
with() {
	write_rules
	write_default
	printf '%s\n' "$@" >>falco.yaml
	"$WORK/make_capture" 6 >capture
	lx -q -r capture --falco-config falco.yaml
}

test_default_file() {
	with
	is_status 0
	is_silent
	[ -s out ] && ! grep -v ': \(Warning read by 100\|Debug second 101\)$' out || broken "the first rule that is met counts alone"
	grep -q 'second 101' out || broken "no alert of the third rule"
	lx -r capture --falco-config falco.yaml
	has err '^linxcap: falco.yaml: these mean nothing here: .*plugins_hostinfo.*http_output.user_agent.*base_syscalls'
	lacks err 'unknown key|rules_files|json|append_output|static_fields|client_cert|ca_path'
}

test_forms() {
	command -v jq >/dev/null || skip "no jq"
	with 'json_output: true' 'json_include_tags_property: false' 'json_include_message_property: true' 'rule_matching: all' 'priority: notice'
	is_status 0
	[ "$(jq -r 'keys_unsorted | join(",")' out | sort -u)" = hostname,lost_before,message,output,output_fields,priority,rule,source,time ] || broken "keys"
	[ "$(jq -r .message out | sort -u | tr '\n' ,)" = 'also 100,read by 100,' ] || broken "messages"
	with 'json_output: true' 'json_include_output_property: false' 'json_include_output_fields_property: false'
	[ "$(jq -r 'keys_unsorted | join(",")' out | sort -u)" = hostname,lost_before,priority,rule,source,tags,time ] || broken "keys"
	with 'time_format_iso_8601: true'
	grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}\+0000: Warning read by 100$' out || broken "time"
}

test_outputs() {
	with 'stdout_output: {enabled: false}' 'file_output: {enabled: true, filename: ./found}' 'program_output: {enabled: true, program: "tee taken"}'
	is_status 0
	[ -s found ] || broken "no file"
	wait_for cmp found taken
	lx -q -r capture --falco-config falco.yaml --alert file:other
	[ -s other ] && [ "$(wc -l <found)" = "$(wc -l <other)" ] || broken "--alert did not take the place of its outputs"
}

# certificate NAME SUBJECT [OPTION...]: makes NAME.crt and NAME.key, signed by the test's own authority.
certificate() {
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 -out "$1.crt" "${@:3}" 2>/dev/null
}

# Starts a server that accepts alerts only from clients with a certificate, and stores the subject of the certificate.
receive() {
	cat >receive.py <<-'END'
		import http.server, os, ssl
		class Take(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        self.rfile.read(int(self.headers["Content-Length"]))
		        who = dict(x[0] for x in self.connection.getpeercert()["subject"])["commonName"]
		        with open("posted", "a") as f: f.write(who + "\n")
		        self.send_response(200)
		        self.send_header("Content-Length", "0")
		        self.end_headers()
		    def log_message(self, *a): pass
		c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		c.load_cert_chain("server.crt", "server.key")
		c.load_verify_locations("authority.crt")
		c.verify_mode = ssl.CERT_REQUIRED
		s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Take)
		s.socket = c.wrap_socket(s.socket, server_side=True, do_handshake_on_connect=False)
		with open("port.new", "w") as f: f.write(str(s.server_port))
		os.rename("port.new", "port")
		s.serve_forever()
	END
	python3 receive.py 2>/dev/null &
	receiver=$!
	wait_for test -e port
}

test_mutual_tls() { # full
	local http
	command -v python3 >/dev/null && command -v openssl >/dev/null && [ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "no python3 or openssl, or built without libcurl"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.crt -days 2 -subj /CN=authority 2>/dev/null
	certificate server 127.0.0.1 -extfile <(echo subjectAltName=IP:127.0.0.1)
	certificate client watcher
	chmod 600 client.key
	receive
	http="enabled: true, url: \"https://127.0.0.1:$(cat port)/\", client_cert: client.crt, client_key: client.key"
	with "http_output: {$http, ca_cert: authority.crt, ca_bundle: none.crt, mtls: true}"
	is_status 0
	is_silent
	[ "$(sort -u posted)" = watcher ] && [ "$(wc -l <posted)" = "$(wc -l <out)" ] || broken "$(cat posted)"
	with "http_output: {$http, ca_bundle: authority.crt, mtls: false}"
	has err 'alerts lost: https://127.0.0.1:[0-9]*/: ([0-9]*) of \1 did not reach it'
	with "http_output: {$http, mtls: true}"
	has err 'alerts lost: https://127.0.0.1:[0-9]*/: ([0-9]*) of \1 did not reach it'
	# The key ca_path names a folder with certificates of authorities, each under its hash. Options of the command
	# line can name the certificates, too.
	mkdir authorities
	cp authority.crt "authorities/$(openssl x509 -in authority.crt -noout -hash).0"
	: >posted
	with "http_output: {$http, ca_path: authorities, mtls: true}"
	[ "$(sort -u posted)" = watcher ] || broken "ca_path"
	cat client.crt client.key >both.pem
	: >posted
	lx -q -r capture --alert "https://127.0.0.1:$(cat port)/" --alert-ca authority.crt --alert-cert both.pem
	is_status 0
	is_silent
	kill "$receiver"
	[ "$(sort -u posted)" = watcher ] || broken "options"
	refuses 2 'missing certificate: --alert-key: write --alert-cert FILE: the key is for it' -r capture --alert stdout --alert-key client.key
}

test_rules_switched_on_and_off() {
	with 'rules: [{disable: {rule: "*"}}, {enable: {rule: Sec*ads}}]'
	is_status 0
	[ -s out ] && ! grep -v 'second 101$' out || broken "names"
	with 'rules: [{disable: {tag: one}}, {disable: {rule: Second}}]'
	has err '^linxcap: no rule has the name Second: nothing is disabled$'
	grep -q 'also 100$' out && grep -q 'second 101$' out && ! grep -q 'read by' out || broken "tags"
}

# A later file extends lists, and replaces other values together with everything below them: file_output of b.yaml names
# no file.
test_later_files_replace() {
	printf -- '- rule: Closes\n  desc: d\n  output: closes\n  priority: ERROR\n  condition: evt.type = close\n' >more.yaml
	mkdir config.d
	echo 'file_output: {enabled: true, filename: ./one}' >config.d/a.yaml
	echo 'file_output: {enabled: true}' >config.d/b.yaml
	with
	is_status 2
	has err 'file_output.filename is missing'
	rm config.d/b.yaml
	with
	is_status 0
	[ -s one ] && grep -q 'read by 100' out || broken "no alert"
	echo 'rules_files: more.yaml' >config.d/b.yaml
	with
	is_status 0
	grep -q 'closes$' out && ! grep -q 'read by 100' out || broken "other rules than those of the last file"
}

# strategy WORD: runs with a second file that is read with the merge strategy WORD. The second file has three keys: a
# list, a key that the first file has as well, and a key that the first file lacks.
strategy() {
	printf 'rules_files: [more.yaml]\nrule_matching: all\nfile_output: {enabled: true, filename: ./also}\n' >other.yaml
	rm -f also
	with
	sed -i "s|^  - ./config.d\$|  - {path: ./other.yaml, strategy: $1}|; /^file_output/d" falco.yaml
	lx -q -r capture --falco-config falco.yaml
	is_status 0
	[ -s also ] || broken "$1: a key that only that file has"
}

test_strategies() {
	printf -- '- rule: Closes\n  desc: d\n  output: closes\n  priority: ERROR\n  condition: evt.type = close\n' >more.yaml
	strategy append
	grep -q 'closes$' out && grep -q 'read by 100' out && grep -q 'also 100' out || broken "append: $(head -n 3 out)"
	strategy override
	grep -q 'closes$' out && ! grep -q 'read by 100' out || broken "override: $(head -n 3 out)"
	strategy add-only
	! grep -q 'closes$' out && grep -q 'read by 100' out && ! grep -q 'also 100' out || broken "add-only: $(head -n 3 out)"
}

# The elements of lists in later files are appended to those of earlier files.
test_files_of_files() {
	mkdir config.d
	echo 'priority: warning' >config.d/a.yaml
	printf 'rules_files: [more.yaml]\nrule_matching: all\n' >config.d/b.yaml
	printf -- '- rule: Closes\n  desc: d\n  output: closes\n  priority: ERROR\n  condition: evt.type = close\n' >more.yaml
	with
	is_status 0
	grep -q 'Error closes$' out && grep -q 'Warning read by 100$' out && ! grep -q 'second\|also' out || broken "other alerts"
	echo 'priority: none' >config.d/c.yaml
	with
	is_status 2
	says './config.d/c.yaml:1:11: a priority is expected here: emergency, alert, critical, error, warning, notice, informational or debug'
}

test_engine_and_health() {
	with 'engine: {kind: replay, replay: {capture_file: capture}}'
	lx -q --falco-config falco.yaml
	is_status 0
	grep -q 'read by 100$' out || broken "no replay"
	with 'engine: {kind: replay}'
	lx -q --falco-config falco.yaml
	is_status 2
	says 'falco.yaml: engine.replay.capture_file is missing, and the engine is replay'
	with 'engine: {kind: nodriver}'
	is_status 2
	has err '^linxcap: falco.yaml:[0-9]*:16: an engine is expected here: '
	[ -e /usr/include/microhttpd.h ] || return 0
	with 'webserver: {enabled: true, listen_address: 192.0.2.1, listen_port: 9}'
	is_status 1
	says 'cannot serve metrics: 192.0.2.1 port 9: Cannot assign requested address'
}

# Environment variables in values: the cases of Falco's own unit tests.
test_environment() {
	local value want
	export EV=envVarValue EV_IN='${EV}' EV_SELF='a${EV_SELF}' EV_TRUE=true EV_EMPTY=
	unset EV_NONE
	while IFS='^' read -r value want; do
		with engine: '  kind: replay' '  replay:' "    capture_file: $value"
		lx -q --falco-config falco.yaml
		is_status 1
		has err "^linxcap: .*$want"
	done <<-'END'
		./$EV^\./\$EV:
		'./${EV}'^\./envVarValue:
		"./${EV}"^\./envVarValue:
		./$${EV}^\./\$\{EV\}:
		./$$EV^\./\$\$EV:
		./$${EV}$${EV}^\./\$\{EV\}\$\{EV\}:
		./$${${EV}}^\./\$\{envVarValue\}:
		./$${EV}${EV}^\./\$\{EV\}envVarValue:
		./${EV}/${EV}${EV}/foo^\./envVarValue/envVarValueenvVarValue/foo:
		./${EV_IN}/foo^\./envVarValue/foo:
		./a$b${EV}^\./a\$b\$\{EV\}:
		./${EV^\./\$\{EV:
		./x${EV_NONE}${EV_EMPTY}y^\./xy:
	END
	with 'json_output: ${EV_TRUE}'
	is_status 0
	has out '^\{"hostname"'
	with 'priority: ${EV_SELF}'
	is_status 2
	has err '^linxcap: falco.yaml:[0-9]*:11: environment variables: one names itself, or they make more than 64 KiB$'
}

# append_output: text that is appended to outputs, of all rules or of chosen ones, in the order of the entries.
test_append_output() {
	with 'rule_matching: all' 'append_output:' '  - extra_output: "cpu=%evt.cpu 100"' \
		'  - {match: {tags: [one]}, extra_output: "(tagged)"}' \
		'  - {match: {rule: Second reads, source: syscall}, extra_output: "(by %proc.pid)"}' \
		'  - {match: {tags: [one, two]}, extra_output: never}' '  - {match: {rule: first reads}, extra_output: never}' \
		'  - {match: {source: k8s_audit}, extra_output: "%ka.verb"}' '  - {match: , extra_output: ""}'
	is_status 0
	is_silent
	[ "$(sed -E 's/^[^ ]* //; s/cpu=[0-9]+/cpu=N/' out | sort -u)" = "$(printf '%s\n' \
		'Debug second 101 cpu=N 100 (by 101)' 'Notice also 100 cpu=N 100' 'Warning read by 100 cpu=N 100 (tagged)')" ] || broken "$(sort -u out)"
}

# Fields that Falco's container plugin suggests are appended after the static fields, if the configuration loads that
# plugin.
test_suggested_output() {
	local containers='container_id=[^ ]+ container_name=[^ ]+ container_image_repository=[^ ]+ container_image_tag=[^ ]+ k8s_pod_name=[^ ]+ k8s_ns_name=[^ ]+'
	with 'static_fields: {zone: eu, app.id: "${NO_SUCH}x"}'
	is_status 0
	grep -q ' read by 100 static_app_id=x static_zone=eu$' out && ! grep -q container out || broken "static fields"
	with 'load_plugins: [container]'
	grep -qE " read by 100 $containers\$" out || broken "container chosen"
	sed -i '/^load_plugins/d' falco.yaml
	lx -q -r capture --falco-config falco.yaml
	grep -qE " read by 100 $containers\$" out || broken "container listed"
	sed -i 's/suggested_output: true/suggested_output: false/' falco.yaml
	lx -q -r capture --falco-config falco.yaml
	grep -q ' read by 100$' out || broken "not suggested"
}

test_extra_fields() {
	command -v jq >/dev/null || skip "no jq"
	export HOME_OF=/root
	with 'json_output: true' 'append_output:' '  - match: {rule: First reads}' '    extra_fields: [evt.cpu, {home: "${HOME_OF}"}, {who: "%proc.pid of %container.image.tag"}, proc.pid]' \
		'  - extra_fields: [{home: "x"}]' '    match: {rule: Second reads}'
	is_status 0
	is_silent
	[ "$(jq -c 'select(.rule == "First reads") | .output_fields | [.home, .who, (."evt.cpu" | type), ."proc.pid"]' out | sort -u)" = \
		'["/root","100 of <NA>","number",100]' ] || broken "First"
	[ "$(jq -c 'select(.rule == "Second reads") | .output_fields | del(."evt.time")' out | sort -u)" = '{"home":"x","proc.pid":101}' ] || broken "Second"
	! jq -r .output out | grep -vE '(read by 100|second 101)$' || broken "the text has them"
	with 'append_output: [{extra_fields: [evt.cpu]}]'
	! grep -vE ': (Warning read by 100|Debug second 101)$' out || broken "the text has them"
	with 'json_output: true' 'append_output: [{extra_fields: [{proc.pid: "pid %proc.pid"}]}]'
	[ "$(jq -r '.output_fields."proc.pid"' out | sort -u | tr '\n' ,)" = 'pid 100,pid 101,' ] || broken "a field of the output"
}

test_static_fields() {
	local rule='- {rule: Static, desc: d, priority: ERROR, condition: "evt.type = read and static.env in (prod, live)", output: "%static.env/%static.Zone-1"}'
	export STAGE=prod
	echo "$rule" >static.yaml
	with 'rules_files: static.yaml' 'static_fields: {env: "${STAGE}", Zone-1: eu}' 'append_output: []' 'rules: [{disable: {rule: "*reads*"}}]'
	is_status 0
	[ "$(sed -E 's/^[^ ]* //' out | sort -u)" = 'Error prod/eu static_Zone-1=eu static_env=prod' ] || broken "$(head -n 3 out)"
	STAGE=test lx -q -r capture --falco-config falco.yaml
	is_status 0
	[ ! -s out ] || broken "another environment"
	# The map static_fields of a later file replaces the map of the earlier file.
	mkdir -p config.d
	echo 'static_fields: {other: x}' >config.d/a.yaml
	lx -q -r capture --falco-config falco.yaml
	is_status 2
	has err '^linxcap: static.yaml:1:[0-9]*: Static: output: unknown field static.env'
}

# Each mistake is reported with its place and ends the run; an unknown key is only reported.
test_mistakes() {
	local n line want
	while IFS='^' read -r line want; do
		with "$line"
		n=$(wc -l <falco.yaml)
		is_status 2
		case $want in
		:*) says "falco.yaml:$n:${want#:}" ;;
		*) says "falco.yaml: $want" ;;
		esac
	done <<-'END'
		json_output: maybe^:14: true or false is expected here
		priority: []^:11: a priority is expected here: emergency, alert, critical, error, warning, notice, informational or debug
		rule_matching: last^:16: first or all is expected here
		outputs_queue: {capacity: -1}^:27: a number is expected here
		outputs_queue: 3^:16: keys with values are expected here
		rules_files: {a: b}^:14: a path is expected here
		rules_files: [[a]]^:15: a path is expected here
		rules: [{forbid: {rule: a}}]^:9: 'enable' or 'disable' is expected here
		rules: [{enable: {name: a}}]^:18: 'rule: NAME' or 'tag: NAME' is expected here
		load_plugins: k8saudit^:15: a list of plugins is expected here
		webserver: {listen_port: 65536}^:26: a port is expected here, from 1 to 65535
		webserver: {ssl_enabled: true}^:26: TLS is not supported here: put a proxy in front
		http_output: {insecure: true}^:25: certificates are always verified here: name the authority in ca_cert
		http_output: {enabled: true, url: "https://127.0.0.1/", mtls: true, client_cert: ""}^http_output.client_cert is missing, and mtls is true
		append_output: {extra_output: x}^:16: a list is expected here
		append_output: [x]^:17: 'match', 'extra_output', 'extra_fields' or 'suggested_output' is expected here
		append_output: [{extra_output: [x]}]^:32: a text is expected here
		append_output: [{match: x}]^:25: 'source', 'tags' or 'rule' is expected here
		append_output: [{match: {tags: x}}]^:32: a list of tags is expected here
		append_output: [{match: {tags: [[x]]}}]^:33: a tag is expected here
		append_output: [{suggested_output: perhaps}]^:36: true or false is expected here
		append_output: [{extra_fields: proc.name}]^:32: a list of fields is expected here
		append_output: [{extra_fields: [{a: x, b: y}]}]^:33: a field is expected here, as evt.hostname, or 'NAME: "text with %fields"'
		append_output: [{extra_fields: [{a: x}, {a: y}]}]^:41: this field is given twice: a
		append_output: [{extra_output: "on %evt.cpz"}]^:32: unknown field evt.cpz: did you mean evt.cpu?
		append_output: [{extra_fields: [{a: "on %"}]}]^:37: a field is expected behind the percent sign
		append_output: [{extra_fields: [home]}]^:33: a field is expected here, as linx.type or evt.type
		append_output: [{extra_output: "%static.a"}]^:32: unknown field static.a: 'linxcap fields' lists them
		static_fields: [a]^:16: names with values are expected here
		static_fields: {a b: c}^:17: a name is expected here, of at most 64 letters, digits and _-.
		static_fields: {a: [b]}^:20: a text is expected here
		config_files: [{path: a, strategy: merge}]^:36: append, override or add-only is expected here
		config_files: [{strategy: append}]^:16: a path is expected here
		program_output: {enabled: true, program: "jq . | tee x"}^:42: no shell is started here: write a script, and its name
		http_output: {enabled: true}^http_output.url is missing, and its output is enabled
		http_output: {enabled: true, url: stdout}^http_output.url: write http://... or https://...: stdout
		file_output: {enabled: true, filename: ""}^file_output.filename is missing, and its output is enabled
		stdout_output: {enabled: false}^no output is enabled: enable one, or write --alert OUTPUT
		webserver: {enabled: true, listen_address: localhost}^webserver.listen_address: write a numeric address: localhost
		webserver: {enabled: true, k8s_healthz_endpoint: /metrics}^webserver.k8s_healthz_endpoint: write another path, as /healthz
	END
	with 'http_output: {enabled: true, url: "https://127.0.0.1/", mtls: true, client_cert: ./none.crt}'
	is_status 1
	says 'cannot send alerts: ./none.crt: No such file or directory'
	with 'append_output: [{extra_text: x, match: {tag: [x]}}]'
	has err '^linxcap: falco.yaml:[0-9]*:18: unknown key append_output: extra_text: it is passed over$'
	has err '^linxcap: falco.yaml:[0-9]*:41: unknown key append_output: tag: it is passed over$'
	with 'priorty: debug' 'load_plugins: [container, k8saudit]' 'http_output: {colour: red}'
	is_status 0
	has err '^linxcap: falco.yaml:[0-9]*:1: unknown key priorty: did you mean priority\? It is passed over$'
	has err '^linxcap: falco.yaml:[0-9]*:27: k8saudit: this plugin is not loaded: rules of its source are passed over$'
	has err '^linxcap: falco.yaml:[0-9]*:15: unknown key http_output.colour: did you mean http_output.url\? It is passed over$'
	printf 'a: [\n' >broken.yaml
	lx --falco-config broken.yaml
	is_status 2
	has err '^linxcap: broken.yaml:2:1: '
	head -c 1100000 /dev/zero | tr '\0' '#' >broken.yaml
	refuses 2 'broken.yaml: it is longer than 1 MiB' --falco-config broken.yaml
	echo 'priority: debug' >broken.yaml
	refuses 2 'no rules: broken.yaml: it has no rules_files: write them there, or --rules FILE' --falco-config broken.yaml
	refuses 2 'none.yaml: cannot be read: No such file or directory' --falco-config none.yaml
	rm rules.yaml
	lx -q -r capture --falco-config falco.yaml
	is_status 2
	has err '^linxcap: no rules: rules.yaml: it is not there, or has none$'
	lx -q -r capture --falco-config falco.yaml --rules gone.yaml
	is_status 2
	has err 'gone.yaml: cannot be read'
}
