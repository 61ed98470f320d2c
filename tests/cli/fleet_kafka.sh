# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linx-ship --kafka: blocks of a spool become messages in Kafka, each at least once, and by their numbers exactly once.
. "$CLI/fleet_functions"
. "$CLI/clickhouse_functions"

# start_kafka: starts simulated brokers, as process $kafka, which listen on 127.0.0.1 at $brokers.
start_kafka() {
	[ -e /usr/include/librdkafka/rdkafka_mock.h ] || skip "no librdkafka-dev: apt install librdkafka-dev"
	type -P kcat >/dev/null || skip "no kcat: apt install kcat"
	"${CC:-gcc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror "$CLI/kafka_mock.c" -lrdkafka -o kafka_mock
	mkfifo order
	./kafka_mock 2 linx.rows 3 <order >brokers 2>kafka.log &
	kafka=$!
	exec 7>order
	started=("$kafka")
	trap 'kill -KILL "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
	wait_for grep -q . brokers
	brokers=$(cat brokers)
}

# send_kafka SPOOL [ARG...]: sends a spool until all is acknowledged.
send_kafka() {
	local spool=$1
	shift
	status=0
	"$LIMIT_PROGRAM" 60 "$ship" --kafka "$brokers" --spool "$spool" --jitter 0 --catch-up 0 --until-stored "$@" >out 2>err || status=$?
}

# read_kafka: writes all messages to the file messages, one line of JSON each.
read_kafka() { kcat -b "$brokers" -t linx.rows -C -e -q -J -o beginning >messages 2>kcat.log || broken "$(cat kcat.log)"; }

# is_sent MACHINE...: expects that the messages of each machine, each number taken once, are its lines in their order; that
# all have the machine as key and are in one partition; and that messages which came twice are equal. Prints how many came
# twice.
is_sent() {
	local machine
	read_kafka
	for machine; do
		/usr/bin/python3 - "$machine" messages >sent <<-'END' || broken "$machine: $(cat sent)"
			import json, sys
			blocks, again, partitions = {}, 0, set()
			for line in open(sys.argv[2]):
			    message = json.loads(line)
			    if message['key'] != sys.argv[1]:
			        continue
			    names, values = message['headers'][::2], message['headers'][1::2]
			    head = dict(zip(names, values))
			    assert names == ['machine', 'spool', 'block', 'last_block', 'rows'] and head['machine'] == message['key'], names
			    assert message['payload'].count('\n') == int(head['rows']), head
			    number = head['spool'], int(head['block'])
			    again += number in blocks
			    assert blocks.setdefault(number, message['payload']) == message['payload'], number
			    partitions.add(message['partition'])
			assert len(partitions) == 1, partitions
			assert [number for spool, number in sorted(blocks)] == list(range(1, len(blocks) + 1)), sorted(blocks)
			print(len(blocks), 'blocks,', again, 'came twice', file=sys.stderr)
			columns = """machine session cpu seq part kind dir time pid tid ppid uid comm exe cmdline container call abi ret errno duration
			    path flags states args container_name namespace pod workload_kind
			    workload labels""".split()
			for number in sorted(blocks):
			    for line in blocks[number].splitlines():
			        row = json.loads(line)
			        print(json.dumps({c: row.get(c) for c in columns}))
		END
		/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" "lines-$machine" sent >compared 2>&1 || broken "$machine: $(tail -n 3 compared)"
	done
}

test_kafka() {
	need_nats
	start_kafka
	record web-1 20000 500
	record db 3000 500
	send_kafka spool-web-1
	is_status 0
	has err '^linx-ship: 42 blocks sent, 0 sent again, 0 lost on disk$'
	send_kafka spool-db
	is_status 0
	[ "$(find spool-web-1 -name '*.seg' | wc -l)" = 1 ] || broken "the spool still has what is acknowledged: $(ls spool-web-1)"
	is_sent web-1 db
	# what is acknowledged is not sent again, though the spool still has it in its last segment
	send_kafka spool-web-1
	has err '^linx-ship: 0 blocks sent, 0 sent again, 0 lost on disk$'
	# settings from a file, and those that cannot be set
	printf '# comment\n\nclient.id=x\ncompression.codec=lz4\n' >config
	"$WORK/make_capture" 1000 mixed node=web-2 >capture
	lx -q -r capture --spool spool-web-2
	lx -q -r capture --format json --cmdline 1000000 -T
	mv out lines-web-2
	send_kafka spool-web-2 --kafka-config config
	is_status 0
	is_sent web-2
	for line in 'acks=1' 'enable.idempotence=false' 'sasl.password=' 'nonsense' 'no.such=secret' 'linger.ms=secret'; do
		echo "$line" >config
		send_kafka spool-web-2 --kafka-config config
		[ "$line" = 'sasl.password=' ] || is_status 1
		lacks err secret
	done
	send_kafka spool-web-2 --kafka-config nowhere
	is_status 1
	send_kafka spool-web-2 --kafka-format xml
	is_status 2
	lacks err 'has alerts'
	lx -q -r capture --spool spool-web-2 --alert spool 'linx.type = read'
	is_status 0
	send_kafka spool-web-2
	is_status 0
	has err '^linx-ship: the spool has alerts, which stay there: --kafka sends rows alone: spool-web-2$'
	# the body of a message in ClickHouse's format
	send_kafka spool-web-2 --kafka-format native --kafka-topic native
	is_status 0
}

