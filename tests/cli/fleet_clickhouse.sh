# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linx-store puts the rows of machines into ClickHouse, which the tests start on 127.0.0.1: each row is there once.
. "$CLI/fleet_functions"
. "$CLI/clickhouse_functions"

# Starts both servers, and makes the tables.
start_servers() {
	start_nats
	start_clickhouse
	started+=("$server")
	"$store" setup --clickhouse "http://127.0.0.1:$http" 2>setup || broken "$(cat setup)"
}

# insert [PROGRAM] [ARG...]: starts linx-store with the tables.
insert() {
	local program=$store
	[ ! -x "${1:-}" ] || { program=$1; shift; }
	store "$program" --clickhouse "http://127.0.0.1:$http" "$@"
}

# number SQL: the number that a query gives.
number() { ask "select $1 format TabSeparated"; }

# is_number N SQL
is_number() {
	local got
	got=$(number "$2")
	[ "$got" = "$1" ] || broken "$got, not $1: $2"
}

columns_of_rows="machine, session, cpu, seq, part, kind, dir, time, pid, tid, ppid, uid, comm, exe, cmdline, container, call, abi, ret,
	errno, duration, path, flags, states, args, container_name, namespace, pod, workload_kind, workload, labels"

# rows_of MACHINE COLUMNS: writes these columns of its rows to the file inserted, in the order in which they were recorded.
rows_of() {
	ask "select $2 from (select * from linx.rows where machine = '$1') order by spool, block, row format JSONEachRow" >inserted
}

# is_inserted MACHINE...: expects that the rows of each machine are the lines in its file lines-MACHINE, in their order,
# each exactly once; no query uses FINAL.
is_inserted() {
	local machine
	for machine; do
		rows_of "$machine" "$columns_of_rows, spool, block, row"
		/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" "lines-$machine" inserted >compared 2>&1 ||
			broken "$machine: $(tail -n 3 compared)"
	done
	is_number "$(number 'count() from linx.rows')" 'uniqExact(machine, spool, block, row) from linx.rows'
}

test_each_row_once() {
	start_nats
	start_clickhouse
	started+=("$server")
	record web-1 20000 500
	insert
	wait_for grep -q 'tables are missing or old: .*: run linx-store setup' store.log
	wait "$stored" || status=$?
	is_status 1
	"$store" setup --clickhouse "http://127.0.0.1:$http" 2>err
	has err 'the tables are ready: .*: database linx of ClickHouse [0-9.]*'
	"$store" setup --clickhouse "http://127.0.0.1:$http"
	is_number 2 'count() from linx.versions'
	insert
	ship web-1
	is_status 0
	has err '^linx-ship: 42 blocks sent, 0 sent again, 0 lost on disk$'
	end "$stored" TERM
	is_inserted web-1
	has store.log ' 20015 rows in 42 blocks, 0 came again, 0 refused, 0 lost'
	# the account of blocks is that of rows, for each CPU
	is_number 20015 'sum(rows) from linx.blocks'
	ask "select cpu, count(), min(seq), max(seq) from linx.rows where cpu is not null group by cpu order by cpu" >counted
	ask "select cpus, sum(cpu_rows), min(first_seqs), max(last_seqs) from linx.blocks array join cpus, cpu_rows, first_seqs, last_seqs
		group by cpus order by cpus" >listed
	cmp counted listed || broken "$(cat counted listed)"
	# stored blocks are skipped, also after the store and the server were started again
	end "$nats"
	rm -r js
	nats
	insert
	ship web-1 --acks
	is_status 0
	end "$stored" TERM
	is_inserted web-1
	# rows that were removed do not come back, though the spool still has them
	ask "truncate table linx.rows"
	insert
	ship web-1
	is_status 0
	end "$stored" TERM
	is_number 0 'count() from linx.rows'
}

# Tables of version 1, without columns of pods, are changed by setup, and keep their rows. Spools of machines that are not
# upgraded yet are stored, too.
test_older_version() {
	local column
	start_servers
	for column in container_name namespace pod workload_kind workload labels; do
		ask "alter table linx.rows drop column $column"
	done
	ask "truncate table linx.versions"
	ask "insert into linx.versions (version) values (1)"
	ask "insert into linx.rows (machine, day, row) values ('before', today(), 1)"
	insert
	wait "$stored" || status=$?
	is_status 1
	has store.log 'tables are missing or old: .*: run linx-store setup'
	"$store" setup --clickhouse "http://127.0.0.1:$http" 2>err || broken "$(cat err)"
	insert
	old_spool
	ship old-1
	is_status 0
	record web-1 3000 500
	ship web-1
	is_status 0
	end "$stored" TERM
	is_inserted web-1
	is_number 1 "count() from linx.rows where machine = 'before' and labels is null"
	is_number 135 "count() from linx.rows where machine = 'old-1' and pod is null and labels is null"
	rows_of old-1 "$columns_of_rows"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --spool spool-old-1 inserted >compared 2>&1 || broken "$(cat compared)"
}

