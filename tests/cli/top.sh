# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap top, on a terminal that tmux emulates: what stands on the screen, and what keys do.

recorded() { real_capture 7.2 capture; }

# terminal ARG...: runs tmux, which is the terminal of the test.
terminal() { tmux -S "$PWD/s" -f /dev/null "$@"; }

# top ARG...: begins linxcap top on a terminal of $COLUMNS_OF by $LINES_OF characters. Its exit status is written to the
# file "ended".
top() {
	command -v tmux >/dev/null || skip "no tmux"
	[ -e "$(ldconfig -p | sed -n 's/.*libncursesw.so.6 .*=> //p' | head -n 1)" ] || skip "no libncursesw"
	trap 'terminal kill-server 2>/dev/null' EXIT
	rm -f ended
	printf '%q ' env -u NO_COLOR LC_ALL="${LOCALE:-C.UTF-8}" ${UNCOLOURED:+NO_COLOR=1} "$LINXCAP" top "$@" >command
	terminal new-session -d -x "${COLUMNS_OF:-100}" -y "${LINES_OF:-24}" "$(cat command) ${INPUT:+<$INPUT} 2>err; echo \$? >ended; read -r _"
}

on_screen() { # PATTERN
	terminal capture-pane -p >screen && grep -Eq -- "$1" screen
}
off_screen() { ! on_screen "$1"; }

# see PATTERN: waits until the screen has a line that matches.
see() {
	wait_for on_screen "$1"
}

keys() { terminal send-keys "$@"; }

quit() {
	keys q
	wait_for [ -s ended ]
	[ "$(cat ended)" = "${1:-0}" ] || broken "status $(cat ended): $(cat err screen)"
}

# rows_of_stat VIEW: writes the rows that linxcap stat prints for the view, without its head and sums, to the file "want".
rows_of_stat() {
	local n
	lx stat -q -r capture --view "$1"
	n=$(sed -nE '$s/.* ([0-9]+) rows?, .*/\1/p' out)
	sed 1d out | head -n "$n" | squeezed >want
}

# has_rows: true if the screen has the rows of the file "want", in their order, and no other.
has_rows() {
	terminal capture-pane -p >screen
	sed '1,/^ *[^ ].*[a-z]v /d; /^[0-9]* of [0-9]* rows/,$d' screen | squeezed | grep -v '^no calls$' >shown || true
	diff want shown >differ
}
squeezed() { tr -s ' ' | sed 's/^ //; s/ $//; /^$/d'; }

# same_rows VIEW KEY: expects that linxcap top, when KEY chooses the view, has all rows that linxcap stat prints for it.
same_rows() {
	rows_of_stat "$1"
	keys F2
	see ' p  Processes'
	keys "$2"
	wait_for off_screen ' p  Processes '
	wait_for has_rows || broken "$1: $(cat differ screen)"
}

# Each view has all rows that linxcap stat prints for it, with all their numbers.
test_views_show_what_stat_counts() {
	local name
	recorded
	COLUMNS_OF=300 LINES_OF=60 top -r capture
	see '^ *pid +countv'
	for name in calls:c errors:e files:f connections:n containers:k slow:s processes:p; do
		same_rows "${name%:*}" "${name#*:}"
		[ -s want ] || [ "$name" = connections:n ] || broken "$name has no rows to compare"
	done
	quit
	[ ! -s err ] || broken "messages: $(cat err)"
}

# Enter leads from a process to its files, to their events, and to one whole event. Backspace leads back.
test_drill_down() {
	recorded
	top -r capture
	see '^ *pid +countv'
	keys Enter
	see '^Processes > [0-9]+ .*: Files'
	see ' file$|  file '
	keys Enter
	see ': Events'
	see '[0-9:]+\.[0-9]+ [^ ]+\[[0-9]+\] '
	keys Enter
	see '"syscall": "'
	see '"time_ns": [0-9]+'
	keys BSpace
	wait_for off_screen '"syscall"'
	keys BSpace BSpace
	see '^Processes$'
	keys BSpace
	see 'this is the first level'
	quit
}

