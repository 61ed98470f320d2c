# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap serve: who gets data, which data, hostile names and browsers, and the saved page.

recorded() { real_capture 7.2 capture; }

# serve ARG...: starts a server, as process $pid. Its address is in the file address.
serve() {
	rm -f address err # the address of a server before this one would count as an answer
	: >address
	"$LINXCAP" serve "$@" >address 2>err &
	pid=$!
	trap 'kill "$pid" 2>/dev/null || true' EXIT
	wait_for answers_or_ended
	[ -s address ] || {
		! grep -q 'libmicrohttpd\|allows no ptrace' err || skip "$(cat err)"
		broken "no address"
	}
}

answers_or_ended() { grep -q '^http://127\.0\.0\.1:[0-9]*/#[0-9a-f]\{32\}$' address || ! kill -0 "$pid"; }

# client TEST [ARG...]: expects that a test of tests/web/page.py holds.
client() {
	local test=$1
	shift
	/usr/bin/python3 "$LINX_ROOT/tests/web/page.py" "$test" "$(cat address)" "$pid" "$@" >said 2>&1 || broken "$test: $(cat said)"
}

# ends [STATUS]: interrupts the server, which must end with STATUS (0 if not given), whatever its browsers do.
ends() {
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	is_status "${1:-0}"
	! grep -qF "$(sed 's/.*#//' address)" err || broken "standard error has the token"
}

test_token() {
	recorded
	serve -r capture
	client token
	ends
}

test_foreign_pages() {
	recorded
	serve -r capture
	client foreign
	ends
}

test_headers() {
	recorded
	serve -r capture
	client headers
	ends
}

test_large_requests() {
	recorded
	serve -r capture
	client size
	ends
}

test_several_and_slow_browsers() {
	recorded
	serve -r capture
	client browsers
	ends
}

test_lists_that_are_given_up() {
	"$WORK/make_capture" 1000000 >capture
	serve -q -r capture
	client given_up
	ends
}

test_values() {
	recorded
	lx stat -q -r capture --format json
	mv out stat
	lx -q -r capture
	mv out lines
	lx -q -r capture evt.failed = true
	mv out failed
	serve -r capture
	client values stat lines failed
	ends
}

# part_is_same ARG...: expects that the page shows what the other commands show with the same options.
part_is_same() {
	lx stat -q -r capture --format json "$@"
	mv out stat
	lx -q -r capture "$@"
	mv out lines
	[ -s lines ] || broken "nothing is in this part"
	grep ' = -1 E' lines >failed || true
	serve -r capture "$@"
	client values stat lines failed
	ends
}

# Lists, tables, timeline and heat map show the same part of a recording. The first event of the part can be the return
# of a call that began before the part.
test_part_of_a_recording() {
	traced -q -T -w capture -- sh -c 'echo begun >file; sleep 0.2; cat file none >file2; cat file2'
	part_is_same --last 100ms
	part_is_same -n 20
	part_is_same 'linx.type in (wait4, clock_nanosleep)'
}

# A program writes to its descriptor three times, each time after opening another file. The page shows only the bytes
# that went to the file of the chosen event.
test_stream() {
	traced -q -yy -w capture -- sh -c 'echo one >file; echo two >file; exec 5<>file; read -r x <&5; echo three >&5'
	local writer
	writer=$("$LINXCAP" -q -r capture --format json linx.type = dup2 | sed -nE '1s/.*"pid":([0-9]+).*/\1/p')
	serve -r capture
	client stream "$writer" 1 '<two\n >three\n'
	ends
}

# A stream has what went through copies of the descriptor, and what children wrote to the file that they inherited.
test_stream_of_children() {
	local of fd parent child
	# shellcheck disable=SC2016
	traced -q -yy -w capture -- sh -c 'exec 5>file; echo parent >&5; sh -c "exec 6>&5 5>&-; echo child >&6; exec 6>&-; exec 5>other; echo other >&5"; (echo sub >&5)
		exec 5>&-; exec 5>third; echo third >&5'
	"$LINXCAP" -q -r capture --format json linx.type = write | sed -nE 's/.*"pid":([0-9]+).*"(parent|child|sub|other|third)\\n.*/\2 \1/p' >writers
	parent=$(sed -n 's/^parent //p' writers) child=$(sed -n 's/^child //p' writers)
	[ -n "$parent" ] && [ -n "$child" ] && [ "$parent" != "$child" ] || broken "writers: $(cat writers)"
	serve -r capture
	client stream "$parent" 1 '>third\n'
	client stream "$child" 1 '>other\n'
	client stream "$(sed -n 's/^sub //p' writers)" 1 '>parent\nchild\nsub\n'
	ends
}