# Brokers that are away: blocks wait in the spool, and are sent when the brokers are back.
test_brokers_are_away() {
	need_nats
	start_kafka
	record web-1 3000 300
	echo down >&7
	"$ship" --kafka "$brokers" --spool spool-web-1 --jitter 1s --catch-up 0 --until-stored >ship.log 2>&1 &
	shipping=$!
	started+=("$shipping")
	wait_for grep -q '^linx-ship: .*brokers are down' ship.log
	kill -0 "$shipping"
	echo up >&7
	status=0
	wait "$shipping" || status=$?
	is_status 0
	is_sent web-1
}

# A block that is damaged on the disk is a row that says so.
test_kafka_damaged_spool() {
	need_nats
	start_kafka
	record web-1 2000 500
	/usr/bin/python3 - spool-web-1/*.seg <<-'END'
		import sys
		data = bytearray(open(sys.argv[1], 'rb').read())
		data[32 + 400] ^= 1
		open(sys.argv[1], 'wb').write(data)
	END
	send_kafka spool-web-1
	is_status 0
	has err '1 lost on disk'
	read_kafka
	/usr/bin/python3 -c 'import json; print("".join(json.loads(m)["payload"] for m in open("messages")), end="")' >got
	[ "$(wc -l <got)" = 1516 ] || broken "$(wc -l <got) rows"
	has got '"kind":"gap",.*first_block.*:1,.*cause.*spool'
}

# linx-ship is killed 20 times: no block is missing, and those that came twice are equal.
test_kafka_kills() {
	local i
	need_nats
	start_kafka
	record web-1 20000 100
	for i in {1..20}; do
		"$ship" --kafka "$brokers" --spool spool-web-1 --jitter 0 --catch-up 0 >ship.log 2>&1 &
		read -rt "0.$((RANDOM % 4))$((RANDOM % 10))" <>"$WORK/pause" || true
		end $!
	done
	send_kafka spool-web-1
	is_status 0
	is_sent web-1
}

# ClickHouse reads the topic by the statements of docs/fleet-kafka.md: FINAL has each row once, though linx-ship was killed.
test_clickhouse_reads_kafka() { # full
	local i statement
	[ "${LINX_CLICKHOUSE:-}" = chdb ] || skip "ClickHouse 18.16 has no Kafka engine here: make check-fleet has another one"
	need_nats
	start_kafka
	start_clickhouse
	started+=("$server")
	record web-1 20000 100
	record db 3000 100
	for i in {1..10}; do
		"$ship" --kafka "$brokers" --spool spool-web-1 --jitter 0 --catch-up 0 >ship.log 2>&1 &
		read -rt "0.$((RANDOM % 5 + 3))" <>"$WORK/pause" || true
		end $!
		rm -f spool-web-1/kafka.place # so that much comes twice
	done
	send_kafka spool-web-1
	send_kafka spool-db
	sed -n '/^    create table rows_queue/,/^    create materialized/s/^    //p' "$LINX_ROOT/docs/fleet-kafka.md" | sed "s/broker-1:9092/${brokers//,/\\,}/" >statements
	grep -q "$brokers" statements || broken "$(cat statements)"
	while read -rd ';' statement; do
		ask "$statement" || broken "$statement"
	done <statements
	wait_for eval '[ "$(ask "select count() from rows final")" = 23030 ]'
	read_kafka
	[ "$(wc -l <messages)" -gt 240 ] || broken "no block came twice: $(wc -l <messages)"
	ask "select toString(session), toString(cpu), toString(seq), part, kind, toString(time), comm, call, ret, args from rows final where machine = 'web-1'
		order by spool, block, seq format JSONCompactEachRow" | LC_ALL=C sort >got
	/usr/bin/python3 - lines-web-1 got <<-'END' || broken "rows and lines differ"
		import collections, json, sys
		lines = [json.loads(line) for line in open(sys.argv[1])]
		rows = [json.loads(line) for line in open(sys.argv[2])]
		key = lambda o: (o.get('cpu'), o.get('seq'), o['kind'], o.get('time_ns'))
		want = collections.Counter(key(o) for o in lines)
		number = lambda text: None if text is None else int(text)
		have = collections.Counter((number(r[1]), number(r[2]), r[4], number(r[5])) for r in rows)
		sys.exit(want != have)
	END
}
