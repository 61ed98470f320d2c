# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap --rows: compares every row with its line of JSON, by a reader of Parquet that shares no code with the writer.

recorded() { real_capture 7.2 capture; }

# compare FILE DIR [ARG...]: compares the rows in DIR with the lines of JSON of a capture, row by row, column by column.
compare() {
	local file=$1 dir=$2
	shift 2
	lx -q -r "$file" --format json --cmdline 1000000 -T "$@"
	is_status 0
	mv out lines
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines "$dir" || broken "rows and lines differ"
}

test_rows_are_the_lines() {
	recorded
	lx -q -r capture --rows rows
	is_status 0
	is_silent
	compare capture rows
	find rows -name '*.parquet' | grep -Eq '^rows/day=[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9._-]+-[0-9a-f]{16}-000000.parquet$' ||
		broken "other names: $(find rows)"
	[ -z "$(find rows -name '.*')" ] || broken "unfinished files: $(find rows)"
}

# Sets $duckdb to a folder of node's modules with DuckDB, which npm installs once.
need_duckdb() {
	duckdb=$LINX_DOWNLOADS/duckdb/node_modules
	type -P node >/dev/null || skip "no node, in which DuckDB runs: apt install nodejs npm"
	[ -e "$duckdb/@duckdb/node-api" ] || with_lock_file "$LINX_DOWNLOADS/duckdb.lock" install_duckdb >npm 2>&1 ||
		skip "npm cannot install @duckdb/node-api: $(tail -n 1 npm)"
}

install_duckdb() {
	[ ! -e "$duckdb/@duckdb/node-api" ] || return 0
	rm -rf "$LINX_DOWNLOADS/duckdb.new"
	timeout 100 npm install --silent --no-audit --no-fund --prefix "$LINX_DOWNLOADS/duckdb.new" @duckdb/node-api@1.5.6-r.1 &&
		mv -T "$LINX_DOWNLOADS/duckdb.new" "$LINX_DOWNLOADS/duckdb"
}

# in_duckdb N: expects that DuckDB finds the same N mixed calls in rows, in lines of JSON, and in a file that DuckDB
# wrote from them. Some of the processes are in pods.
in_duckdb() {
	need_duckdb
	pods_file
	"$WORK/make_capture" "$1" mixed pods >capture
	lx -q -r capture --rows rows --pods pods.json
	is_status 0
	lx -q -r capture --format json --cmdline 1000000 -T --pods pods.json
	mv out lines
	node "$LINX_ROOT/tests/cli/duckdb.js" "$duckdb" lines rows >out || broken "rows and lines differ"
}

test_hashes_by_duckdb() {
	in_duckdb 70000
	has out '70015 rows: '
	cp lines lines.good
	sed -i '5000s/"seq":\([0-9]*\),"dir"/"seq":\11,"dir"/' lines
	! node "$LINX_ROOT/tests/cli/duckdb.js" "$duckdb" lines rows >out || broken "another number of a record is not noticed"
	has out ': the rows have '
	cp lines.good lines
	sed -i '1,20s/"tier":"back"/"tier":"front"/' lines
	! node "$LINX_ROOT/tests/cli/duckdb.js" "$duckdb" lines rows >out || broken "another label is not noticed"
	has out '^labels: the rows have '
}

test_hashes_of_a_million() { # full
	in_duckdb 1000000
	has out '1000015 rows: '
}

test_a_capture_read_twice_stands_once() {
	recorded
	lx -q -r capture --rows rows
	lx -q -r capture --rows rows
	is_status 0
	[ "$(find rows -type f | wc -l)" = 1 ] || broken "more files: $(find rows)"
	compare capture rows
}

test_filter_and_no_arguments() {
	recorded
	lx -q -r capture --rows rows --no-args linx.type = openat
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns call,args rows >got
	lx -r capture --format json linx.type = openat
	[ "$(grep -c '^openat	None$' got)" = "$(grep -c '"syscall":"openat"' out)" ] || broken "$(cat got)"
	lacks got '^(read|execve)'
}

# Rows equal the lines of JSON for a name and a command line with control characters and bytes that are not UTF-8, and
# for a long argument.
test_hostile_bytes() {
	local name
	name=$(printf 'a%b' '\001\t\n"\\\177\200\377\303\244\364\217\272\200z')
	lx -q --engine ptrace -w capture -- cat "$name" "$(head -c 3000 /dev/zero | tr '\0' x)"
	lx -q -r capture --rows rows --cmdline 1000000
	is_status 0
	compare capture rows
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns path rows | tr '\n' ' ' | grep -q 'a.*z ' || broken "no path"
}