test_filter_bar() {
	recorded
	top -r capture
	see '^ *pid +countv'
	keys F4
	see '^FILTER:'
	keys 'linx.dur' Tab
	see '^FILTER: linx.duration'
	keys ' >= 0 and proc.n' Tab
	see 'proc.name proc.nthreads'
	keys Enter
	see 'unknown field proc.n'
	keys 'ame = nobody-has-this' Enter
	see '0 of 0 rows'
	see 'FILTER linx.duration >= 0 and proc.name = nobody-has-this'
	keys F4 C-u Enter
	see '1 of [1-9][0-9]* rows'
	quit
}

test_sort_search_and_tags() {
	recorded
	top -r capture
	see 'countv'
	keys I
	see 'count\^'
	keys '>'
	see '%v'
	keys F9
	see ' errors +errors'
	keys Enter
	keys / 'no-such-row' Enter
	see 'not found: no-such-row'
	keys Space
	see '1 tagged'
	keys U
	wait_for off_screen 'tagged'
	keys t
	see '└─'
	keys '?'
	see 'F4 \\ +edits FILTER'
	keys q
	see ' time +name'
	quit
}

test_heat_map_and_echo() {
	recorded
	top -r capture
	see 'countv'
	keys F7
	see 'Heat map'
	see '^ *[0-9.]+(ns|us|ms|s)( |$)'
	keys BSpace
	see 'countv'
	keys F5
	see ': Echo'
	quit
}

# The screen Echo (F5) shows the calls that move data. It shows no other call with a result above zero, such as an
# fcntl() that copies a descriptor.
test_echo_has_calls_that_move_data() {
	traced -q -yy -w capture -- sh -c 'exec 7>f; for i in 1 2 3; do echo moved >&7; done'
	lx -q -r capture --format json 'evt.type in (dup2, dup3, fcntl) and evt.buflen > 0'
	[ -s out ] || broken "the shell copies no descriptor"
	top -r capture
	see '^ *pid +countv'
	keys F5
	see ': Echo'
	see '^  moved'
	see '^------ .* write 6 '
	keys End
	! on_screen '(dup2|dup3|fcntl) [0-9]' || broken "$(cat screen)"
	quit
}

# Each screen, even the smallest, shows how many records were lost, and that the end of a file is missing.
test_losses() {
	local key
	"$WORK/make_capture" 40 >capture
	COLUMNS_OF=40 top -r capture
	see '^linxcap top  5 LOST \(5 full\)'
	for key in c e f n k s w a p; do
		keys F2
		see ' p  Processes'
		keys "$key"
		wait_for off_screen ' p  Processes '
		on_screen '^linxcap top  5 LOST \(5 full\)' || broken "$(cat screen)"
	done
	keys F5
	see ': Echo'
	on_screen '^linxcap top  5 LOST \(5 full\)' || broken "$(cat screen)"
	keys BSpace F6
	see ': Events'
	on_screen '^linxcap top  5 LOST \(5 full\)' || broken "$(cat screen)"
	keys Enter
	see '"syscall": "'
	on_screen '^linxcap top  5 LOST \(5 full\)' || broken "$(cat screen)"
	keys BSpace BSpace F7
	see 'Heat map'
	see '5 LOST'
	quit
	COLUMNS_OF=20 LINES_OF=2 top -r capture
	see '^5 LOST'
	quit
}

# A number that has no room is not shown, since its first digits would be another number: "69 calls" is not cut to "6".
test_no_number_is_cut() {
	local columns
	recorded
	for columns in 20 21 22 23 24 25 26 27 28 29 30; do
		COLUMNS_OF=$columns LINES_OF=10 top -r capture
		see '^none lost'
		see '^ *pid +countv'
		on_screen '^none lost  capture( +69 calls)? *$' || broken "$columns columns: $(cat screen)"
		on_screen '^1 of 5 rows( +64 calls)? *$' || broken "$columns columns: $(cat screen)"
		quit
	done
}