# The server has no capabilities. It still reads a file that cannot be opened without them, since it opened the file
# before it dropped them.
test_without_capabilities() {
	[ "$(id -u)" = 0 ] || skip "only root can read a file of others"
	recorded
	chown 65534 capture
	chmod 600 capture
	serve -r capture
	client live execve
	if grep -hv '^CapEff:	0*$' /proc/"$pid"/task/*/status | grep '^CapEff' >kept; then
		broken "a thread keeps capabilities: $(cat kept)"
	fi
	ends
}

test_losses_and_ends() {
	"$WORK/make_capture" 40 >whole
	head -c $(($(wc -c <whole) - 100)) whole >capture
	serve -r whole
	client live read
	has said '"full": 5'
	has said '"lost_total": 5'
	ends
	serve -r capture
	client live read
	has said '"cut_off": true'
	ends 1
}

# A damaged recording is shown up to the damage. When a recording grows, lists get what was added; tables stay those of
# the first reading.
test_damaged_and_growing() {
	recorded
	cp capture whole
	printf 'XXXXXXXX' | dd of=capture bs=1 seek=$(($(wc -c <whole) - 3000)) conv=notrunc 2>/dev/null
	serve -r capture
	client end damaged
	has said 'events: [1-9]'
	has err 'damaged at offset [0-9]+'
	ends 1
	head -c $(($(wc -c <whole) - 5000)) whole >capture
	serve -r capture
	client end whole
	cp said before
	cat whole >capture
	client end whole
	[ "$(sed 's/.*: //' said)" -gt "$(sed 's/.*: //' before)" ] || broken "lists have no more: $(cat before said)"
	ends 1
}

hostile() {
	printf '%s\n' '<img src=x onerror=alert(1)>' '</script><script>alert(1)</script>' >names
	cp /bin/echo '<b>&"x'"'"
	traced -q -yy -w capture -- sh -c '"./<b>&\"x'"'"'" "<script>alert(1)</script>" "</script><img src=x onerror=alert(2)>" $'"'"'\033[31m\xff'"'"'; : >"<i onload=x>"'
}

test_hostile_names() {
	hostile
	serve -r capture
	client names '<b>&"x'"'" '<script>alert(1)</script>' '</script><img src=x onerror=alert(2)>' '<i onload=x>'
	ends
}

test_secrets_are_blanked() {
	traced -q -yy -w capture -- sh -c '/bin/echo --password hunter2hunter; : hunter2hunter >hunter2hunter'
	echo 'regex hunter2[a-z]+' >secrets
	serve -r capture --redact secrets
	client lacks hunter2
	ends
	lx serve -q -r capture --redact secrets --save page.html
	is_status 0
	lacks page.html hunter2
	has page.html redacted
}

# The page of a live recording shows events while the command runs, and is still served after the command has ended.
test_live() {
	mkfifo hold
	traced -q -- true
	serve --engine ptrace -- sh -c 'echo begun >/dev/null; read -r x <hold; echo the-end >/dev/null'
	client live begun
	has said '"phase": "live"'
	echo go >hold
	client live the-end
	wait_for grep -q 'the page stays until Ctrl-C' err
	ends
}

# The newest events are kept, older ones are counted, and the page shows from which time on its list has all events.
test_keep() {
	traced -q -- true
	touch file
	serve --engine ptrace --keep 4M -- sh -c 'for i in $(seq 15000); do : <file; done; echo the-end >last' 2>/dev/null
	wait_for grep -q 'the page stays until Ctrl-C' err
	client kept
	ends
}

# saved FILE: prints the data of a saved page, after a look at its markup.
saved() {
	/usr/bin/python3 - "$1" <<-'END'
	import html.parser, json, sys
	class Parser(html.parser.HTMLParser):
	    def __init__(self):
	        super().__init__()
	        self.tags, self.data, self.inside = [], "", False
	    def handle_starttag(self, tag, attributes):
	        self.tags.append(tag)
	        self.inside = tag == "script" and ("id", "saved") in attributes
	        for name, value in attributes:
	            if name.startswith("on") or name in ("src", "href"):
	                sys.exit(f"{tag} has {name}={value}")
	    def handle_data(self, text):
	        self.data += text if self.inside else ""
	    def handle_endtag(self, tag):
	        self.inside = False
	p = Parser()
	p.feed(open(sys.argv[1], encoding="utf-8").read())
	for tag in ("img", "b", "i"):
	    if tag in p.tags:
	        sys.exit(f"there is an element {tag}")
	if p.tags.count("script") != 2:
	    sys.exit(f"{p.tags.count('script')} scripts")
	d = json.loads(p.data)
	print(len(d["events"]["events"]), d["events"]["left_out"], d["state"]["counts"]["calls"], sorted(d["views"]))
	END
}

test_saved_page() {
	hostile
	lx -q -r capture
	local n
	n=$(wc -l <out)
	echo old >page.html
	chmod 644 page.html
	lx serve -q -r capture --save page.html
	[ "$(stat -c %a page.html)" = 600 ] || broken "others may read it: $(ls -l page.html)"
	is_status 0
	is_silent
	[ ! -s out ] || broken "it prints an address"
	saved page.html >facts 2>&1 || broken "$(cat facts)"
	has facts "^$n 0 [0-9]+ .*'calls', 'connections', 'containers', 'errors', 'files', 'http', 'latency', 'processes', 'slow', 'summary'"
	has page.html "default-src 'none'; script-src 'nonce-[0-9a-f]{32}'"
	[ "$(stat -c %a page.html)" = 600 ] || broken "others may read it"
	lx serve -q -r capture --save few.html linx.type = execve
	saved few.html >facts 2>&1 || broken "$(cat facts)"
	[ "$(cut -d ' ' -f 1 facts)" -lt "$n" ] || broken "FILTER does not choose: $(cat facts)"
	lx serve -q -r - --save piped.html <capture
	saved piped.html >facts 2>&1 || broken "$(cat facts)"
	has facts "^$n 0 "
}

test_saved_page_says_what_it_lacks() {
	"$WORK/make_capture" 100250 >capture
	lx serve -q -r capture --save page.html
	is_status 0
	# the gap of lost records is an event, too
	says "page.html has not all events: 251 are left out, which the page says: choose fewer by FILTER"
	saved page.html >facts 2>&1 || broken "$(cat facts)"
	has facts '^100000 251 100250 '
	[ "$(stat -c %s page.html)" -lt 50000000 ] || broken "more than 50 MB"
}

test_wrong_use() {
	recorded
	refuses 2 "not a port: --port 70000: write a number from 1 to 65535" serve -r capture --port 70000
	refuses 2 "not a size: --keep 64K: write 4M or more, as 64M or 1G" serve --keep 64K
	refuses 2 "not together: linxcap serve and -o: write --save FILE.html for a file" serve -r capture -o x
	refuses 2 "the same file: -r capture and --save capture" serve -r capture --save capture
	refuses 1 "cannot write: no/page.html: No such file or directory" serve -r capture --save no/page.html
	lx serve -w x -r capture
	is_status 2
}

# browse FLOW [ARG...]: runs a flow of tests/web/browser on the page that is served.
browse() {
	local flow=$1
	shift
	"$LINX_ROOT/tests/web/browser" "$flow" "$(cat address)" "$@" >shown 2>&1 || {
		[ $? != 77 ] || skip "$(tail -n 1 shown)"
		broken "$(cat shown)"
	}
}

test_in_a_browser() {
	hostile
	serve -r capture
	browse page
	ends
}

test_views_in_a_browser() { # full
	hostile
	serve -r capture
	browse views
	ends
}

# A page whose server was killed is not shown as live, and shows what happened.
test_killed_in_a_browser() { # full
	traced -q -- true
	serve --engine ptrace -- sleep 1000
	browse killed "$pid"
}

# The command waits for the browser between calls that only it makes. Each wait has a pipe of its own, since a pipe
# whose writer has not closed it yet would end the next wait.
test_live_in_a_browser() { # full
	mkfifo first second
	traced -q -- true
	serve --engine ptrace -- /usr/bin/python3 -c '
import ctypes
c = ctypes.CDLL(None)
open("first").readline()
c.sethostname(None, -1)
open("second").readline()
c.setdomainname(None, -1)
'
	browse live "$PWD/first" "$PWD/second"
	ends
}

test_saved_page_in_a_browser() { # full
	hostile
	lx serve -q -r capture --save page.html
	echo "file://$PWD/page.html" >address
	browse saved
}