# Rows equal lines in several row groups: with columns of few and of many different texts and numbers, values in all
# states, and all bytes.
test_many_rows() {
	pods_file
	"$WORK/make_capture" 70000 mixed pods >capture
	lx -q -r capture --rows rows --pods pods.json
	is_status 0
	compare capture rows --pods pods.json
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns container_name,namespace,pod,workload_kind,workload,labels rows | sort | uniq -c >got
	has got ' main	shop	web-5d4f-x	Deployment	web	\{.*"app": ?"web"'
	has got ' main	shop	db-0	StatefulSet	db	\{"tier": ?"back"\}$'
	has got ' None	None	None	None	None	None$'
	[ "$(wc -l <got)" = 3 ] || broken "other pods: $(cat got)"
	lx -q -r capture --rows again --no-args linx.type = close
	is_status 0
	lx -q -r capture --format json linx.type = close
	mv out lines
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind again | grep -c '^syscall$' >got || true
	[ "$(cat got)" = "$(grep -c '"kind":"syscall"' lines)" ] || broken "other rows: $(cat got)"
}

# Rows have absolute paths for names relative to the working directory or to an open directory, and for a descriptor
# itself. The same is true of missing files, of new links, and after a change of the working directory.
test_whole_paths() {
	mkdir -p top/sub
	: >top/sub/file
	traced -q --rows rows -- /usr/bin/python3 -c '
import os
os.chdir("top")
for path in "sub/./file", "../top//missing", "/etc/../nowhere":
    os.access(path, os.R_OK)
at = os.open("sub", os.O_RDONLY)
os.access("there", os.R_OK, dir_fd=at)
os.symlink("text of the link", "link", dir_fd=at)
os.chdir("sub")
os.access("other", os.R_OK)
os.stat(at)
'
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns call,path rows >got
	for path in "$PWD/top/sub/file" "$PWD/top/missing" /nowhere "$PWD/top/sub/there" "$PWD/top/sub/other"; do
		grep -Eq "^f?access(at2?)?	$path\$" got || broken "no $path: $(grep access got)"
	done
	has got "^symlinkat	$PWD/top/sub/link$"
	has got "^(newfstatat|fstat)	$PWD/top/sub$"
}

# A live recording, whose account has more than a hundred events, writes rows of calls and one row for the certificate.
test_live() {
	lx --engine ptrace --rows rows -- sh -c 'for i in 1 2 3 4 5; do ls -d / /nowhere; done; true'
	is_status 0
	events=$(sed -n 's/^linxcap: .* \([0-9]*\) committed.*/\1/p' err)
	[ "$events" -gt 100 ] || broken "no account: $(cat err)"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind rows | sort | uniq -c >kinds
	has kinds '^ +1 certificate$'
	has kinds ' [0-9]+ syscall$'
}

# If linxcap is killed while it records rows, each published file is whole and stays, and the next run removes
# unpublished files.
test_killed_while_recording() {
	"$LINXCAP" -q --engine ptrace --rows rows --flush 100ms -- sh -c 'while :; do ls / >ls; done' >out 2>err &
	pid=$!
	wait_for sh -c 'find rows -name "*.parquet" | grep -q .'
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null || true
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind rows >kinds || broken "a file is not whole"
	[ -s kinds ] || broken "nothing was published"
	touch "rows/$(cd rows && echo day=*)/.left.0.new"
	recorded
	lx -q -r capture --rows rows
	is_status 0
	[ -z "$(find rows -name '.*.new')" ] || broken "left over: $(find rows -name '.*')"
}

