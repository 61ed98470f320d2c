# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap --spool: blocks hold the rows that JSON has lines for, whenever the process dies and however little room there is.

# lines_of CAPTURE FILE: writes the events of CAPTURE to FILE, as lines of JSON.
lines_of() {
	lx -q -r "$1" --format json --cmdline 1000000 -T
	is_status 0
	mv out "$2"
}

columns() { # COLUMN,... DIR
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns "$@" || broken "a block is not whole"
}

test_blocks_have_the_rows() {
	"$WORK/make_capture" 20000 mixed >capture
	lx -q -r capture --spool spool --block 700
	is_status 0
	is_silent
	lines_of capture lines
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines spool || broken "rows and lines differ"
	[ ! -e spool/session ] || broken "the session has an account"
}

# The process dies at each call by which a spool is made. Each time the blocks have the first rows of the capture
# without a hole. The later runs write exactly one certificate for the killed session.
test_killed_at_each_call() {
	local at=1 died=0 n session
	"${CC:-gcc}" -shared -fPIC -D_GNU_SOURCE "$LINX_ROOT/tests/cli/killed.c" -ldl -o killed.so
	"$WORK/make_capture" 3000 mixed >capture
	"$WORK/make_capture" 20 mixed boot=7 >small
	lines_of capture lines
	lines_of small small.lines
	session=
	for ((;; at++)); do
		status=0
		rm -rf spool
		LD_PRELOAD=$PWD/killed.so KILL_AT=$at "$LINXCAP" -q -r capture --spool spool --block 1000 >out 2>err || status=$?
		[ $status = 0 ] || [ $status = 137 ] || broken "status $status at call $at"
		[ $status = 137 ] || break
		died=$((died + 1))
		n=0
		if [ -n "$(find spool -name '*.seg')" ]; then
			columns session spool >got
			n=$(wc -l <got)
		fi
		head -n "$n" lines >beginning
		[ "$n" = 0 ] || /usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" beginning spool || broken "rows and lines differ: call $at"
		# the next run dies at one of its first calls, too, and the run after it succeeds
		LD_PRELOAD=$PWD/killed.so KILL_AT=$((died % 8 + 1)) "$LINXCAP" -q -r small --spool spool >out 2>err || true
		lx -q -r small --spool spool
		is_status 0
		columns session,cpu,seq,part,kind spool >got
		if [ "$n" -gt 0 ]; then
			session=$(head -n 1 got | cut -f1)
			[ "$(grep -c "^$session	.*	certificate$" got)" = 1 ] || broken "accounts of the killed session, call $at: $(grep certificate got)"
		fi
		[ -z "$(grep -v certificate got | grep "^$session	" | sort | uniq -d)" ] || broken "a row stands twice: call $at"
	done
	[ $died -gt 10 ] || broken "only $died deaths"
}

# is_whole DIR LINES: expects that for each CPU the rows, and the rows that gaps count, are together as many as the
# lines.
is_whole() {
	columns cpu,kind,args "$1" >got
	/usr/bin/python3 - "$2" got <<-'END' || broken "rows and gaps are not the account"
		import collections, json, sys
		want, have, gaps = collections.Counter(), collections.Counter(), 0
		for line in open(sys.argv[1], encoding='utf-8'):
		    want[str(json.loads(line).get('cpu'))] += 1
		for line in open(sys.argv[2], encoding='utf-8'):
		    cpu, kind, args = line.rstrip('\n').split('\t', 2)
		    spooled = json.loads(args)['lost'].get('spool', 0) if kind == 'gap' else 0
		    have[cpu] += spooled or 1
		    gaps += spooled > 0
		print(dict(want), dict(have), gaps, 'gaps')
		sys.exit(want != have or not gaps)
	END
}

# Nobody reads the spool: rows beyond its size are counted as gaps, exactly for each CPU, and the account is written.
test_full_spool() {
	"$WORK/make_capture" 120000 mixed >capture
	lines_of capture lines
	lx -q -r capture --spool spool --spool-size 1M --block 300
	is_status 0
	[ "$(du -cb spool/*.seg | tail -n 1 | cut -f1)" -le 1048576 ] || broken "more than its size: $(du -cb spool/*)"
	is_whole spool lines
	has got '	certificate	'
}