# linx-store is killed after it has inserted rows, and before it notes this. The next one asks for the first row of each
# block, and so the rows are not inserted again. A program without the question inserts them again.
test_the_question() {
	local copy
	start_servers
	record web-1 5000 300
	insert
	ship web-1
	end "$stored" TERM
	changed store_clickhouse.c "s/rc = find_stored(s);/rc = 0;/"
	for copy in "$store" ./changed; do
		ask "truncate table linx.blocks"
		ask "truncate table linx.floors"
		end "$nats"
		rm -r js
		nats
		insert "$copy"
		ship web-1
		is_status 0
		end "$stored" TERM
		is_number 18 "countIf(cause = '') from linx.blocks"
		[ "$copy" = ./changed ] || is_inserted web-1
	done
	[ "$(number 'count() from linx.rows')" -gt "$(number 'uniqExact(machine, spool, block, row) from linx.rows')" ] ||
		broken "nothing is twice without the question"
}

# Messages that are no blocks of their machine are set aside and counted, and rows stand for them.
test_forged_machine() {
	start_servers
	record web-1 3000 500
	cp -r spool-web-1 spool-db
	insert
	ship db
	is_status 0
	ship web-1
	is_status 0
	end "$stored" TERM
	is_inserted web-1
	[ "$(find rows/refused -type f | wc -l)" = 8 ] || broken "set aside: $(find rows)"
	is_number 8 "count() from linx.rows where machine = 'db' and kind = 'gap' and args like '%\"cause\":\"refused\"%'"
	is_number 8 "count() from linx.rows where machine = 'db'"
	is_number 8 "count() from linx.blocks where machine = 'db' and cause = 'refused' and empty(cpus)"
	has store.log 'refused: a message of db: it is not a block of this machine'
	has store.log ' 3015 rows in 16 blocks, 0 came again, 8 refused'
}

# A block that ClickHouse refuses each time waits, and the other blocks are stored at once. The block is refused for good
# when others were stored after each refusal: a row stands for it. Here a column cannot be computed for one of the blocks.
# The second program needs fewer refusals, and does not wait between them.
test_a_block_that_clickhouse_refuses() {
	start_servers
	ask "alter table linx.rows add column trap UInt8 default intDiv(1, (kind != 'task') + (machine != 'web-1'))"
	record web-1 3000 500
	insert
	sending spool-web-1 --machine web-1
	wait_for eval '[ "$(number "count() from linx.blocks")" = 7 ]'
	wait_for grep -q 'waits: a block of web-1: refused: .*Division by zero' store.log
	end "$shipping"
	end "$stored" TERM
	has store.log ' 2515 rows in 7 blocks, [0-9]* came again, 0 refused, 0 lost'
	is_number 2515 'count() from linx.rows'
	mv store.log first.log
	changed store_clickhouse.c 's/^#define FAILURES_MAX .*/#define FAILURES_MAX 2u/; s/^#define RETRY_NS .*/#define RETRY_NS 0ull/'
	end "$nats"
	rm -r js
	nats
	insert ./changed
	sending spool-web-1 --machine web-1
	wait_for grep -q 'waits: a block of web-1: ' store.log
	for machine in web-2 web-3; do
		record "$machine" 100 500
		ship "$machine"
		is_status 0
	done
	wait_for eval '[ "$(number "count() from linx.blocks where cause = '"'refused'"'")" = 1 ]'
	end "$shipping"
	end "$stored" TERM
	is_inserted web-2 web-3
	has store.log 'refused: a message of web-1: it is not accepted by ClickHouse'
	[ "$(find rows/refused -type f | wc -l)" = 1 ] || broken "set aside: $(find rows)"
	is_number 1 "count() from linx.blocks where cause = 'refused' and rows = 500"
	is_number 1 "count() from linx.rows where kind = 'gap' and args like '%\"cause\":\"refused\"%' and args like '%\"rows\":500,%'"
	is_number 2516 "count() from linx.rows where machine = 'web-1'"
	is_number 2515 "sumIf(rows, cause = '') from linx.blocks where machine = 'web-1'"
	# a process that dies before it lists the block finds the row that stands for it
	ask "truncate table linx.blocks"
	ask "truncate table linx.floors"
	end "$nats"
	rm -r js
	nats
	insert
	ship web-1
	is_status 0
	end "$stored" TERM
	is_number 1 "count() from linx.blocks where cause = 'refused' and rows = 500"
	is_number 2516 "count() from linx.rows where machine = 'web-1'"
}