# The list of events has a line of text for each of them, and none that is empty.
test_events_have_lines() {
	local n
	recorded
	lx -q -r capture linx.pid = 108
	n=$(wc -l <out)
	grep -q 'execve(' out || broken "no exec: $(cat out)"
	LINES_OF=60 COLUMNS_OF=300 top -r capture linx.pid = 108
	see '^ *pid +countv'
	keys F6
	see ': Events'
	see "1 of $n lines"
	[ "$(sed -n '/^[0-9:]*\.[0-9]* /p' screen | wc -l)" -ge "$n" ] || broken "not $n lines: $(cat screen)"
	quit
}

# The header shows an account that is not complete if reading continued after damage, and if events were skipped.
test_an_account_that_is_not_complete() {
	local size
	"$WORK/make_capture" 20 skipped >capture
	top -r capture
	see '^linxcap top  5 LOST \(5 full\)  up to 42 SKIPPED  NOT COMPLETE'
	quit
	recorded
	size=$(wc -c <capture)
	printf 'damaged' | dd of=capture bs=1 seek=$((size * 9 / 10)) conv=notrunc 2>/dev/null
	top -r capture --salvage
	see '^linxcap top  .*NOT COMPLETE'
	quit
}

# The key R reads what was added to a file that grows. For a damaged file the screen shows an error about the damage.
test_grows_and_damaged() {
	recorded
	cp capture whole
	head -c $(($(wc -c <whole) - 5000)) whole >capture
	top -r capture
	see 'NO END'
	cat whole >capture
	keys R
	see 'none lost'
	wait_for off_screen 'NO END'
	quit
	cp whole capture
	printf 'XXXXXXXX' | dd of=capture bs=1 seek=$(($(wc -c <whole) - 5000)) conv=notrunc 2>/dev/null
	top -r capture
	see 'damaged|nonsense|checksum'
	quit
}

# linxcap top reads a pipe once, like a live source. Another view is made from the events that it has kept.
test_pipe() {
	recorded
	lx stat -q -r capture --view processes --top 1
	sed -n 2p out | tr -s ' ' | sed 's/^ //' | cut -d ' ' -f 1,2 >first
	mkfifo pipe
	cat capture >pipe &
	INPUT=pipe top -r -
	see "$(sed 's/ / +/' first) "
	keys F2 c
	see '^call +countv'
	see '1 of [1-9][0-9]* rows'
	quit
	"$WORK/make_capture" 40 >capture
	cat capture >pipe &
	INPUT=pipe top -r -
	see '5 LOST \(5 full\)'
	quit
}