# The process dies at each of the calls by which files are made. Each time all files are whole, none has a row twice, and
# the next run leaves what a run without deaths leaves.
test_killed_at_each_call() {
	local at=1 rows=0 died=0
	"${CC:-gcc}" -shared -fPIC -D_GNU_SOURCE "$LINX_ROOT/tests/cli/killed.c" -ldl -o killed.so
	"$WORK/make_capture" 12000 mixed >capture
	lx -q -r capture --format json --cmdline 1000000 -T
	mv out lines
	for ((status = 137; status == 137; at++)); do
		status=0
		rm -rf rows
		LD_PRELOAD=$PWD/killed.so KILL_AT=$at "$LINXCAP" -q -r capture --rows rows --flush 1ns >out 2>err || status=$?
		[ $status = 0 ] || [ $status = 137 ] || broken "status $status at call $at"
		[ $status = 0 ] || died=$((died + 1))
		/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns seq,cpu,part,kind rows >got || broken "a file is not whole: call $at"
		[ -z "$(grep -v certificate got | sort | uniq -d)" ] || broken "a row stands twice: call $at"
		rows=$((rows + $(wc -l <got)))
	done
	[ $died -gt 8 ] || broken "only $died deaths"
	[ $rows -gt 12015 ] || broken "no row was published before a death"
	LD_PRELOAD=$PWD/killed.so KILL_AT=$((died / 2)) "$LINXCAP" -q -r capture --rows rows --flush 1ns >out 2>err || true
	lx -q -r capture --rows rows
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines rows || broken "rows and lines differ"
	[ -z "$(find rows -name '.*.new')" ] || broken "left over: $(find rows -name '.*')"
}

test_keep_removes_the_oldest() {
	recorded
	mkdir -p rows/day=2001-01-01
	head -c 100000 /dev/zero >rows/day=2001-01-01/old-0000000000000000-000000.parquet
	lx -q -r capture --rows rows --keep 90K
	is_status 0
	[ ! -e rows/day=2001-01-01 ] || broken "the oldest file stays: $(find rows)"
	[ "$(find rows -type f | wc -l)" = 1 ] || broken "$(find rows)"
}

test_refusals() {
	recorded
	: >file
	refuses 2 "not together: --rows and -c: rows go to files alone" -r capture --rows rows -c
	refuses 2 "missing folder: --keep: write --rows DIR: it is for rows" -r capture --keep 1G
	lx -q -r capture --rows file
	[ "$status" != 0 ] || broken "a file is no folder"
	has err '^linxcap: cannot open folder: file: '
}

# With rules, rows are written for the events that --alert reports, and for losses. Without --alert nothing is written
# to standard output.
test_rules_choose() {
	"$WORK/make_capture" 3000 mixed >capture
	cat >rules.yaml <<-'END'
	- rule: opened
	  desc: a file that was opened for writing
	  condition: evt.type = openat and evt.is_open_write = true
	  output: "%evt.num"
	  priority: NOTICE
	- rule: failed close
	  desc: a descriptor that is not open
	  condition: evt.type = close and evt.failed = true
	  output: "%evt.num"
	  priority: NOTICE
	END
	lx -q -r capture --rules rules.yaml --rows rows --alert file:alerts
	is_status 0
	[ ! -s out ] || broken "standard output has lines"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind,call,errno rows | sort | uniq -c >got
	[ "$(wc -l <alerts)" = "$(awk '$2 == "syscall" { n += $1 } END { print n }' got)" ] || broken "$(wc -l <alerts) alerts: $(cat got)"
	has got ' syscall	openat	None$'
	has got ' syscall	close	EBADF$'
	has got ' 1 gap	None	None$'
	has got ' 1 certificate	None	None$'
	lacks got 'read|getpid|close	None|task'
	rm -r rows
	lx -q -r capture --rules rules.yaml --rows rows -n 2
	is_status 0
	[ ! -s out ] || broken "standard output has alerts"
	[ "$(/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind rows | grep -c syscall)" = 2 ] || broken "-n 2"
}

# Secrets are blanked also in what is known of containers.
test_redaction_of_pods() {
	pods_file
	"$WORK/make_capture" 200 mixed pods >capture
	printf 'regex web|shop|back\n' >secrets
	lx -q -r capture --rows rows --pods pods.json --redact secrets
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns namespace,pod,workload,labels rows >got
	has got '^<redacted>	<redacted>-5d4f-x	<redacted>	'
	has got '^<redacted>	db-0	db	\{"tier":"<redacted>"\}$'
	lacks got 'web|shop|back'
}

test_redaction() {
	recorded
	printf 'regex /etc/[a-z.]+\n' >secrets
	lx -q -r capture --rows rows --redact secrets
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns path,args rows >got
	has got '<redacted>'
	lacks got '/etc/ld'
}
