# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Alerts of a fleet on 127.0.0.1: linxcap --alert spool, linx-ship, nats-server, linx-store --alerts, and a stand-in for
# Falcosidekick. Every alert gets there, whatever dies meanwhile.
. "$CLI/fleet_functions"

need_curl() {
	[ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || skip "built without libcurl"
}

# receiver NAME: starts the receiver NAME, or starts it again at its port, as process $receiver.
receiver() {
	/usr/bin/python3 "$CLI/alert_receiver.py" "$1" ${ports[$1]:+"${ports[$1]}"} 2>>receiver.log &
	receiver=$!
	started+=("$receiver")
	[ -n "${ports[$1]:-}" ] || { wait_for test -e "$1.port"; ports[$1]=$(cat "$1.port"); }
	wait_for /usr/bin/python3 -c "import socket; socket.create_connection(('127.0.0.1', ${ports[$1]}), 1)"
}

begin() {
	declare -gA ports
	need_curl
	start_nats "$@"
	receiver one
}

# alerts_of MACHINE COUNT BOOT [OPTION...]: writes alerts of COUNT calls to the spool of the machine, and appends them to
# alerts-MACHINE.
alerts_of() {
	"$WORK/make_capture" "$2" mixed "node=$1" "boot=$3" >capture
	lx -q -r capture --spool "spool-$1" --alert spool --alert "file:alerts-$1" --alert-json --alert-rule "rule of $1" "${@:4}" 'linx.type = read'
	is_status 0
}

# posting [ARG...]: starts linx-store with the receiver "one", or ./changed if it was made.
posting() {
	local program=()
	[ ! -x changed ] || program=(./changed)
	store "${program[@]}" --alerts "http://127.0.0.1:${ports[one]}/" "$@"
}

# impatient: makes ./changed, whose pauses after failures of receivers are a twentieth of those of linx-store.
impatient() {
	changed alert_queue.c 's/^#define SECOND_NS .*/#define SECOND_NS 50000000ull/'
}

# has_taken NAME MACHINE...: true if the receiver has taken each alert of the machines. It can have taken one several times.
has_taken() {
	local files=("${@:2}")
	[ -e "$1.taken" ] && sort -u "${files[@]/#/alerts-}" | cmp -s - <(sort -u "$1.taken")
}

# has_taken_once NAME MACHINE...: expects that the receiver has taken each alert of the machines once.
has_taken_once() {
	local files=("${@:2}")
	sort "${files[@]/#/alerts-}" | cmp - <(sort "$1.taken") || broken "$(wc -l "$1.taken" alerts-*)"
}

# shipped MACHINE: sends the spool of the machine until all that it has is done.
shipped() {
	send "spool-$1" --machine "$1"
	is_status 0
}

test_every_alert_once() {
	begin
	alerts_of web-1 3000 1
	alerts_of db 1000 2
	posting
	shipped web-1
	has err '^linx-ship: [0-9]* blocks sent, 0 sent again, 0 lost on disk; [0-9]* alerts sent, 0 sent again, 0 lost on disk$'
	shipped db
	has_taken_once one web-1 db
	# what is done is not posted again, whatever is started again
	end "$stored" TERM
	posting
	shipped web-1
	end "$nats"
	rm -r js
	nats
	alerts_of db 100 3
	shipped db
	shipped web-1
	has_taken_once one web-1 db
	end "$stored" TERM
	[ "$(grep -c ' alerts done, ' store.log)" = 2 ] || broken "$(cat store.log)"
	! find rows/alerts -perm /o+rwx | grep -q . || broken "others may read: $(find rows/alerts -ls)"
}

# While a receiver takes no alert of one machine, these do not fill the stream: alerts of another machine get through. They
# do not if the stream has no limit for a machine, as in the second program. The stream has room for some hundred alerts.
test_one_machine_does_not_fill_the_stream() {
	local each
	begin
	echo 'web-1 503' >one.answers
	alerts_of web-1 4000 1
	alerts_of db 100 2
	for each in 50 0; do
		changed alert_desk.c "s/^#define MACHINE_ALERTS .*/#define MACHINE_ALERTS $each/"
		posting --alerts-stream-size 250K
		sending spool-web-1 --machine web-1
		wait_for filled "$each"
		sending spool-db --machine db
		if [ "$each" != 0 ]; then
			wait_for has_taken one db
			# alerts of db leave the stream a moment after they were taken
			wait_for filled "$each"
		else
			sleep 4
			[ ! -e one.taken ] || broken "$(head -c 500 one.taken)"
		fi
		end "$stored"
		kill -KILL "${started[@]}" 2>/dev/null || true
		wait 2>/dev/null || true
		rm -rf js rows one.taken changed
		nats
		receiver one
	done
}

# filled N: true if the stream has N alerts, or for 0 if it has no room for more.
filled() {
	stream INFO.LINX_ALERTS 2>/dev/null && /usr/bin/python3 - "$1" <<-'END'
		import json, sys
		state = json.load(open('answer'))['state']
		sys.exit(not (state['messages'] == int(sys.argv[1]) if sys.argv[1] != '0' else state['bytes'] > 240000))
	END
}

# The receiver cannot take alerts for a while, dies, and comes again. linx-ship, linx-store and the server are killed
# meanwhile.
test_every_alert_gets_there() {
	local round
	begin
	impatient
	echo '* 503 Retry-After: 1' >one.answers
	alerts_of web-1 1000 1
	posting
	sending spool-web-1 --machine web-1
	wait_for grep -q 'alerts wait: 127.0.0.1:.*: status 503' store.log
	for round in 2 3 4; do
		alerts_of web-1 500 "$round"
		case $round in
		2) end "$stored" ;;
		3) end "$nats" && nats ;;
		4) end "$shipping" && sending spool-web-1 --machine web-1 ;;
		esac
		[ "$round" != 2 ] || posting
	done
	end "$receiver"
	wait_for grep -Eq "alerts wait: 127.0.0.1:[0-9]+: .*[Cc]onnect" store.log
	rm one.answers
	receiver one
	wait_for has_taken one web-1
	wait_for grep -q 'alerts are posted again: 127.0.0.1:' store.log
	end "$stored" TERM
	end "$shipping"
	posting
	shipped web-1
	end "$stored" TERM
	has_taken one web-1
}

