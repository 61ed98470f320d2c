# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# A fleet on 127.0.0.1: linxcap --spool, linx-ship, nats-server, linx-store. Every row is stored once, whatever dies.

ship=$(dirname "$LINXCAP")/linx-ship
store=$(dirname "$LINXCAP")/linx-store

need_nats() {
	PATH=$PATH:/usr/sbin
	type -P nats-server >/dev/null || skip "no nats-server: apt install nats-server"
	[ -x "$ship" ] && [ -x "$store" ] || broken "linx-ship and linx-store are not built: make all"
	! "$store" --parquet /nowhere/rows 2>&1 | grep -q 'built without NATS' || skip "built without NATS: apt install libnats-dev"
}

# is_stored MACHINE...: the rows of the machines are the lines in the files lines-MACHINE, in their order, none twice, none missing.
is_stored() {
	local machine
	for machine; do
		/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" "lines-$machine" "rows/machine=$machine" >compared 2>&1 ||
			broken "$machine: $(tail -n 3 compared)"
	done
}

# kills ROUNDS SEED
kills() {
	need_nats
	/usr/bin/python3 "$LINX_ROOT/tests/cli/fleet_killer.py" "$LINXCAP" "$WORK/make_capture" "$1" "$2" || broken "$(tail -n 5 ./*.log)"
	is_stored web-1 web-2.example.org db
	tail -qn 1 ./*.log
}

test_kills() { kills 25 $((RANDOM)); }

test_many_kills() { # full
	kills 200 $((RANDOM))
}

# start_nats [LINE...]: starts a server of this test's own, which listens on 127.0.0.1 alone; LINEs go to its configuration.
start_nats() {
	need_nats
	port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	url=nats://127.0.0.1:$port
	printf '%s\n' 'host: 127.0.0.1' "port: $port" 'max_payload: 8MB' "jetstream { store_dir: \"$PWD/js\" }" "$@" >nats.conf
	started=()
	trap 'kill -KILL "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
	nats
}

# nats: starts the server, or starts it again, as process $nats.
nats() {
	nats-server -c nats.conf >>nats.log 2>&1 &
	nats=$!
	started+=("$nats")
	wait_for /usr/bin/python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)"
}

# store [PROGRAM] [ARG...]: starts linx-store, as process $stored.
store() {
	local program=$store
	[ ! -x "${1:-}" ] || { program=$1; shift; }
	"$program" --nats "$url" --parquet rows --gather 200ms "$@" >>store.log 2>&1 &
	stored=$!
	started+=("$stored")
}

end() { # PROCESS [SIGNAL]
	kill -"${2:-KILL}" "$1"
	wait "$1" 2>/dev/null || true
}

# record MACHINE COUNT BLOCK: a capture becomes a spool, spool-MACHINE, and lines, lines-MACHINE.
record() {
	"$WORK/make_capture" "$2" mixed "node=$1" >capture
	lx -q -r capture --spool "spool-$1" --block "$3"
	is_status 0
	lx -q -r capture --format json --cmdline 1000000 -T
	mv out "lines-$1"
}

# ship MACHINE [ARG...]: sends the spool until all is stored.
ship() {
	local machine=$1
	shift
	status=0
	"$LIMIT_PROGRAM" 60 "$ship" --nats "$url" --spool "spool-$machine" --machine "$machine" --jitter 0 --catch-up 0 --until-stored "$@" >out 2>err || status=$?
}

test_one_machine() {
	start_nats
	record web-1 20000 500
	store
	ship web-1
	is_status 0
	has err '^linx-ship: 42 blocks sent, 0 sent again, 0 lost on disk$'
	end "$stored" TERM
	is_stored web-1
	# what is stored is passed over, also by a store and a server that were started anew
	end "$nats"
	rm -r js
	nats
	store
	ship web-1 --acks
	is_status 0
	end "$stored" TERM
	is_stored web-1
}

# A machine that calls itself by another name, and messages that are no blocks: refused, set aside, counted.
test_forged_machine() {
	start_nats
	record web-1 3000 500
	cp -r spool-web-1 spool-db
	store
	"$ship" --nats "$url" --spool spool-db --machine db --jitter 0 --catch-up 0 >db.out 2>db.err &
	started+=($!)
	wait_for sh -c '[ "$(find rows/refused -type f | wc -l)" -ge 8 ]'
	ship web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1
	[ ! -e rows/machine=db ] || broken "rows of another machine: $(find rows)"
	has store.log 'refused: a message of db: it is not a block of this machine'
	grep -Eq ' 3015 rows in 8 blocks, 0 came again, ([89]|[0-9]{2,}) refused' store.log || broken "$(tail -n 1 store.log)"
}

# A damaged block costs its own rows alone, and a row says which block it was.
test_damaged_spool() {
	start_nats
	record web-1 3000 500
	/usr/bin/python3 - spool-web-1/*.seg <<-'END'
		import struct, sys
		data = bytearray(open(sys.argv[1], 'rb').read())
		at = 32
		for _ in range(2):
		    at += struct.unpack_from('<I', data, at + 4)[0] + struct.unpack_from('<I', data, at + 68)[0]
		data[at + 300] ^= 1
		open(sys.argv[1], 'wb').write(data)
	END
	store
	ship web-1
	is_status 0
	has err '1 lost on disk'
	end "$stored" TERM
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind,args,seq rows/machine=web-1 >got
	[ "$(wc -l <got)" = 2516 ] || broken "$(wc -l <got) rows"
	has got '^gap	.*"first_block":3,"last_block":3,.*"cause":"spool"'
}