# Blocks that ClickHouse refuses do not keep those of other machines from being stored, though they fill the memory. The
# second program has room for few blocks.
test_refused_blocks_without_end() {
	start_servers
	ask "alter table linx.rows add column trap UInt8 default intDiv(1, machine != 'web-1')"
	record web-1 3000 500
	record web-2 3000 500
	changed store.c 's/s->n >= GATHER - FETCH/s->n >= 4/'
	insert ./changed
	sending spool-web-1 --machine web-1
	wait_for grep -q 'waits: a block of web-1: ' store.log
	ship web-2
	is_status 0
	end "$shipping"
	end "$stored" TERM
	is_inserted web-2
	has store.log ' 3015 rows in 8 blocks, [0-9]* came again, 0 refused, 0 lost'
	is_number 0 "count() from linx.rows where machine = 'web-1'"
	# the server goes on delivering messages, though thousands are not acknowledged
	consumer INFO.LINX.store
	[ "$(sed -n 's/.*"max_ack_pending": \([0-9]*\).*/\1/p' answer)" -gt 1000000 ] || broken "the server stops too early: $(cat answer)"
}

# Thousands of blocks that ClickHouse refuses do not keep the server from delivering those of another machine.
test_thousands_of_refused_blocks() { # full
	start_servers
	ask "alter table linx.rows add column trap UInt8 default intDiv(1, machine != 'web-1')"
	record web-1 2200 1
	record web-2 3000 500
	insert --metrics 0
	find_pages
	sending spool-web-1 --machine web-1
	# shellcheck disable=SC2317
	sent() { get_page "$pages" /metrics | grep -q '^linx_store_behind_blocks{machine="web-1",.*} 22[0-9][0-9]$'; }
	wait_for sent
	ship web-2
	is_status 0
	end "$shipping"
	end "$stored" TERM
	is_inserted web-2
	is_number 0 "count() from linx.rows where machine = 'web-1'"
}

# Each statement has a connection of its own: libcurl would send an insert again if a connection that was used before dies.
test_connections() {
	need_nats
	/usr/bin/python3 - <<-'END' >port &
		import http.server, itertools
		numbers = itertools.count()
		class Server(http.server.BaseHTTPRequestHandler):
		    protocol_version = 'HTTP/1.1'
		    def setup(self):
		        self.number = next(numbers)
		        super().setup()
		    def do_POST(self):
		        sql = self.rfile.read(int(self.headers['Content-Length'])).decode()
		        text = '18.16.1\t0\t0\t0\n' if 'version()' in sql else '0\n' if 'count()' in sql else ''
		        self.send_response(200)
		        self.send_header('Content-Length', str(len(text)))
		        self.send_header('X-ClickHouse-Query-Id', '1')
		        self.end_headers()
		        self.wfile.write(text.encode())
		        with open('connections', 'a') as f:
		            print(self.number, sql.replace('\n', ' ')[:40], file=f)
		    def log_message(self, *args):
		        pass
		server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
		print(server.server_port, flush=True)
		server.serve_forever()
	END
	started=($!)
	trap 'kill -KILL "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
	wait_for [ -s port ]
	"$store" setup --clickhouse "http://127.0.0.1:$(cat port)" 2>err || broken "$(cat err)"
	# each version of the tables is noted
	wait_for eval '[ "$(grep -c "insert into" connections)" = 2 ]'
	[ "$(cut -d " " -f 1 connections | sort -u | wc -l)" = "$(wc -l <connections)" ] || broken "a connection is used again: $(cat connections)"
}

