# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Who may connect to the server of a fleet, and what each may do there: TLS, nkeys, linx-store enroll and revoke.
. "$CLI/fleet_functions"

# breaking FIRST: starts a server before the server, at $port, to which it passes connections. It breaks the first ones: one
# at once, and one after the greeting of the server, until FIRST are broken.
breaking() {
	local behind=$port
	port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >breaking.py <<-'END'
		import socket, sys, threading
		port, behind, first = map(int, sys.argv[1:])
		def copy(a, b):
		    try:
		        while data := a.recv(65536):
		            b.sendall(data)
		    except OSError:
		        pass
		    for s in a, b:
		        try:
		            s.shutdown(socket.SHUT_RDWR)
		        except OSError:
		            pass
		listener = socket.create_server(('127.0.0.1', port))
		n = 0
		while True:
		    a = listener.accept()[0]
		    n += 1
		    if n <= first and n % 2:
		        a.close()
		        continue
		    b = socket.create_connection(('127.0.0.1', behind))
		    if n <= first:
		        a.sendall(b.recv(65536))
		        a.close()
		        b.close()
		        continue
		    for pair in (a, b), (b, a):
		        threading.Thread(target=copy, args=pair, daemon=True).start()
	END
	/usr/bin/python3 breaking.py "$port" "$behind" "$1" >breaking.log 2>&1 &
	started+=("$!")
	url=nats://127.0.0.1:$port
	wait_for sh -c "grep -q ':$(printf %04X "$port") 00000000:0000 0A' /proc/net/tcp"
}

# A connection that breaks while it is being made is no refusal: programs try again. The first eight break here, as they do
# if a busy server gives the handshake of TLS too little time.
test_connection_that_breaks() {
	start_nats
	record web-1 2000 300
	breaking 8
	store
	ship web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1
}

# enroll WORD...: runs linx-store enroll in the folder nats; its output is in out and err.
enroll() {
	status=0
	"$LIMIT_PROGRAM" 60 "$store" enroll --keys nats "$@" >out 2>err || status=$?
}

revoke() {
	status=0
	"$LIMIT_PROGRAM" 60 "$store" revoke --keys nats "$@" >out 2>err || status=$?
}

# speak MACHINE WORD...: speaks to the server with the key of a machine; answers are in the file said.
speak() {
	local seed=nats/keys/$1.nk
	[ "$1" != store ] || seed=nats/store.nk
	[ "$1" != - ] || seed=-
	shift
	/usr/bin/python3 "$CLI/nats_speak.py" "$port" "$seed" "$@" >said 2>&1 || return 1
}

# modes FILE...: prints mode and name of files.
modes() { stat -c '%a %n' "$@"; }

