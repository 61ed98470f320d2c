# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Blocks of rows as ClickHouse reads them: by a reader of our own, and by a ClickHouse that the test starts on 127.0.0.1.

# blocks FORMAT ROWS >FILE: writes the rows of the file capture as blocks.
blocks() { ./row_blocks "$1" "$2" capture; }

build_blocks() {
	"${CC:-gcc}" -std=c11 -Wall -Wextra -Werror -I"$LINX_ROOT/libuser/include" -I"$LINX_ROOT/kmod/uapi" "$LINX_ROOT/tests/cli/row_blocks.c" \
		"$LINX_BUILD/liblinx.a" -lzstd -lcjson -lyaml -lpcre2-8 -ldl -lm -pthread -o row_blocks
}

mixed() {
	build_blocks
	"$WORK/make_capture" "$1" mixed >capture
	blocks native 8000 >native || broken "no blocks"
	blocks json 8000 >json || broken "no lines"
}

# Each row of each block is that of the Parquet file, column by column, with the same nulls.
test_blocks_are_the_rows() {
	mixed 20000
	lx -q -r capture --rows rows
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --native native rows || broken "blocks and Parquet differ"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --json json rows || broken "lines and Parquet differ"
	blocks native 1 >single
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --native single rows || broken "blocks of one row differ"
}

# ask QUERY [FILE]: asks the server, with FILE as data.
ask() {
	/usr/bin/python3 - "$port" "$@" <<-'END'
		import sys, urllib.error, urllib.parse, urllib.request
		port, query = sys.argv[1:3]
		data = open(sys.argv[3], 'rb').read() if len(sys.argv) > 3 else b''
		url = f'http://127.0.0.1:{port}/?query=' + urllib.parse.quote(query)
		try:
		    print(urllib.request.urlopen(urllib.request.Request(url, data=data)).read().decode('utf-8'), end='')
		except urllib.error.HTTPError as e:
		    sys.exit(e.read().decode('utf-8', 'replace')[:500])
	END
}

# Starts a server of this test's own, which listens on 127.0.0.1 alone, as process $server.
start_clickhouse() {
	local program
	program=$(PATH=$PATH:/usr/sbin type -P clickhouse-server) || skip "no clickhouse-server: apt install clickhouse-server"
	port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	mkdir -p store/tmp
	cat >users.xml <<-'END'
	<yandex><profiles><default/></profiles><quotas><default/></quotas>
	<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>
	END
	cat >config.xml <<-END
	<yandex><logger><level>warning</level><log>$PWD/log</log><errorlog>$PWD/errors</errorlog></logger>
	<http_port>$port</http_port><listen_host>127.0.0.1</listen_host><path>$PWD/store/</path><tmp_path>$PWD/store/tmp/</tmp_path>
	<users_config>$PWD/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
	<mark_cache_size>100000000</mark_cache_size><max_concurrent_queries>10</max_concurrent_queries></yandex>
	END
	"$program" --config-file="$PWD/config.xml" >server.out 2>&1 &
	server=$!
	wait_for eval 'kill -0 $server 2>/dev/null || broken "the server has ended: $(tail -n 3 server.out errors)"; ask "select 1"'
}

# ClickHouse reads blocks of both formats. The sums of hashes over all columns are equal for both, and the numbers of
# rows are right.
test_clickhouse_reads_blocks() {
	local columns table
	start_clickhouse
	trap 'kill "$server"; wait "$server" || true' EXIT
	mixed 70000
	columns="machine String, session UInt64, cpu Nullable(UInt32), seq Nullable(UInt64), part UInt32, kind String, dir Nullable(String),
		time Nullable(Int64), pid Nullable(UInt32), tid Nullable(UInt32), ppid Nullable(UInt32), uid Nullable(UInt32), comm Nullable(String),
		exe Nullable(String), cmdline Nullable(String), container Nullable(String), call Nullable(String), abi Nullable(String),
		ret Nullable(Int64), errno Nullable(String), duration Nullable(UInt64), path Nullable(String), flags Nullable(String),
		states Nullable(String), args Nullable(String)"
	for table in native json; do
		ask "create table $table ($columns) engine = MergeTree order by (machine, session) settings index_granularity = 8192"
	done
	ask "insert into native format Native" native
	ask "insert into json format JSONEachRow" json
	for table in native json; do
		ask "select count(), $(printf '%s\n' "$columns" | tr ',' '\n' | sed -n 's/^[	 ]*\([a-z]*\) .*/sum(cityHash64(ifNull(toString(\1), '"'null'"'), ifNull(cpu, 0), ifNull(seq, 0)))/p' | paste -sd,) from $table" >$table.sums
	done
	has native.sums '^70015	'
	cmp native.sums json.sums || broken "$(cat native.sums json.sums)"
	ask "select kind, count() from native group by kind order by kind" >kinds
	has kinds '^gap	1$'
	has kinds '^syscall	70000$'
}