# A proxy answers in place of ClickHouse, which has done the insert: nothing is inserted twice.
test_a_proxy_answers() {
	start_servers
	/usr/bin/python3 - "$http" <<-'END' >port &
		import http.server, sys, urllib.error, urllib.request
		lies = [(200, b''), (200, b'<html>\nlog in'), (502, b'<html>\nbad gateway')]
		class Proxy(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        data = self.rfile.read(int(self.headers['Content-Length']))
		        try:
		            answer = urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}{self.path}', data)
		        except urllib.error.HTTPError as e:
		            answer = e
		        status, text = answer.status, answer.read()
		        if 'insert+into+linx.rows' in self.path and lies:
		            status, text = lies.pop()
		            answer.headers = {}
		        self.send_response(status)
		        for name, value in answer.headers.items():
		            if name.startswith('X-'):
		                self.send_header(name, value)
		        self.send_header('Content-Length', str(len(text)))
		        self.end_headers()
		        self.wfile.write(text)
		    def log_message(self, *args):
		        pass
		server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Proxy)
		print(server.server_port, flush=True)
		server.serve_forever()
	END
	started+=($!)
	wait_for [ -s port ]
	record web-1 3000 500
	sending spool-web-1 --machine web-1
	store --clickhouse "http://127.0.0.1:$(cat port)"
	wait_for eval '[ "$(number "sum(rows) from linx.blocks")" = 3015 ]'
	for machine in web-2 web-3; do
		record "$machine" 3000 500
		ship "$machine"
		is_status 0
	done
	end "$shipping"
	end "$stored" TERM
	has store.log 'not an answer of ClickHouse: .*: status 502: <html>: it is tried again'
	has store.log 'not an answer of ClickHouse: .*: status 200: <html>: it is tried again'
	has store.log 'not an answer of ClickHouse: .*: status 200: no header X-ClickHouse-: it is tried again'
	has store.log ' 9045 rows in 24 blocks, [0-9]* came again, 0 refused, 0 lost'
	is_inserted web-1 web-2 web-3
}

# While ClickHouse is away, blocks wait, and linx-store reports this, also at its start.
test_clickhouse_is_away() {
	start_servers
	record web-1 3000 500
	end "$server"
	insert --metrics 0
	find_pages
	wait_for grep -q 'cannot begin: no answer: ' store.log
	is_health 503 'cannot store: no answer of ClickHouse$' || broken "$(cat health)"
	kill "$stored"
	wait "$stored" || status=$?
	is_status 0
	has store.log 'linx-store: 0 rows in 0 blocks'
	insert --metrics 0
	clickhouse
	started+=("$server")
	sending spool-web-1 --machine web-1
	wait_for eval '[ "$(number "count() from linx.blocks")" = 8 ]'
	end "$server"
	record web-2 3000 500 boot=7
	sending spool-web-2 --machine web-2
	wait_for grep -q 'cannot store: no answer: .*: it is tried again in 2 seconds' store.log
	find_pages
	is_health 503 'cannot store: no answer of ClickHouse$' || broken "$(cat health)"
	end "$shipping"
	clickhouse
	started+=("$server")
	ship web-2
	is_status 0
	is_health 200 good || broken "$(cat health)"
	get_page "$pages" /metrics >page
	has page '^linx_store_build_info{version="[0-9.]*",place="clickhouse"} 1$'
	has page '^linx_store_rows_total 6030$'
	end "$stored" TERM
	is_inserted web-1 web-2
}

# --keep and --keep-for remove the oldest days, and never the newest for its size.
test_keep() {
	start_servers
	record web-1 3000 500
	for day in 2026-01-01 2026-01-02; do
		ask "insert into linx.rows (machine, day, row, args) select 'old', toDate('$day'), number, toString(cityHash64(number)) from system.numbers limit 10000"
	done
	insert --keep 100K
	ship web-1
	end "$stored" TERM
	ask "select distinct toString(day) from linx.rows where machine = 'old'" >days
	[ "$(cat days)" = 2026-01-02 ] || broken "$(cat days)"
	# a day can be left in the table of blocks alone
	ask "insert into linx.blocks (machine, spool, first, last, day) select 'old', 1, 1, 1, toDate('2026-01-03')"
	insert --keep-for 1d
	wait_for grep -q 'removed: the rows of 2026-01-02' store.log
	wait_for grep -q 'removed: the rows of 2026-01-03' store.log
	end "$stored" TERM
	is_inserted web-1
	is_number 0 "count() from linx.blocks where machine = 'old'"
}