test_enroll() {
	need_nats
	umask 0
	enroll --nats tls://nats.example.org:4222 --tls-ca /etc/ssl/fleet.pem web-1 web-2.example.org
	is_status 0
	has out '^nats/keys/web-1.nk is the seed of web-1: '
	[ "$(grep -cxF 'LINX_NATS="--nats tls://nats.example.org:4222 --nkey /etc/linx-ship.nk --tls-ca /etc/ssl/fleet.pem"' out)" = 2 ] || broken lines
	has err '^linx-store: the server reads nats/linx.conf again with: nats-server --signal reload=PID$'
	modes nats nats/keys nats/keys/* nats/store.nk nats/machines nats/linx.conf >got
	printf '%s\n' '755 nats' '700 nats/keys' '600 nats/keys/web-1.nk' '600 nats/keys/web-2.example.org.nk' '600 nats/store.nk' \
		'644 nats/machines' '644 nats/linx.conf' | diff - got || broken "modes"
	! grep -qFf <(cat nats/keys/*.nk nats/store.nk) nats/machines nats/linx.conf out err || broken "a seed is shown"
	# what is there stays, also if one of several names is refused
	cp -r nats before
	for words in web-1 'web-3 web-1' '../x' 'a*' 'a b' '>' 'x/y' '' '.' '..' 'a..b' $'a\nb' 'ä' "$(printf 'a%.0s' {1..65})" 'web-3 web-3' 'example.org web-2.example.org.x'; do
		if [[ $words == *web-* ]]; then
			# shellcheck disable=SC2086
			enroll $words
		else
			enroll "$words"
		fi
		is_status 1
		has err '^linx-store: (enrolled already|not a name for subjects|cannot enroll .* beside)'
		[ "$(tr -d '\n' <err | wc -c)" -gt 0 ] && [ ! -s out ] || broken "$words"
		diff -r before nats >difference || broken "$words: $(cat difference)"
	done
	echo secret >nats/keys/web-3.nk
	enroll web-3
	is_status 1
	has err '^linx-store: the seed is there already: web-3.nk: move it away$'
	[ "$(cat nats/keys/web-3.nk)" = secret ] || broken "a seed was overwritten"
	rm nats/keys/web-3.nk
	# each list that has another line is refused
	for words in 'machine web-4' 'machine ../web-4 UAYFREB62II6Y4GQVOLYXQDHD6ZSQC3BJM7PDMVDJBIBJIWP2F2SJBN7' 'machine web-4 UAYFREB' 'user x y' \
		"machine web-4 $(sed -n 's/^store U/UB/p' nats/machines | head -c 56)" "$(head -n 1 nats/machines)" "$(sed -n 2p nats/machines)"; do
		cp before/machines nats
		echo "$words" >>nats/machines
		enroll web-5
		is_status 1
		has err '^linx-store: cannot use: nats/machines:4: write "store KEY" or "machine NAME KEY", each name once$'
	done
	cp before/machines nats
	# machines that an earlier version has enrolled get the permissions of now
	sed -i 's/, "linx.alerts.web-1"//' nats/linx.conf
	enroll --refresh
	is_status 0
	diff -r before nats || broken "refreshed"
	revoke web-3
	is_status 1
	has err '^linx-store: not enrolled: web-3$'
	revoke web-1
	is_status 0
	[ ! -e nats/keys/web-1.nk ] && ! grep -q web-1 nats/machines nats/linx.conf || broken "web-1 is still there"
	cmp before/keys/web-2.example.org.nk nats/keys/web-2.example.org.nk
	revoke --reload $$ web-2.example.org
	is_status 1
	has err '^linx-store: not nats-server: --reload [0-9]*: it is .*; the files are written$'
	enroll --reload x web-6
	is_status 2
	enroll
	is_status 2
	chmod o+w nats
	enroll web-6
	is_status 1
	has err '^linx-store: cannot use folder: nats: everybody may write it: chmod o-w$'
}

# Processes that enroll at the same time lose no machine, and one that is killed leaves whole files.
test_enroll_at_the_same_time() {
	local i pids=()
	need_nats
	for i in {1..12}; do
		"$store" enroll --keys nats "web-$i" >"out-$i" 2>&1 &
		pids+=("$!")
	done
	for i in {1..12}; do
		wait "${pids[i - 1]}" || broken "$(cat "out-$i")"
	done
	[ "$(grep -c '^machine web-' nats/machines)" = 12 ] || broken "$(cat nats/machines)"
	[ "$(grep -c 'linx.at.web-' nats/linx.conf)" = 12 ] || broken "$(cat nats/linx.conf)"
	for i in {1..30}; do
		"$store" enroll --keys nats "db-$i" >/dev/null 2>&1 &
		read -rt "0.0$((RANDOM % 10))" <>"$WORK/pause" || true
		end $!
		enroll "last-$i"
		is_status 0
	done
	PATH=$PATH:/usr/sbin nats-server -t -c nats/linx.conf >tested 2>&1 || broken "$(cat tested)"
	[ "$(grep -c '^machine last-' nats/machines)" = 30 ] || broken "$(cat nats/machines)"
}

# start_enrolled MACHINE...: starts a server that lets linx-store and the machines in, each with its key.
start_enrolled() {
	need_nats
	enroll "$@"
	is_status 0
	start_nats 'include "nats/linx.conf"' "${server_lines[@]}"
}
server_lines=()

# A machine can do with its key what linx-ship does, and nothing else.
test_machines_keep_to_their_subjects() {
	local word
	start_enrolled web-1 db
	record web-1 3000 500
	record db 2000 300
	store --nkey nats/store.nk
	ship web-1 --nkey nats/keys/web-1.nk
	is_status 0
	# the key of web-1 at the subject of db: the server refuses
	sending spool-db --machine db --nkey nats/keys/web-1.nk
	wait_for grep -Eq "127.0.0.1:$port: .*[Pp]ermissions? [Vv]iolation" ship.log
	end "$shipping"
	# blocks of db at the subject of web-1: linx-store refuses
	send spool-db --machine web-1 --nkey nats/keys/web-1.nk
	is_status 0
	has store.log 'refused: a message of web-1: it is not a block of this machine'
	[ ! -e rows/machine=db ] || broken "rows of another machine: $(find rows)"
	# no key, and one that is not enrolled
	ship web-1
	is_status 1
	has err "^linx-ship: connection refused: nats://127.0.0.1:$port: .*[Aa]uthorization"
	"$store" enroll --keys elsewhere web-1 >/dev/null 2>&1
	ship web-1 --nkey elsewhere/keys/web-1.nk
	is_status 1
	has err "^linx-ship: connection refused: nats://127.0.0.1:$port: .*[Aa]uthorization"
	! speak - 'pub linx.rows.1.web-1 x' || broken "without a key"
	# each subject of a machine with its own name; the name of another, and subjects of linx-store and of JetStream
	speak web-1 'pub linx.at.web-1 x' 'pub linx.rows.63.web-1 x' 'pub linx.alerts.web-1 x' 'sub linx.stored.web-1' \
		'sub _INBOX.web-1.x.*' || broken "$(cat said)"
	[ "$(grep -cx ok said)" = 5 ] || broken "$(cat said)"
	while read -r word; do
		speak web-1 "$word" || broken "$(cat said)"
		grep -q "^-ERR 'Permissions Violation for " said || broken "$word: $(cat said)"
	done <<-'END'
		pub linx.rows.1.db x
		pub linx.at.db 1 1 2
		pub linx.stored.db floor 1 9
		pub linx.stored.db want 1 1 2
		pub linx.stored.web-1 floor 1 9
		pub linx.alerts.db x
		pub _INBOX.db.x.1 x
		pub _INBOX.x x
		pub $JS.API.INFO
		pub $JS.API.STREAM.CREATE.OTHER {}
		pub $JS.API.STREAM.UPDATE.LINX {}
		pub $JS.API.STREAM.PURGE.LINX
		pub $JS.API.STREAM.DELETE.LINX
		pub $JS.API.STREAM.MSG.GET.LINX {"seq":1}
		pub $JS.API.STREAM.MSG.DELETE.LINX {"seq":1}
		pub $JS.API.DIRECT.GET.LINX {"seq":1}
		pub $JS.API.CONSUMER.DELETE.LINX.store
		pub $JS.API.CONSUMER.CREATE.LINX {}
		pub $JS.API.CONSUMER.DURABLE.CREATE.LINX.x {}
		pub $JS.API.CONSUMER.MSG.NEXT.LINX.store 1
		pub $JS.ACK.LINX.store.1.1.1.1.1 +TERM
		pub $JS.FC.x x
		pub $SYS.REQ.SERVER.PING
		sub linx.rows.*.db
		sub linx.rows.>
		sub linx.at.db
		sub linx.stored.db
		sub linx.stored.*
		sub _INBOX.db.>
		sub _INBOX.>
		sub $JS.API.>
		sub $SYS.>
		sub >
		sub *.*
	END
	ship db --nkey nats/keys/db.nk
	is_status 0
	end "$stored" TERM
	is_stored db
	rm -r spool-web-1
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind,args rows/machine=web-1 >got
	[ "$(grep -vc '^gap	.*"cause":"refused"' got)" = 3015 ] || broken "$(wc -l <got) rows"
}

# The server sends its answer to a block where the sender wants, also where the sender may not publish itself. Such an
# answer, which is {"stream":"LINX","seq":N}, must not remove what others have sent.
test_answers_sent_elsewhere() {
	local subject
	start_enrolled web-1 db
	record db 2000 300
	store --nkey nats/store.nk
	wait_for has_messages 0
	end "$stored" TERM
	sending spool-db --machine db --nkey nats/keys/db.nk
	wait_for has_messages 8
	for subject in '$JS.API.STREAM.PURGE.LINX' '$JS.API.STREAM.DELETE.LINX' '$JS.API.STREAM.MSG.DELETE.LINX' '$JS.API.CONSUMER.DELETE.LINX.store' \
		'$JS.API.STREAM.UPDATE.LINX' '$JS.API.STREAM.LEADER.STEPDOWN.LINX' '$JS.API.CONSUMER.MSG.NEXT.LINX.store' linx.rows.1.db linx.stored.db; do
		speak web-1 "ask linx.rows.1.web-1 $subject x" || broken "$(cat said)"
		[ "$(cat said)" = ok ] || broken "$subject: $(cat said)"
	done
	wait_for has_messages 18 # eight blocks, nine messages of web-1, and an answer that became a message of db
	speak web-1 'ask linx.rows.1.web-1 $JS.ACK.LINX.store.1.1.1.1.1 x'
	has said 'Permissions Violation for Publish with Reply of'
	end "$shipping"
	store --nkey nats/store.nk
	ship db --nkey nats/keys/db.nk
	is_status 0
	end "$stored" TERM
	is_stored db
	has store.log ' 2015 rows in 8 blocks, 0 came again, 10 refused, 0 lost'
	[ ! -e rows/machine=web-1 ] || broken "rows of no block: $(find rows/machine=web-1)"
}

# has_messages N: true if the stream has N messages; its state is in the file state.
has_messages() {
	speak store 'get $JS.API.STREAM.INFO.LINX' && grep -q "\"messages\":$1," said
}

# A machine that is revoked is let in no longer, and its connection ends at once; what it has sent before is stored. The
# other machines stay connected.
test_revoke() {
	local before
	start_enrolled web-1 db
	record web-1 3000 500
	record db 2000 300
	store --nkey nats/store.nk
	wait_for has_messages 0
	end "$stored" TERM
	sending spool-db --machine db --nkey nats/keys/db.nk
	before=$shipping
	cp nats/keys/web-1.nk seed
	sending spool-web-1 --machine web-1 --nkey seed
	wait_for has_messages 16
	revoke --reload "$nats" web-1
	is_status 0
	status=0
	wait "$shipping" || status=$?
	is_status 1
	has ship.log "^linx-ship: connection refused: nats://127.0.0.1:$port: .*[Aa]uthorization"
	ship web-1 --nkey seed
	is_status 1
	store --nkey nats/store.nk
	wait_for has_messages 0
	end "$before" TERM
	ship db --nkey nats/keys/db.nk
	is_status 0
	end "$stored" TERM
	is_stored web-1 db
	! grep 'db' nats.log | grep -q 'Authorization\|Authentication' || broken "db was disconnected"
	# the name is enrolled again, with another key
	enroll --reload "$nats" web-1
	is_status 0
	! cmp -s seed nats/keys/web-1.nk || broken "the old key is used again"
	rm -r spool-web-1
	"$WORK/make_capture" 1000 mixed node=web-1 boot=9 >capture
	lx -q -r capture --spool spool-web-1
	store --nkey nats/store.nk
	ship web-1 --nkey seed
	is_status 1
	ship web-1 --nkey nats/keys/web-1.nk
	is_status 0
	end "$stored" TERM
}

# make_certificate NAME AUTHORITY: makes NAME.pem and NAME.key, signed by AUTHORITY, as docs/fleet.md does.
make_certificate() {
	openssl req -newkey ed25519 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 30 -out "$1.pem" \
		-extfile <(echo "subjectAltName=DNS:$1,IP:127.0.0.1") 2>/dev/null
	rm "$1.csr"
}

make_authority() {
	openssl req -x509 -newkey ed25519 -nodes -keyout "$1.key" -out "$1.pem" -days 30 -subj "/CN=$1" 2>/dev/null
}

# TLS both ways: without a certificate, or with one of another authority, there is no connection, whatever the nkey is; and
# none to a server with a certificate of another authority.
test_tls() {
	local words
	type -P openssl >/dev/null || skip "no openssl: apt install openssl"
	make_authority fleet
	make_authority other
	make_certificate server fleet
	make_certificate web-1 fleet
	make_certificate stranger other
	server_lines=('tls { cert_file: "server.pem", key_file: "server.key", ca_file: "fleet.pem", verify: true }')
	start_enrolled web-1
	url=tls://127.0.0.1:$port
	record web-1 3000 500
	store --nkey nats/store.nk --tls-ca fleet.pem --tls-cert server.pem --tls-key server.key
	# the server refuses the certificate after the handshake, as this machine sees it, and ends the connection
	while read -r words; do
		# shellcheck disable=SC2086
		sending spool-web-1 --machine web-1 --nkey nats/keys/web-1.nk $words
		wait_for grep -q "^linx-ship: no connection for [0-9]* seconds: tls://127.0.0.1:$port: the server ended the connection: does it know" ship.log
		end "$shipping"
		rm ship.log
	done <<-'END'
		--tls-ca fleet.pem
		--tls-ca fleet.pem --tls-cert stranger.pem --tls-key stranger.key
	END
	while read -r words; do
		# shellcheck disable=SC2086
		ship web-1 --nkey nats/keys/web-1.nk $words
		is_status 1
		has err "^linx-ship: connection refused: tls://127.0.0.1:$port: .*(certificate|alert)"
	done <<-'END'
		--tls-ca other.pem --tls-cert web-1.pem --tls-key web-1.key
		--tls-cert web-1.pem --tls-key web-1.key
	END
	ship web-1 --tls-ca fleet.pem --tls-cert web-1.pem --tls-key web-1.key
	is_status 1
	has err "^linx-ship: connection refused: tls://127.0.0.1:$port: .*[Aa]uthorization"
	[ -z "$(find rows -name '*.parquet')" ] || broken "rows without a connection"
	ship web-1 --nkey nats/keys/web-1.nk --tls-ca fleet.pem --tls-cert web-1.pem --tls-key web-1.key
	is_status 0
	end "$stored" TERM
	is_stored web-1
}