# The server loses its disk before linx-store has taken the alerts: linx-store asks for them.
test_server_without_its_disk() { # full
	begin
	alerts_of web-1 1000 1
	posting
	wait_for consumer_of_alerts
	end "$stored" TERM
	sending spool-web-1 --machine web-1
	wait_for sent_alerts
	end "$nats"
	rm -r js
	nats
	posting
	wait_for has_taken one web-1
	end "$shipping"
	shipped web-1
}

consumer_of_alerts() { consumer INFO.LINX_ALERTS.store; }
sent_alerts() { ls js/jetstream/*/streams/LINX_ALERTS/msgs/*.blk >files 2>/dev/null && grep -aq 'rule of web-1' js/jetstream/*/streams/LINX_ALERTS/msgs/*.blk; }

# A receiver refuses the alerts of one machine: after ten tries these are set aside, as far as there is room, and those of
# the other machine do not wait for them. The health check stays good.
test_refused_alerts() {
	begin
	need_pages
	echo '"web-1" 400' >one.answers
	alerts_of web-1 60 1
	alerts_of db 3000 2
	impatient
	posting --metrics 0
	find_pages
	sending spool-web-1 --machine web-1
	wait_for grep -q '^400' one.log
	shipped db
	has_taken_once one db
	is_health 200 good || broken "$(cat health)"
	wait_for refused_all
	is_health 200 good || broken "$(cat health)"
	end "$shipping"
	shipped web-1
	has_taken_once one db
	for name in rows/alerts/refused/web-1/*.json; do
		cat "$name"
		echo
	done | sort | cmp - <(sort alerts-web-1) || broken "other alerts are set aside"
	[ "$(grep -c '^400' one.log)" -ge "$((10 * $(grep -c . alerts-web-1)))" ] || broken "$(sort one.log | uniq -c)"
	get_page "$pages" /metrics >page
	has page "^linx_store_alerts_refused_total $(grep -c . alerts-web-1)\$"
	has page '^linx_store_alerts_dropped_total 0$'
	has page '^linx_store_alerts_waiting 0$'
	has page '^linx_store_alerts_taken_total{receiver="1",host="127.0.0.1:[0-9]*"} [1-9]'
	end "$stored" TERM
}

need_pages() { [ -e /usr/include/microhttpd.h ] || skip "built without libmicrohttpd"; }
refused_all() { [ "$(find rows/alerts/refused/web-1 -name '*.json' 2>/dev/null | wc -l)" -ge "$(grep -c . alerts-web-1)" ]; }

# A machine that is silent for the time of --silent is an alert, and so is one that is heard again: one of each, also while
# the receiver is away, and when linx-store is killed and started again.
test_silent_machines() {
	local silent='linx: machine silent/Error/web-1' heard='linx: machine heard again/Notice/web-1'
	begin
	impatient
	alerts_of web-1 300 1
	posting --silent 2s
	shipped web-1
	wait_for has_silences "$silent"
	jq -se 'map(select(.rule == "linx: machine silent"))[0] | .source == "internal" and .output_fields["linx.silent"] == 2 and
		(.output | endswith(": Error linx: machine silent: nothing was heard of web-1 for 2 seconds"))' one.taken >found ||
		broken "$(grep silent one.taken)"
	wait_for grep -qx web-1 rows/alerts/silent
	# a restart repeats nothing, and knows of whom it was said
	end "$stored"
	posting --silent 2s
	wait_for grep -q 'silent: web-1: it was so before this start' store.log
	sleep 3
	has_silences "$silent" || broken "$(grep machine one.taken)"
	# linx-store hears the machine again, and dies before it can post that
	end "$receiver"
	sending spool-web-1 --machine web-1
	wait_for grep -q '^linx-store: no longer silent: web-1' store.log
	end "$stored"
	posting --silent 60s # on a busy machine, 2 seconds of silence come by themselves
	receiver one
	wait_for has_silences "$silent" "$heard"
	sleep 3
	has_silences "$silent" "$heard" || broken "$(grep machine one.taken)"
	end "$stored" TERM
	[ ! -s rows/alerts/silent ] || broken "$(cat rows/alerts/silent)"
}

# While linx-store has no connection to the server, no machine can be heard, and none is silent.
test_silence_of_the_server() { # full
	begin
	alerts_of web-1 300 1
	posting --silent 6s
	sending spool-web-1 --machine web-1
	wait_for has_taken one web-1
	end "$nats"
	sleep 9
	nats
	sleep 5
	! grep -q 'silent: web-1' store.log || broken "$(cat store.log)"
	end "$shipping"
	wait_for has_silences 'linx: machine silent/Error/web-1'
	end "$stored" TERM
}

# has_silences RULE/PRIORITY/MACHINE...: true if these are the alerts about silences that the receiver has taken.
has_silences() {
	printf '%s\n' "$@" | cmp -s - <(jq -r 'select(.rule | startswith("linx: machine")) | "\(.rule)/\(.priority)/\(.hostname)"' one.taken)
}

# A wrong token or a wrong URL is no fault of the alerts: all wait, and get there when it is mended.
test_wrong_token() {
	begin
	need_pages
	echo '* 401' >one.answers
	alerts_of web-1 300 1
	printf 'Authorization: Bearer old\n' >heads
	chmod 644 heads
	posting --alerts-header-file heads
	status=0
	wait "$stored" || status=$?
	is_status 1
	has store.log 'cannot use: heads: everybody may read or write it: chmod o= heads'
	chmod 600 heads
	posting --alerts-header-file heads --metrics 0
	find_pages
	sending spool-web-1 --machine web-1
	wait_for grep -q 'alerts wait: 127.0.0.1:[0-9]* refuses this program: status 401: check --alerts and --alerts-header-file' store.log
	wait_for is_health 503 'alerts wait: receiver 1 refuses linx-store$'
	! grep -q old store.log health || broken "the token is shown"
	grep -q '^401 / Bearer old$' one.log || broken "$(cat one.log)"
	end "$stored" TERM
	mv store.log first.log
	printf 'Authorization: Bearer new\n' >heads
	rm one.answers
	posting --alerts-header-file heads --metrics 0
	find_pages
	wait_for has_taken one web-1
	wait_for is_health 200 good
	[ ! -e rows/alerts/refused ] || broken "set aside: $(find rows/alerts)"
	grep -q '^200 / Bearer new$' one.log || broken "$(cat one.log)"
	end "$shipping"
	end "$stored" TERM
}

# Two receivers: each gets each alert, also if the other is away for long. One gets log records of OTLP.
test_two_receivers() { # full
	begin
	impatient
	receiver two
	end "$receiver"
	alerts_of web-1 3000 1
	posting --alerts "otlp+http://127.0.0.1:${ports[two]}/v1/logs"
	sending spool-web-1 --machine web-1
	wait_for has_taken one web-1
	receiver two
	wait_for eval '[ "$(jq -r ".resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue" two.taken 2>/dev/null | sort -u | wc -l)" = "$(jq -r .output alerts-web-1 | sort -u | wc -l)" ]'
	end "$shipping"
	shipped web-1
	end "$stored" TERM
	jq -r '.resourceLogs[0].resource.attributes[0].value.stringValue, (.resourceLogs[0].scopeLogs[0].logRecords[0] | .severityNumber)' two.taken | sort -u >got
	printf '%s\n' 10 web-1 | cmp - got || broken "$(cat got)"
}

# A fault of one of the two spools or streams does not stop the other: the machine has no permission for alerts, or there
# is no stream of alerts, or alerts cannot be posted.
test_rows_go_on() {
	begin 'authorization { users: [' \
		'{ user: web-1, password: right, permissions: { publish: ["linx.rows.*.web-1", "linx.at.web-1"], subscribe: ["linx.stored.web-1", "_INBOX.web-1.>"] } }' \
		'{ user: store, password: right, permissions: { publish: ["linx.stored.>", "$JS.>"], subscribe: ["linx.at.>", "_INBOX.>"] } }' \
		'] }'
	alerts_of web-1 1000 1
	lx -q -r capture --format json --cmdline 1000000 -T 'linx.type = read'
	mv out lines-web-1
	url=nats://store:right@127.0.0.1:$port
	posting
	url=nats://web-1:right@127.0.0.1:$port
	sending spool-web-1 --machine web-1
	wait_for grep -Eq "127.0.0.1:$port: .*[Pp]ermissions? [Vv]iolation.*linx.alerts.web-1" ship.log
	wait_for rows_of web-1
	kill -0 "$shipping" || broken "$(cat ship.log)"
	[ ! -e one.taken ] || broken "$(cat one.taken)"
	end "$shipping"
	# with the permission, alerts follow
	end "$nats"
	sed -i 's/"linx.at.web-1"/"linx.at.web-1", "linx.alerts.web-1"/' nats.conf
	nats
	shipped web-1
	has_taken one web-1
	end "$stored" TERM
}

rows_of() { /usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" "lines-$1" "rows/machine=$1" >compared 2>&1; }

# A spool of rows that cannot be sent, since it was restored, does not stop alerts.
test_alerts_go_on() { # full
	begin
	alerts_of web-1 1000 1
	cp -r spool-web-1 restored
	rm restored/*.alerts
	alerts_of web-1 100 2
	alerts_of web-1 100 3
	posting
	shipped web-1
	has_taken_once one web-1
	rm -r spool-web-1
	mv restored spool-web-1
	alerts_of web-1 200 4
	sending spool-web-1 --machine web-1
	wait_for has_taken one web-1
	wait_for grep -q '^linx-ship: the spool is older than what linx-store has of it' ship.log
	kill -0 "$shipping" || broken "$(cat ship.log)"
	end "$shipping"
	end "$stored" TERM
}

# Alerts of others than the machine in the subject, and messages that are no alerts, are set aside and counted.
test_hostile_messages() {
	begin
	posting
	wait_for consumer_of_alerts
	/usr/bin/python3 - "$port" <<-'END'
		import json, socket, sys
		s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)
		s.sendall(b'CONNECT {"verbose":false,"headers":true}\r\n')
		good = {'hostname': 'web-1', 'rule': 'r', 'priority': 'Error', 'time': '2026-01-01T00:00:00.000000000Z', 'output': 'o'}
		whole = json.dumps(good).encode()

		def send(head, body, subject='linx.alerts.web-1'):
		    head = b'NATS/1.0\r\n' + (b'Linx-Alert: ' + head.encode() + b'\r\n' if head else b'') + b'\r\n'
		    s.sendall(f'HPUB {subject} {len(head)} {len(head) + len(body)}\r\n'.encode() + head + body + b'\r\n')

		bad = [b'', b'nonsense', b'[]', whole + whole, whole.replace(b'web-1', b'db'), whole.replace(b'"o"', b'"\xff"'),
		       whole.replace(b'"o"', b'"\xed\xa0\x80"'), whole[:-1] + b',"Hostname":"db"}', whole[:-1] + b',"hostname":"db"}',
		       b'{"hostname":"web-1"}', whole.replace(b'web-1', b'web-1\\u0000db'), b'{"a":' * 5000, whole.replace(b'"o"', b'"o' + b'x' * (4 << 20) + b'"')]
		for number, body in enumerate(bad, 1):
		    send(f'00000000000000aa {number} {number}', body)
		for head in [None, 'aa 0 0', 'aa 5 4', 'aa 1', 'aa 1 2 3', 'aa 1 18446744073709551615', 'xx 1 1', '0 1 1', '00000000000000aa1 1 1']:
		    send(head, whole)
		send('00000000000000aa 1 1', whole, 'linx.alerts.a.b..c')
		send('00000000000000aa 100 100', whole)
		send('00000000000000aa 100 100', whole)
		s.sendall(b'PING\r\n')
		while not s.recv(1000).endswith(b'PONG\r\n'):
		    pass
	END
	wait_for test -e one.taken
	end "$stored" TERM
	[ "$(wc -l <one.taken)" = 1 ] || broken "$(cat one.taken)"
	grep -q '^linx-store: 1 alerts done, [01] came again, 21 set aside, 1 dropped, 0 reported as lost$' store.log || broken "$(grep alerts store.log)"
	has store.log 'refused: an alert of web-1: it is not of a size that alerts have: set aside \(1 so far\)'
}

# What found no room in a full spool, and what was damaged on disk, is counted exactly, and reported as an alert.
test_losses_are_counted() {
	begin
	need_pages
	alerts_of web-1 4000 1 --spool-size 1M
	/usr/bin/python3 - spool-web-1/00000000000000000001.alerts <<-'END'
		import struct, sys
		data = bytearray(open(sys.argv[1], 'rb').read())
		at = 32
		for _ in range(2):
		    at += struct.unpack_from('<I', data, at + 4)[0] + struct.unpack_from('<I', data, at + 68)[0]
		data[at + 300] ^= 1
		open(sys.argv[1], 'wb').write(data)
	END
	posting --metrics 0
	find_pages
	shipped web-1
	has err '; [0-9]* alerts sent, [0-9]* sent again, 1 lost on disk$'
	jq -s '(map(select(.rule != "linx: alerts lost")) | length), (map(.output_fields["linx.lost"] // 0) | add)' one.taken >sums
	[ "$(($(head -n 1 sums) + $(tail -n 1 sums)))" = "$(grep -c . alerts-web-1)" ] || broken "$(cat sums) of $(wc -l alerts-web-1)"
	[ "$(tail -n 1 sums)" -gt 1 ] || broken "$(cat sums)"
	get_page "$pages" /metrics >page
	has page "^linx_store_alerts_lost_total $(tail -n 1 sums)\$"
	end "$stored" TERM
}

# linx-ship without linx-store: what the server acknowledges is removed, and the message is Falco's JSON.
test_acks() { # full
	begin
	alerts_of web-1 300 1
	posting
	wait_for consumer_of_alerts
	end "$stored" TERM
	send spool-web-1 --machine web-1 --acks
	is_status 0
	posting
	wait_for has_taken one web-1
	end "$stored" TERM
}

test_what_is_refused() {
	need_nats
	need_curl
	local words
	while read -r words; do
		status=0
		# shellcheck disable=SC2086
		"$LIMIT_PROGRAM" 60 "$store" --nats nats://127.0.0.1:1 --parquet rows ${words%%=*} >out 2>err || status=$?
		[ "$status" = 1 ] || [ "$status" = 2 ] || broken "$words: status $status"
		grep -q "${words#*=}" err || broken "$words: $(cat err)"
	done <<-'END'
		--alerts ftp://x=not a URL: --alerts ftp://x: write http(s)://... or otlp+http(s)://...
		--alerts http://=not a host and port: --alerts
		--alerts http://user:secret@x/=a user and a password go into --alerts-header-file
		--alerts-header-file x=no receiver: --alerts-header-file x
		--alerts http://x --alerts-header-file nowhere=cannot read: nowhere
		--alerts-ca x=no receiver: --alerts-ca
		--alerts http://x --alerts-stream-size 0=not a size: --alerts-stream-size 0
	END
	printf 'no header\n' >heads
	chmod 600 heads
	"$LIMIT_PROGRAM" 60 "$store" --nats nats://127.0.0.1:1 --parquet rows --alerts http://x --alerts-header-file heads >out 2>err && broken "taken" || true
	has err 'heads:1: not a header: write Name: value'
}