# The screen is drawn with 20 to 300 columns, without colours, without UTF-8, and after a change of its size.
test_sizes() {
	local size
	recorded
	for size in 20x5 40x10 80x24 300x60; do
		COLUMNS_OF=${size%x*} LINES_OF=${size#*x} top -r capture
		see 'none lost'
		see '^ *pid '
		quit
	done
	# on a narrow screen columns of numbers are left out before the column of names
	COLUMNS_OF=20 LINES_OF=8 top -r capture
	see '^pid +countv +name'
	quit
	LOCALE=C UNCOLOURED=yes top -r capture
	see 'countv'
	keys t
	see '[|`]- '
	! LC_ALL=C grep -q '[^ -~]' screen || broken "beyond ASCII: $(cat screen)"
	terminal resize-window -x 30 -y 8
	see '^ *pid +countv'
	terminal resize-window -x 200 -y 50
	see 'F10Quit'
	quit
}

# The heat map says what stands for more calls: a brighter shade, or a denser character without colours.
test_shades_and_characters() {
	recorded
	LOCALE=C UNCOLOURED=yes top -r capture linx.duration exists
	see 'countv'
	keys F7
	see '  denser: more calls'
	quit
	terminal kill-server 2>/dev/null || true
	# a server of its own, since the first one may still be ending
	printf 'set -g default-terminal "screen-256color"\n' >colours
	terminal() { tmux -S "$PWD/other" -f "$PWD/colours" "$@"; }
	top -r capture linx.duration exists
	see 'countv'
	keys F7
	see '  brighter: more calls'
	quit
}

# A row of the HTTP view leads to its events, and to one whole request.
test_http_view() {
	traced -q -- true
	cat >web.py <<-'EOF'
		import http.server, threading, urllib.request
		class Handler(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        self.send_response(200 if self.path == "/found" else 404)
		        self.end_headers()
		server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
		threading.Thread(target=server.serve_forever, daemon=True).start()
		for path in "/found", "/missing":
		    try:
		        urllib.request.urlopen("http://127.0.0.1:%d%s" % (server.server_port, path)).read()
		    except urllib.error.HTTPError:
		        pass
	EOF
	traced -q --http -w capture -- /usr/bin/python3 web.py
	LINES_OF=60 top -r capture
	see 'countv'
	keys F2 w
	see ' 200 +server +.*/found'
	keys F3 /missing Enter
	see '[12] of 4 rows|[34] of 4 rows'
	keys Enter
	see ': Events'
	see '^[0-9:.]+ .*http (server|client) GET .*/missing = 404'
	off_screen '/found' || broken "another request: $(cat screen)"
	keys Enter
	see '^  "kind": "http"'
	see '^  "status": 404'
	quit
	traced -q -yy -T -w capture -- /usr/bin/python3 web.py
	COLUMNS_OF=300 LINES_OF=60 top -r capture
	see 'countv'
	same_rows connections n
	grep -q '127\.0\.0\.1' want || broken "no connections: $(cat want)"
	quit
	traced -q --http -w capture -- /usr/bin/python3 web.py
	top -r capture 'linx.http.status = 200'
	see 'no calls'
	keys F2 w
	see ' 200 +server +.*/found'
	off_screen '/missing' || broken "FILTER does not apply: $(cat screen)"
	quit
	# requests of a live command are counted as they come
	sed -i 's/^for path in .*/import sys\nfor path in iter(lambda: "\/" + open("asked").read().strip(), "\/end"):/' web.py
	mkfifo asked
	top --engine ptrace --view http -- /usr/bin/python3 web.py
	see 'no requests yet'
	echo first >asked
	see ' 404 +server +.*/first'
	echo second >asked
	see ' 404 +client +.*/second'
	keys q
	wait_for [ -s ended ]
}

# mouse BUTTON COLUMN ROW: presses and releases a button of the mouse, as a terminal reports it; places begin with 1.
mouse() {
	local b text
	for b in "$1" 3; do
		# shellcheck disable=SC2059
		printf -v text "\\033[M\\x$(printf %x $((32 + b)))\\x$(printf %x $((32 + $2)))\\x$(printf %x $((32 + $3)))"
		keys -l "$text"
	done
}

# A click selects, sorts, chooses or presses a label of the last line. A double click opens. The wheel moves.
test_mouse() {
	recorded
	top -r capture
	see '1 of [0-9]+ rows'
	mouse 0 4 7
	see '3 of [0-9]+ rows'
	mouse 65 4 7
	see '[4-6] of [0-9]+ rows'
	mouse 64 4 7
	see '[1-3] of [0-9]+ rows'
	mouse 0 2 4
	see '^ *pidv'
	mouse 0 10 24
	see '^ c  Calls'
	mouse 0 5 4
	see '^call +countv'
	mouse 0 5 5
	mouse 0 5 5
	see 'Calls > [a-z0-9_]+: Processes'
	mouse 0 5 24 # Help
	see 'F1 . h +shows or hides this help'
	mouse 65 5 5
	off_screen 'F1 . h +shows' || wait_for off_screen 'F1 . h +shows'
	mouse 0 5 5
	see ': Processes'
	quit
}

# A command for a row gets the row's values, the terminal and its keys, while events are read on.
test_actions() {
	# shellcheck disable=SC2016
	local loop='while :; do read -r x </etc/passwd; done'
	traced -q -- true
	recorded
	top -r capture
	see 'countv'
	keys F8
	see 'commands are for a live table'
	quit
	cat >mine.yaml <<-'EOF'
		view: mine
		title: My view
		key: m
		where: linx.comm = sh
		keys: [{field: linx.pid, name: pid}, {field: linx.comm, name: program}]
		columns: [count]
		actions:
		  - {key: r, text: "read a line", run: [sh, -c, 'read -r x; echo "$0 $1 got $x"; exec sleep 1000', "{program}", "{pid}"]}
	EOF
	top --engine ptrace --view mine.yaml -- sh -c "$loop"
	see '^[0-9]+ +sh +[0-9]+'
	keys F8
	see '^ r  read a line'
	keys r
	see "^run: sh -c 'read -r x; .*' sh [0-9]+ . y: yes"
	keys n
	see 'My view'
	keys F8 r y
	wait_for off_screen 'My view'
	keys hello Enter
	see '^sh [0-9]+ got hello'
	keys C-z
	keys C-c
	see '^Enter: back to linxcap top'
	keys Enter
	see 'the command has ended'
	see 'none lost'
	see '^[0-9]+ +sh +[0-9]+'
	quit
}

# The command gets the row that was drawn when F8 was pressed, even if other rows have come before that row meanwhile.
# All of the command is shown before it runs.
test_actions_hold_their_row() {
	local first
	traced -q -- true
	cat >mine.yaml <<-'EOF'
		view: mine
		title: My view
		key: m
		where: linx.comm = sh
		keys: [{field: linx.pid, name: pid}]
		columns: [count, {value: last(linx.comm), name: name}]
		show: [pid, count]
		actions:
		  - {key: r, text: "say it", run: [echo, "{pid}"]}
		  - {key: l, text: "a long one", run: [sh, -c, "ls                                                                              ; echo hidden"]}
	EOF
	mkfifo a b c
	# shellcheck disable=SC2016
	COLUMNS_OF=60 top --engine ptrace --view mine.yaml -- sh -c 'loop() { n=0; while [ $n -lt $1 ]; do read -r x </etc/passwd; n=$((n+1)); done; }
		(loop 300; read -r x <a) & (read -r x <b; loop 900; read -r x <c) & wait'
	see '^linxcap top .* 1[0-9]\.[0-9]k calls  0/s'
	see '^ *[0-9]+ +[0-9]{5}$'
	first=$(sed -nE 's/^ *([0-9]+) +[0-9]{5}$/\1/p' screen | head -n 1)
	keys F8
	see '^ r  say it'
	echo >b
	see '^linxcap top .* [4-9][0-9]\.[0-9]k calls'
	keys r
	see "^run: echo $first .sh. . y: yes"
	keys n F8 l
	see "^run: sh -c 'ls$"
	see "; echo hidden' .sh. . y: yes"
	terminal resize-window -x 60 -y 2
	see 'the screen is too small for the command: it is not run'
	keys y
	terminal resize-window -x 60 -y 24
	see 'My view'
	off_screen hidden || broken "it ran: $(cat screen)"
	keys q
	wait_for [ -s ended ]
}

# The screen Echo (F5) shows a backslash in data as two backslashes, so that it differs from an escaped newline. Data
# are indented, so that data with dashes and a time are not taken for the line that Echo prints above the data of a
# call.
test_echo_shows_data_as_they_are() {
	# shellcheck disable=SC1003
	traced -q -yy -w capture -- sh -c 'exec 7>f; printf "%s\n" "C:\\new\\nice" >&7; printf "x\n------ 21:35:44.870158 sshd[1] write 6 /etc/shadow\n" >&7'
	[ "$(head -n 1 f)" = 'C:\new\nice' ] || broken "the shell has written something else: $(cat f)"
	top -r capture 'evt.type = write'
	see '^ *pid +countv'
	keys F5
	see '^  C:\\\\new\\\\nice$'
	see '^  ------ 21:35:44.870158 sshd'
	quit
}

# The first interval begins when the user asks for intervals: it has no calls from before.
test_intervals_have_nothing_from_before() {
	traced -q -- true
	mkfifo a
	# shellcheck disable=SC2016
	top --engine ptrace -- sh -c 'n=0; while [ $n -lt 400 ]; do read -r x </etc/passwd; n=$((n+1)); done; read -r x <a'
	see '^linxcap top .* 1[0-9]\.[0-9]k calls  0/s'
	see '^ *[0-9]+ +[0-9]{5} '
	keys i
	see 'of 2 s'
	off_screen '^ *[0-9]+ +[0-9]{5} ' || broken "$(cat screen)"
	keys q
	wait_for [ -s ended ]
}

# A whole event is shown on wrapped lines, with each member at its depth.
test_event_is_wrapped() {
	recorded
	COLUMNS_OF=60 LINES_OF=60 top -r capture 'evt.type = execve'
	see 'countv'
	keys F6 Enter
	see '^  "syscall": "execve"'
	see '^    "filename": '
	see '^  }|^    ]'
	quit
}

# Keys that are pressed while a table is read again act in their order, and the selected row stays selected.
test_selection_stays() {
	recorded
	top -r capture
	see '1 of [0-9]+ rows'
	keys Down Down Enter
	see ': Files'
	keys BSpace Down
	see '^Processes *$'
	see '4 of [0-9]+ rows'
	quit
}

# Whatever a file is called, the row of the file leads to its events.
test_any_name_can_be_opened() {
	local name i=0
	mkdir names
	cd names
	for name in "both\"and'x" 'back\slash' 'end\' $'new\nline' $'esc\033[2J' $'turn\342\200\256' $'picture\360\237\230\200' $'bytes\377\376'; do
		: >"$name"
	done
	cd ..
	traced -q -w capture -- cat names/*
	COLUMNS_OF=200 top -r capture 'fd.name contains /names/'
	see 'countv'
	keys F2 f
	see '1 of 8 rows'
	while ((++i <= 8)); do
		keys Enter
		see '/names/.*: Events'
		see '^[0-9:]+\.[0-9]+ cat\[[0-9]+\] +(openat|newfstatat|fadvise64|read)\('
		keys BSpace
		see '^Files$'
		see "$i of 8 rows"
		keys Down
	done
	quit
}

# Names of programs and files may not move the cursor, change the direction of text or imitate another line.
test_hostile_names() {
	local name
	name=$(printf 'x\033[2J\342\200\256\360\237\230\200y')
	cp /bin/true "$name" 2>/dev/null || skip "no such names here"
	traced -q -w capture -- "./$name"
	top -r capture
	see 'countv'
	see 'x\\33\[2J'
	! grep -q "$(printf '\342\200\256')" screen || broken "a mark that turns text: $(cat screen)"
	keys F4 'evt.type = execve' Enter
	keys F6
	see 'execve\("./x\\33\[2J\\u\{202e\}\\u\{1f600\}y"|execve'
	! grep -q "$(printf '\360\237\230\200')" screen || broken "a picture: $(cat screen)"
	quit
}

# A live screen shows a command's calls and opens what a row stands for. A signal, a key or a closed terminal ends it.
test_live() {
	# shellcheck disable=SC2016
	local loop='while :; do read -r x </etc/passwd; done'
	traced -q -- true
	top --engine ptrace -- sh -c "$loop"
	see '^ *[0-9]+ +[0-9]{3,} .* sh'
	see '/s'
	keys Enter
	see '/etc/passwd'
	keys p
	see 'PAUSED'
	keys p
	wait_for off_screen 'PAUSED'
	keys Enter
	see ': Events'
	see 'follows'
	keys BSpace i
	see 'of 2 s'
	quit
	top --engine ptrace -- sh -c "$loop"
	see 'countv'
	terminal kill-session
	wait_for terminal_is_gone
}
terminal_is_gone() { ! pgrep -f "^$LINXCAP top --engine ptrace -- sh -c while :; do read -r x </etc/passwd" >/dev/null; }

# The traced command cannot write over the screen: its output is dropped.
test_command_keeps_off_the_screen() {
	traced -q -- true
	top --engine ptrace -- sh -c 'echo on the screen; echo errors >&2; cat /etc/hostname; sleep 60'
	see 'countv'
	see ' cat'
	off_screen 'on the screen|errors$' || broken "$(cat screen)"
	quit
}

test_alerts() {
	recorded
	printf '%s\n' '- rule: Reads' '  desc: d' '  condition: evt.type = read and proc.name = cat' '  output: cat reads %fd.name' '  priority: WARNING' >rules.yaml
	top -r capture --rules rules.yaml
	see 'countv'
	keys F2 a
	see '^Alerts$'
	see '^[0-9:]+\.[0-9]+ Warning +Reads: cat reads '
	keys Enter
	see '"syscall": "read"'
	quit
	top -r capture
	see 'countv'
	keys F2 a
	see 'no rules: begin with linxcap top --rules FILE'
	quit
}

# Secrets are blanked in tables, in the path of what was opened, in lists and in events.
test_redact() {
	recorded
	lx stat -q -r capture --view processes --top 1
	sed -n '2s/.* //p' out >name
	printf 'regex %s\n' "$(cat name)" >rules
	top -r capture --redact rules
	see 'countv'
	wait_for off_screen "reading|[^a-z]$(cat name)\$"
	keys Enter
	see ': Files'
	off_screen "[^a-z]$(cat name)( |:|\$)" || broken "$(cat screen)"
	keys F6
	see ': Events'
	off_screen "[^a-z]$(cat name)\\[" || broken "$(cat screen)"
	quit
}

test_own_view() {
	recorded
	printf '%s\n' 'view: mine' 'title: My view' 'key: m' 'keys: [linx.abi]' 'open: calls' >mine.yaml
	top -r capture --view mine.yaml
	see '^My view'
	see '^x86_64|^abi'
	keys Enter
	see 'My view > x86_64: Calls'
	quit
}

test_refused() {
	recorded
	refuses 2 "not a terminal: standard output: linxcap stat prints tables elsewhere" top -r capture
	printf '%s\n' 'view: mine' 'key: mm' >bad.yaml
	top -r capture --view bad.yaml
	wait_for [ -s ended ]
	[ "$(cat ended)" = 2 ] || broken "status $(cat ended)"
	says "bad.yaml:2:6: one letter is expected here"
	top -r capture --keep 1
	wait_for [ -s ended ]
	says "not a size: --keep 1: write bytes, as 64M or 1G, and at least 1M"
	top --mode recorder
	wait_for [ -s ended ]
	says "not together: linxcap top and --mode recorder: it shows what comes"
}

# The manual explains each key by its name and with the words of the help.
test_manual_has_the_keys() {
	local name text
	sed 's/\\-/-/g; s/\\(rs/\\/g; s/\\&//g' "$LINX_ROOT/tools/man/linxcap-top.1" >page
	sed -n 's/^KEY([^"]*"\([^"]*\)", [A-Z_]*, "[^"]*", "\(.*\)")$/\1\t\2/p' "$LINX_ROOT/tools/top/keys.def" >rows
	[ "$(wc -l <rows)" -gt 30 ] || broken "few keys: $(cat rows)"
	while IFS=$'\t' read -r name text; do
		name=${name//\\\\/\\}
		grep -qF -- "$name" page || broken "no key $name in the manual"
		[ -z "$text" ] || grep -qF -- "$text" page || broken "not in the manual: $name: $text"
	done <rows
}

# A condition that cannot be made leaves an empty table and shows the reason, for a file and live. The user's name can
# have any letter.
test_a_condition_that_fails() {
	local many few
	many=$(seq -s ' or linx.pid != ' 1 490) few=$(seq -s ' or linx.pid = ' 1 40)
	printf 'view: many\ntitle: Many\nkey: m\nwhere: linx.pid != %s\nkeys: [{field: linx.pid, name: pid}]\ncolumns: [count]\n' "$many" >many.yaml
	recorded
	top -r capture --view many.yaml
	see '[1-9][0-9]* rows'
	keys F4 "linx.pid = $few" Enter
	see 'condition'
	see '0 of 0 rows'
	keys F5 F6 F7 F8 Down Enter Space
	see '0 of 0 rows'
	quit
	top -r capture
	see '[1-9][0-9]* rows'
	keys u 'a"b\' Enter
	see 'user a"b.'
	see '0 of 0 rows'
	quit
	traced -q -- true
	top --engine ptrace --view many.yaml -- sh -c 'while :; do read -r x </etc/passwd; done'
	see 'of [0-9]+ rows'
	keys F4 "linx.pid = $few" Enter
	see 'condition'
	see '0 of 0 rows'
	see '[1-9][0-9.]*k calls'
	keys q
	wait_for [ -s ended ]
	grep -qE '^(0|137|143)$' ended || broken "status $(cat ended)"
}