# wrong_clock DAYS: makes ./clock.so, with which the clock of a program is so many days ahead.
wrong_clock() {
	printf '%s\n' '#include <sys/time.h>' '#include <time.h>' 'time_t time(time_t *to) { struct timeval t; gettimeofday(&t, 0);' \
		"t.tv_sec += $1 * 86400; if (to) *to = t.tv_sec; return t.tv_sec; }" >clock.c
	"${CC:-gcc}" -shared -fPIC clock.c -o clock.so
}

# The clock of linx-store is a thousand days ahead: what is new by the clock of ClickHouse stays.
test_keep_by_a_wrong_clock() {
	start_servers
	record web-1 3000 500
	insert
	ship web-1
	end "$stored" TERM
	ask "insert into linx.rows (machine, day) select 'old', toDate('2026-01-01')"
	wrong_clock 1000
	LD_PRELOAD=$PWD/clock.so insert --keep-for 1d
	wait_for grep -q 'removed: the rows of 2026-01-01' store.log
	record web-2 3000 500
	ship web-2
	is_status 0
	end "$stored" TERM
	is_inserted web-1 web-2
	[ "$(grep -c 'removed: the rows' store.log)" = 1 ] || broken "$(cat store.log)"
	is_number 1 "countDistinct(day) > 1 and max(day) > today() + 900 from linx.rows"
}

# The clock of linx-store is a thousand days behind: --keep removes nothing that is new by this clock.
test_keep_by_a_late_clock() {
	start_servers
	for day in 2022-01-01 2026-01-01 2026-01-02; do
		ask "insert into linx.rows (machine, day, row, args) select 'old', toDate('$day'), number, toString(cityHash64(number)) from system.numbers limit 10000"
	done
	wrong_clock -1000
	LD_PRELOAD=$PWD/clock.so insert --keep 1K
	wait_for grep -q 'removed: the rows of 2022-01-01' store.log
	record web-1 3000 500
	ship web-1
	is_status 0
	end "$stored" TERM
	is_number 2 "uniqExact(day) from linx.rows where machine = 'old'"
	[ "$(grep -c 'removed: the rows' store.log)" = 1 ] || broken "$(cat store.log)"
}

# kills ROUNDS SEED: kills all parts, also ClickHouse.
kills() {
	start_servers
	end "$nats"
	end "$server"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/fleet_killer.py" "$LINXCAP" "$WORK/make_capture" "$1" "$2" "$http" "${clickhouse[@]}" || broken "$(tail -n 5 ./*.log)"
	clickhouse
	started+=("$server")
	is_inserted web-1 web-2.example.org db
	is_number "$(number 'count() from linx.rows')" 'sum(rows) from linx.blocks final'
	tail -qn 1 ./*.log
}

test_kills() { kills 25 $((RANDOM)); }

test_many_kills() { # full
	kills 80 $((RANDOM))
}

# Each query of docs/fleet-queries.md and of the dashboard runs, and has rows as far as there are any.
test_documented_queries() {
	local query n=0
	start_servers
	record web-1 3000 500
	lx -q --engine ptrace -T --spool spool-here -- sh -c \
		'cat /etc/shadow; /usr/bin/python3 -c "import socket; socket.create_server((\"127.0.0.1\", 0))"; true'
	insert
	ship web-1
	is_status 0
	send spool-here
	is_status 0
	end "$stored" TERM
	# rows of the capture are of an old day
	/usr/bin/python3 - "$LINX_ROOT/docs" >queries <<-'END'
		import json, re, sys
		text = open(sys.argv[1] + '/fleet-queries.md').read()
		text = '\n'.join(line[4:] for line in text.splitlines() if line.startswith('    '))
		queries = re.findall(r'^select .*?(?=;$)', text, re.M | re.S)
		queries += [target['rawSql'] for panel in json.load(open(sys.argv[1] + '/examples/fleet-grafana.json'))['panels'] for target in panel['targets']]
		for query in queries:
		    print(re.sub(r'(today|yesterday)\(\)( - \d+)?', "toDate('2000-01-01')", query.replace('\n', ' ').replace('day = ', 'day > ').replace('= 4711', '> 0')))
	END
	[ "$(wc -l <queries)" = 20 ] || broken "$(wc -l <queries) queries"
	while read -r query; do
		ask "$query" >answer 2>&1 || broken "$query: $(cat answer)"
		[ ! -s answer ] || n=$((n + 1))
		[ -s answer ] || echo "no rows: $query"
	done <queries
	# nothing was lost, and each recording has its account
	[ "$n" -ge 17 ] || broken "only $n queries have rows"
}