# The spool is full from before midnight until after it, and after midnight only CPU 0 makes calls. No block spans two
# days, and there are blocks of gaps for both days. The 60000 rows before midnight (59987 calls and 13 tasks) fill their
# blocks of 300 rows exactly: a last, smaller block would find room in the full spool.
test_full_spool_over_midnight() {
	"$WORK/make_capture" 119974 mixed midnight >capture
	lines_of capture lines
	lx -q -r capture --spool spool --spool-size 1M --block 300
	is_status 0
	is_whole spool lines
	/usr/bin/python3 - spool/*.seg <<-'END' || broken "a block of two days"
		import struct, sys
		days, gaps = set(), set()
		for name in sys.argv[1:]:
		    data = open(name, 'rb').read()
		    at = 32
		    while at < len(data):
		        size, flags = struct.unpack_from('<I4xI', data, at + 4)
		        begin, end = struct.unpack_from('<QQ', data, at + 48)
		        day = 86400 * 10 ** 9
		        if begin // day != end // day:
		            sys.exit(1)
		        (gaps if flags & 1 else days).add(begin // day)
		        at += size + struct.unpack_from('<I', data, at + 68)[0]
		sys.exit(len(gaps) != 2)
	END
}

# A small spool takes blocks of long rows: no block is larger than the spool, and the first blocks find room.
test_small_spool() {
	"$WORK/make_capture" 520 mixed line=120000 >capture
	lines_of capture lines
	lx -q -r capture --spool spool --spool-size 1M
	is_status 0
	is_whole spool lines
	columns kind spool >got
	[ "$(grep -vc '^gap$' got)" -gt 5 ] || broken "no rows: $(cat got)"
}

# With command lines of 120 KB a block ends before its rows are more than a reader accepts. No row waits for room in
# such a block.
test_long_command_lines() {
	"$WORK/make_capture" 520 mixed line=120000 >capture
	lx -q -r capture --spool spool
	is_status 0
	is_silent
	lines_of capture lines
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines spool || broken "rows and lines differ"
	lx -q -r capture --rows rows
	is_status 0
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines rows || broken "rows and lines differ"
}

# If the disk is full before the first row, the run succeeds and prints how many rows were lost. The disk is a tmpfs in
# a mount namespace.
test_disk_full_at_the_start() {
	"$WORK/make_capture" 60000 mixed >capture
	cat >job <<-'END'
		mkdir disk && mount -t tmpfs -o size=300k tmpfs disk || exit 77
		mkdir -m 700 disk/spool
		head -c 400000 /dev/zero >disk/other 2>/dev/null
		status=0
		"$LINXCAP" -q -r capture --spool disk/spool --block 300 >out 2>err || status=$?
		cp -r disk/spool spool
		exit $status
	END
	LINXCAP=$LINXCAP unshare -m bash job >said 2>&1 || {
		[ $? != 77 ] && broken "status: $(cat said err)" || skip "no tmpfs"
	}
	has err 'no room in disk/spool: [0-9]+ rows are lost'
	[ -z "$(find spool -name '*.seg')" ] || broken "there was room"
}

# If the disk is smaller than the spool, rows are stored until the disk is full. The next start reports that the account
# found no room. The disk is a tmpfs in a mount namespace.
test_full_disk() {
	"$WORK/make_capture" 60000 mixed >capture
	lines_of capture lines
	cat >job <<-'END'
		mkdir disk && mount -t tmpfs -o size=300k tmpfs disk || exit 77
		status=0
		"$LINXCAP" -q -r capture --spool disk/spool --block 300 >out 2>err || status=$?
		cp -r disk/spool spool
		exit $status
	END
	LINXCAP=$LINXCAP unshare -m bash job >said 2>&1 || {
		[ $? != 77 ] && broken "status: $(cat said err)" || skip "no tmpfs"
	}
	columns cpu,kind,args spool >got
	[ "$(wc -l <got)" -gt 300 ] || broken "no rows"
	[ -e spool/session ] || broken "the account has no room, and nothing says so"
	# the account found no room; therefore the next start, which has room, writes a certificate that reports this
	"$WORK/make_capture" 20 mixed boot=7 >small
	lx -q -r small --spool spool
	is_status 0
	columns kind,args spool >got
	has got '^certificate	.*the recorder ended without an account'
}

# spooled_alerts DIR: prints the alerts of a spool, a line each; fails if their numbers are not consecutive.
spooled_alerts() {
	/usr/bin/python3 - "$1"/*.alerts <<-'END' || broken "alerts are not whole"
		import struct, sys
		number = 1
		for name in sorted(sys.argv[1:]):
		    data = open(name, 'rb').read()
		    at = 32
		    while at < len(data):
		        size = struct.unpack_from('<I', data, at + 4)[0]
		        length = struct.unpack_from('<I', data, at + 68)[0]
		        if struct.unpack_from('<Q', data, at + 24)[0] != number or at + size + length > len(data):
		            sys.exit(f'{name}: {at}')
		        print(data[at + size:at + size + length].decode('utf-8'))
		        at += size + length
		        number += 1
	END
}

# Rows and alerts of one run are in the same folder, and the alerts are those that another output gets.
test_alerts() {
	"$WORK/make_capture" 3000 mixed node=web-1 >capture
	lx -q -r capture --spool spool --alert spool --alert file:found --alert-json 'linx.type in (read, openat)'
	is_status 0
	is_silent
	spooled_alerts spool >got
	[ "$(wc -l <got)" -gt 300 ] || broken "$(wc -l <got) alerts"
	cmp got found || broken "other alerts than those of a file"
	lx -q -r capture --format json --cmdline 1000000 -T 'linx.type in (read, openat)'
	mv out lines
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines spool || broken "rows and lines differ"
	# a later run goes on with the numbers, and the priority of the output counts
	lx -q -r capture --spool spool --alert error,spool --alert-priority warning 'linx.type in (read, openat)'
	is_status 0
	spooled_alerts spool >more
	cmp got more || broken "alerts below the priority"
	lx -q -r capture --spool spool --alert spool --rules /dev/stdin <<-'END'
		- rule: Read
		  desc: d
		  condition: evt.type = read
		  output: "%evt.type"
		  priority: CRITICAL
	END
	is_status 0
	spooled_alerts spool >more
	[ "$(tail -n +"$(($(wc -l <got) + 1))" more | grep -c '"rule":"Read"')" -gt 100 ] || broken "no alerts of rules"
}

# The room of alerts is full: each alert is in the spool or counted there, also in the middle of a run, and rows have the
# room that they have without alerts.
test_full_of_alerts() {
	"$WORK/make_capture" 4000 mixed node=web-1 >capture
	lx -q -r capture --format json 'linx.type in (read, openat)'
	mv out made
	lx -q -r capture --spool spool --spool-size 1M --alert spool --alert-json 'linx.type in (read, openat)'
	is_status 0
	has err 'alerts lost: spool: [0-9]+ of [0-9]+ did not reach it'
	spooled_alerts spool >got
	is_counted got "$(jq -s 'map(select(.kind == "syscall")) | length' made)"
	[ "$(tail -n 1 got | jq -r '.rule, .hostname, .priority' | tr '\n' ' ')" = 'linx: alerts lost web-1 Error ' ] || broken "$(tail -n 1 got)"
	[ "$(du -cb spool/*.alerts | tail -n 1 | cut -f1)" -le 65536 ] || broken "more than its size: $(du -cb spool/*)"
	lx -q -r capture --format json --cmdline 1000000 -T 'linx.type in (read, openat)'
	mv out lines
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" lines spool || broken "rows and lines differ"
	# there is room again: the loss is reported before the next alert
	rm spool/00000000000000000001.alerts
	"$WORK/make_capture" 20 mixed node=web-1 boot=7 >small
	lx -q -r small --spool spool --spool-size 1M --alert spool 'linx.type in (read, openat)'
	is_status 0
	is_silent
}

# is_counted FILE NUMBER: expects that the alerts of FILE, without those that report losses, and the losses are together
# so many.
is_counted() {
	jq -s '(map(select(.rule != "linx: alerts lost")) | length) + (map(.output_fields["linx.lost"] // 0) | add)' "$1" >sum
	[ "$(cat sum)" = "$2" ] || broken "$(cat sum) of $2 alerts: $(grep -c . "$1") stand there"
	jq -se 'map(.output_fields["linx.lost"] // 0) | add > 0' "$1" >/dev/null || broken "none was lost"
}

test_what_does_not_go_together() {
	refuses 2 'missing folder: --alert spool: write --spool DIR' -r x --alert spool
	refuses 2 'not together: --rows and --spool: rows go to files or to linx-ship' -r x --rows a --spool b
	refuses 2 'missing folder: --block: write --spool DIR: it is for spools' -r x --block 5
	refuses 2 'not a size: --spool-size 5: write bytes from 1M on, as 500M or 2G' -r x --spool b --spool-size 5
}

test_one_writer() {
	"$WORK/make_capture" 20 mixed >capture
	lx -q -r capture --spool spool
	is_status 0
	flock spool/lock.alerts "$LINXCAP" -q -r capture --spool spool --alert spool 'linx.type = read' >out 2>err && broken "two writers" || true
	has err 'in use: spool: another process writes this spool'
	flock spool/lock "$LINXCAP" -q -r capture --spool spool >out 2>err && broken "two writers" || true
	has err 'in use: spool: another process writes this spool'
}
