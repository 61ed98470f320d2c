# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Blocks of rows as ClickHouse reads them: by a reader of our own, and by a ClickHouse that the test starts on 127.0.0.1.
. "$CLI/clickhouse_functions"

# blocks FORMAT ROWS >FILE: writes the rows of the file capture as blocks, with the pods of pods.json.
blocks() { ./row_blocks "$1" "$2" capture pods.json; }

build_blocks() {
	"${CC:-gcc}" -std=c11 -Wall -Wextra -Werror -I"$LINX_ROOT/libuser/include" -I"$LINX_ROOT/kmod/uapi" "$LINX_ROOT/tests/cli/row_blocks.c" \
		"$LINX_BUILD/liblinx.a" -lzstd -lcjson -lyaml -lpcre2-8 -ldl -lm -pthread -o row_blocks
}

mixed() {
	build_blocks
	pods_file
	"$WORK/make_capture" "$1" mixed pods >capture
	blocks native 8000 >native || broken "no blocks"
	blocks json 8000 >json || broken "no lines"
}

# Each row of each block is that of the Parquet file, column by column, with the same nulls.
test_blocks_are_the_rows() {
	mixed 20000
	lx -q -r capture --rows rows --pods pods.json
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --native native rows || broken "blocks and Parquet differ"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --json json rows || broken "lines and Parquet differ"
	blocks native 1 >single
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --native single rows || broken "blocks of one row differ"
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
		states Nullable(String), args Nullable(String), container_name Nullable(String), namespace Nullable(String), pod Nullable(String),
		workload_kind Nullable(String), workload Nullable(String), labels Nullable(String)"
	for table in native json; do
		ask "create table $table ($columns) engine = MergeTree order by (machine, session) settings index_granularity = 8192"
	done
	ask "insert into native format Native" native
	ask "insert into json format JSONEachRow" json
	for table in native json; do
		ask "select count(), $(printf '%s\n' "$columns" | tr ',' '\n' | sed -n 's/^[	 ]*\([a-z_]*\) .*/sum(cityHash64(ifNull(toString(\1), '"'null'"'), ifNull(cpu, 0), ifNull(seq, 0)))/p' | paste -sd,) from $table" >$table.sums
	done
	has native.sums '^70015	'
	cmp native.sums json.sums || broken "$(cat native.sums json.sums)"
	ask "select kind, count() from native group by kind order by kind" >kinds
	has kinds '^gap	1$'
	has kinds '^syscall	70000$'
	ask "select namespace, pod, workload, count(), uniqExact(labels) from native where pod is not null group by namespace, pod, workload order by pod" >pods
	has pods '^shop	db-0	db	2[0-9]*	1$'
	has pods '^shop	web-5d4f-x	web	2[0-9]*	1$'
	[ "$(wc -l <pods)" = 2 ] || broken "$(cat pods)"
}
