# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# A fleet on 127.0.0.1: linxcap --spool, linx-ship, nats-server, linx-store. Every row is stored once, even if one of
# the programs ends and is started again.
. "$CLI/fleet_functions"

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

test_one_machine() {
	start_nats
	record web-1 20000 500
	store
	ship web-1
	is_status 0
	has err '^linx-ship: 42 blocks sent, 0 sent again, 0 lost on disk$'
	end "$stored" TERM
	is_stored web-1
	[ -z "$(find rows -perm /o+rwx)" ] || broken "others may read: $(find rows -perm /o+rwx -ls)"
	# stored blocks are skipped, also after the store and the server were started again
	end "$nats"
	rm -r js
	nats
	store
	ship web-1 --acks
	is_status 0
	end "$stored" TERM
	is_stored web-1
	# rows that were deleted from the folder do not come back, though the spool still has them
	rm -r rows/machine=web-1/day=*
	store
	ship web-1
	is_status 0
	end "$stored" TERM
	[ -z "$(find rows -name '*.parquet')" ] || broken "rows came back: $(find rows)"
}

# The spool of a machine that recorded before rows had the columns of pods is stored: these columns are null.
test_older_version() {
	start_nats
	old_spool
	store
	ship old-1
	is_status 0
	end "$stored" TERM
	has store.log ' 135 rows in 4 blocks, 0 came again, 0 refused, 0 lost'
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --spool spool-old-1 rows/machine=old-1 >compared 2>&1 || broken "$(cat compared)"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns pod,labels rows/machine=old-1 | sort | uniq -c >got
	has got '^ *135 None	None$'
	[ "$(wc -l <got)" = 1 ] || broken "$(cat got)"
}

# The commands of docs/fleet.md for three machines on loopback, with another port and another folder.
test_documented_commands() {
	local address
	start_nats
	end "$nats"
	address=nats://127.0.0.1:$port
	sed -n '/^## On loopback/,/^`max/s/^    //p' "$LINX_ROOT/docs/fleet.md" >page
	has page '^nats-server -c nats.conf &$'
	sed -e '/^apt /d' -e '/^duckdb /d' -e "s|/tmp/fleet|$PWD/fleet|g" -e "s|port: 4222|port: $port|" \
		-e "s|linx-store |linx-store --nats $address |" -e "s|linx-ship |linx-ship --nats $address |" page >commands
	# what runs in the background ends with the shell; linx-store has its last file when it has ended
	printf '%s\n' 'trap "kill %2; wait %2; kill %1" EXIT' >>commands
	PATH=$(dirname "$store"):$(dirname "$LINXCAP"):$PATH timeout 120 bash -e commands >out 2>err || broken "status $?"
	for machine in web-1 web-2 web-3; do
		/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns machine,kind,call "fleet/rows/machine=$machine" >got
		has got "^$machine	syscall	execve$"
		has got "^$machine	certificate	None$"
	done
}

# If a machine sends rows of another machine, linx-store refuses the blocks with these rows, sets them aside, counts
# them, and stores a row for each of them. linx-ship then has nothing left to send.
test_forged_machine() {
	start_nats
	record web-1 3000 500
	cp -r spool-web-1 spool-db
	store
	ship db
	is_status 0
	has err 'the spool has rows of web-1: linx-store refuses them as those of db'
	ship web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1
	[ "$(find rows/refused -type f | wc -l)" = 8 ] || broken "set aside: $(find rows/refused)"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind,call,args rows/machine=db >got
	[ "$(grep -c '^gap	None	.*"cause":"refused"' got)" = 8 ] || broken "rows of another machine: $(cat got)"
	[ "$(wc -l <got)" = 8 ] || broken "rows of another machine: $(cat got)"
	has store.log 'refused: a message of db: it is not a block of this machine'
	grep -q ' 3015 rows in 16 blocks, 0 came again, 8 refused' store.log || broken "$(tail -n 1 store.log)"
}

# A block that claims more rows for its CPUs than it has is refused: tables of losses by CPU would count them.
test_forged_counts() {
	start_nats
	record web-1 2000 500
	/usr/bin/python3 - spool-web-1/*.seg <<-'END'
		import struct, sys
		def crc32c(data):
		    crc = 0xffffffff
		    for byte in data:
		        crc ^= byte
		        for _ in range(8):
		            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
		    return crc ^ 0xffffffff
		data, at = bytearray(open(sys.argv[1], 'rb').read()), 32 # the first block is behind the header of the segment
		size, crc = struct.unpack_from('<II', data, at + 4)
		def seal():
		    struct.pack_into('<I', data, at + 8, 0)
		    return crc32c(data[at:at + size])
		assert seal() == crc
		struct.pack_into('<I', data, at + 152 + 4, 999999) # rows of the first CPU
		struct.pack_into('<I', data, at + 8, seal())
		open(sys.argv[1], 'wb').write(data)
	END
	store
	ship web-1
	is_status 0
	end "$stored" TERM
	has store.log 'refused: a message of web-1: it is not a block of this machine and of one day, with the rows of its CPUs'
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind,args rows/machine=web-1 >got
	[ "$(grep -c '^gap	.*"first_block":1,.*"cause":"refused"' got)" = 1 ] || broken "$(grep gap got)"
	[ "$(grep -c . got)" = 1516 ] || broken "$(grep -c . got) rows"
}

# A spool that was restored to an older state uses numbers of blocks a second time. linx-ship refuses to send it,
# because linx-store would take its new blocks for those that it has stored under these numbers.
test_restored_spool() {
	start_nats
	record web-1 2000 300
	cp -r spool-web-1 restored
	"$WORK/make_capture" 2000 mixed node=web-1 boot=7 >capture
	lx -q -r capture --spool spool-web-1 --block 300
	store
	ship web-1
	is_status 0
	send restored --machine web-1
	is_status 1
	has err 'the spool is older than what linx-store has of it'
	# A recorder that goes on has given all numbers that are stored, and more, but for other blocks.
	for _ in 1 2 3; do
		lx -q -r capture --spool restored --block 300
	done
	send restored --machine web-1
	is_status 1
	has err 'the spool is older than what linx-store has of it'
	end "$stored" TERM
}

# cluster_server N: starts server N of a cluster of three, or starts it again.
cluster_server() {
	nats-server -c "nats-$1.conf" >>"nats-$1.log" 2>&1 &
	servers[$1]=$!
	started+=("${servers[$1]}")
}

# leader: prints the number of the server that leads the stream of rows; nothing if there is none now.
leader() {
	local i name
	for i in 1 2 3; do
		port=${ports[i]}
		stream INFO.LINX 2>/dev/null || continue
		name=$(sed -n 's/.*"leader": "n\([1-3]\)".*/\1/p' answer)
		[ -z "$name" ] || { echo "$name"; return; }
	done
}

# cluster ROUNDS: a cluster of three servers that each have all messages, whose leader is killed again and again, and then
# two servers at once, while a machine records and sends.
cluster() {
	local i n servers=() ports=() routes=() urls=()
	need_nats
	started=()
	trap 'kill -KILL "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
	for i in 1 2 3; do
		read -r "ports[$i]" "routes[$i]" <<<"$(/usr/bin/python3 -c 'import socket
s = [socket.socket() for _ in "ab"]
[x.bind(("127.0.0.1", 0)) for x in s]
print(*(x.getsockname()[1] for x in s))')"
		urls[i]=nats://127.0.0.1:${ports[i]}
	done
	for i in 1 2 3; do
		printf '%s\n' 'host: 127.0.0.1' "port: ${ports[i]}" "server_name: n$i" 'max_payload: 8MB' "jetstream { store_dir: \"$PWD/js-$i\" }" \
			"cluster { name: fleet, listen: 127.0.0.1:${routes[i]}, routes: [ $(printf '"nats://127.0.0.1:%s", ' "${routes[@]}" | sed 's/, $//') ] }" >"nats-$i.conf"
		cluster_server "$i"
	done
	url=$(IFS=,; echo "${urls[*]}")
	mkdir spool-web-1
	store --replicas 3
	sending spool-web-1 --machine web-1
	: >lines
	for ((n = 1; n <= $1 + 1; n++)); do
		record web-1 2000 100 "boot=$n"
		cat lines-web-1 >>lines
		wait_for eval '[ -n "$(leader)" ]'
		i=$(leader)
		end "${servers[i]}"
		[ "$n" -le "$1" ] || { end "${servers[i % 3 + 1]}" && sleep 2 && cluster_server $((i % 3 + 1)); }
		sleep 0.$((RANDOM % 9 + 1))
		cluster_server "$i"
	done
	end "$shipping" TERM
	mv lines lines-web-1
	ship web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1
	tail -qn 1 store.log ship.log
}

test_cluster() { cluster 3; }

test_cluster_loses_its_leader() { # full
	cluster 25
}

# Segments that vanish before they are sent are rows of kind gap, also the first ones.
test_missing_segments() {
	local first lost
	start_nats
	mkdir spool-web-1
	for boot in 1 2 3; do
		"$WORK/make_capture" 2000 mixed node=web-1 boot=$boot >capture
		lx -q -r capture --spool spool-web-1 --block 300
	done
	first=$(find spool-web-1 -name '*.seg' -printf '%f\n' | sort | sed -n 2p)
	rm "spool-web-1/$(find spool-web-1 -name '*.seg' -printf '%f\n' | sort | head -n 1)"
	lost=$((10#${first%.seg} - 1))
	store
	ship web-1
	is_status 0
	has err ", $lost lost on disk"
	end "$stored" TERM
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns kind,args rows/machine=web-1 >got
	[ "$(grep -c "^gap	.*\"first_block\":1,\"last_block\":$lost,.*\"cause\":\"spool\"" got)" = 1 ] || broken "$(grep gap got || cat got)"
}

# linx-store frees its memory only after the threads of libnats have ended. In the changed program such a thread takes
# half a second for the place of a machine, and the program is stopped meanwhile.
test_stopped_while_a_place_is_heard() {
	start_nats
	changed store_say.c 's/^\tint len = s->nats.msg_len(msg);/&\n\tsay("it begins");/
		/^static void hear_place/,/^}/s/^\ts->nats.msg_free(msg);/\tusleep(500000);\n\tsay("it ends");\n&/
		s/^#include <time.h>/&\n#include <unistd.h>/'
	store ./changed
	place
	end "$stored" TERM
	[ "$(grep -c 'it begins' store.log)" = "$(grep -c 'it ends' store.log)" ] || broken "$(cat store.log)"
	has store.log ' 0 rows in 0 blocks'
}

# Publishes the place of a machine until linx-store hears it.
place() {
	/usr/bin/python3 - "$port" <<-'END'
		import os, socket, sys, time
		def heard(): # linx-store may not have begun to write yet
		    return os.path.exists("store.log") and b"it begins" in open("store.log", "rb").read()
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		s.sendall(b"CONNECT {}\r\n")
		while not heard():
		    s.sendall(b"PUB linx.at.web-1 5\r\n1 1 2\r\n")
		    time.sleep(0.05)
	END
}

# --metrics: counters for Prometheus, and a health check that is bad while the server is away.
test_metrics() {
	start_nats
	store --metrics 0
	find_pages
	record web-1 3000 500
	sending spool-web-1 --machine web-1
	# shellcheck disable=SC2317
	counted() {
		get_page "$pages" /metrics >page
		sed -n -f - page >counts <<-'END'
			s/^linx_store_\(blocks_total\|rows_total\|waiting_blocks\|machines\|silent_machines\) /\1 /p
			s/^linx_store_\(floor\|behind_blocks\){machine="web-1",spool="[0-9a-f]\{16\}"} /\1 /p
		END
		printf '%s\n' 'blocks_total 8' 'rows_total 3015' 'waiting_blocks 0' 'machines 1' 'silent_machines 0' 'floor 9' 'behind_blocks 0' | cmp -s - counts
	}
	wait_for counted
	has page '^HTTP/1.1 200 OK$'
	has page '^linx_store_build_info{version="[0-9.]*",place="parquet"} 1$'
	has page '^linx_store_heard_seconds{machine="web-1"} [0-9.]*$'
	has page '^linx_store_stored_seconds [0-9.]*$'
	[ "$(sed -n 's/^linx_store_bytes_total //p' page)" -gt 10000 ] || broken "$(cat page)"
	# each sample follows the lines HELP and TYPE of its family, and none is there twice
	sed '1,/^$/d' page | awk '
		/^# HELP / { help = $3; next }
		/^# TYPE / { if ($3 != help || $4 !~ /^(counter|gauge)$/) exit 1; type = $3; next }
		{ name = $1; sub(/\{.*/, "", name); if (name != type || seen[$1]++ || $NF !~ /^[0-9.]+$/) exit 1 }' || broken "$(cat page)"
	is_health 200 good || broken "$(cat health)"
	end "$nats"
	wait_for is_health 503 'nothing can be fetched from NATS for [0-9]* seconds$'
	nats
	wait_for is_health 200 good
	end "$stored" TERM
	store --metrics 127.0.0.1:x
	status=0
	wait "$stored" || status=$?
	is_status 2
	has store.log 'not a port: --metrics 127.0.0.1:x: write 9766 or ADDRESS:9766'
}

# The server answers, but has no JetStream any more: linx-store says so, and its health is bad.
test_no_jetstream() {
	start_nats
	record web-1 2000 300
	store --metrics 0
	ship web-1
	is_status 0
	find_pages
	is_health 200 good || broken "$(cat health)"
	end "$nats"
	sed -i.good '/^jetstream/d' nats.conf
	nats
	wait_for is_health 503 'nothing can be fetched from NATS for [0-9]* seconds$'
	wait_for grep -q 'cannot look at the stream LINX: .*127.0.0.1:' store.log
	end "$nats"
	mv nats.conf.good nats.conf
	nats
	wait_for is_health 200 good
	end "$stored" TERM
	is_stored web-1
}

# A consumer that an earlier version made with another limit is made anew.
test_earlier_consumer() {
	start_nats
	record web-1 2000 300
	store
	wait_for consumer INFO.LINX.store
	end "$stored" TERM
	consumer DELETE.LINX.store
	consumer DURABLE.CREATE.LINX.store '{"stream_name":"LINX","config":{"durable_name":"store","ack_policy":"explicit","ack_wait":30000000000,
		"deliver_policy":"all","filter_subject":"linx.rows.>","max_ack_pending":2048}}'
	store
	ship web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1
	has store.log 'cannot use the consumer store of the stream LINX: '
}

# A host gets a new name twice while its spool has rows: in the store, each of the three names has its rows.
test_renamed_host() {
	start_nats
	record web-1 2000 300
	record web-2 2000 300 boot=7
	record web-3 2000 300 boot=8
	for name in web-2 web-3; do
		"$WORK/make_capture" 2000 mixed pods "node=$name" "boot=$((${name#web-} + 5))" >capture
		lx -q -r capture --spool spool-web-1 --block 300 --pods pods.json
		is_status 0
	done
	store
	send spool-web-1
	is_status 0
	send spool-web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1 web-2 web-3
	has store.log ' 0 came again, 0 refused, 0 lost'
}

# The command lines of all rows take 134 MB, but compress well, since rows of one process have the same. Each block can
# be read nevertheless.
test_long_command_lines() { # full
	start_nats
	record web-1 7000 16000 line=20000
	store
	ship web-1
	is_status 0
	end "$stored" TERM
	is_stored web-1
	has store.log ' 0 came again, 0 refused, 0 lost'
}

# Refusals of a server are reported, without the password; a server that does not let the machine in ends the program.
test_permissions() {
	start_nats 'authorization { users: [' \
		'{ user: web-1, password: right, permissions: { publish: ["linx.rows.*.web-1", "linx.at.web-1"], subscribe: ["linx.stored.web-1", "_INBOX.web-1.>"] } }' \
		'{ user: store, password: right, permissions: { publish: ["linx.stored.>", "$JS.>"], subscribe: ["linx.at.>", "_INBOX.>"] } }' \
		'] }'
	record web-1 3000 500
	cp -r spool-web-1 spool-db
	url=nats://web-1:wrong@127.0.0.1:$port
	send spool-web-1
	is_status 1
	has err "connection refused: 127.0.0.1:$port: .*[Aa]uthorization"
	lacks err wrong
	# a program that was refused before it listens
	changed store_say.c 's/^\treturn nats_listen(/\tusleep(3000000);\n&/; s/^#include <time.h>/&\n#include <unistd.h>/'
	status=0
	./changed --nats "$url" --parquet rows >out 2>err || status=$?
	is_status 1
	has err "connection refused: 127.0.0.1:$port: .*[Aa]uthorization"
	url=nats://store:right@127.0.0.1:$port
	store
	url=nats://web-1:right@127.0.0.1:$port
	ship web-1
	is_status 0
	sending spool-db --machine db
	wait_for grep -Eq "127.0.0.1:$port: .*[Pp]ermissions? [Vv]iolation" ship.log
	end "$shipping"
	end "$stored" TERM
	is_stored web-1
	[ ! -e rows/machine=db ] || broken "rows of another machine: $(find rows)"
}

# linx-ship reports an empty spool, a server that has no stream for blocks, and a server whose greatest message is
# smaller than a block. linx-store reports a machine from which it has heard nothing for some time.
test_what_goes_wrong_is_said() {
	start_nats
	record web-1 3000 3000
	mkdir empty
	send empty
	is_status 0
	has err 'the spool is empty'
	sending spool-web-1 --machine web-1
	wait_for grep -q 'cannot send: \|the server refuses a block: .*linx-store makes' ship.log
	end "$shipping"
	end "$nats"
	sed -i 's/max_payload: 8MB/max_payload: 4KB/' nats.conf
	nats
	store --silent 2s
	sending spool-web-1 --machine web-1
	wait_for grep -q 'cannot send a block of [0-9]* bytes: .*: write max_payload: 8MB' ship.log
	end "$shipping"
	wait_for grep -q 'silent: web-1: nothing was heard for [0-9]* seconds' store.log
	end "$stored" TERM
}

# A folder of the store that cannot be read does not count as empty: otherwise its rows would be stored again.
test_unreadable_folder_of_the_store() {
	need_nats
	mkdir -p rows/machine=web-1 elsewhere
	ln -s ../../elsewhere rows/machine=web-1/day=2026-01-01
	status=0
	"$LIMIT_PROGRAM" 60 "$store" --nats nats://127.0.0.1:1 --parquet rows >out 2>err || status=$?
	is_status 1
	has err 'cannot read: rows/day=2026-01-01: '
}

# A message gets lost in the server while its machine goes on sending. linx-store asks for the block again, and the
# floor (the number below which all blocks are stored) passes the block.
test_block_of_a_busy_machine() { # full
	local i
	start_nats
	record web-1 2000 300
	# linx-store would make a stream from which nobody can delete a message
	stream CREATE.LINX '{"name":"LINX","subjects":["linx.rows.>"],"retention":"workqueue","discard":"new","storage":"file","max_bytes":1073741824}'
	sending spool-web-1 --machine web-1
	cat >lose.py <<-'END'
		import json, socket, sys
		s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)
		f = s.makefile('rb')

		def ask(subject, text):
		    s.sendall(f'PUB {subject} answer {len(text)}\r\n{text}\r\n'.encode())
		    while not f.readline().startswith(b'MSG'):
		        pass
		    return json.loads(f.readline())

		s.sendall(b'CONNECT {"verbose":false}\r\nSUB answer 1\r\n')
		if ask('$JS.API.STREAM.INFO.LINX', '')['state']['messages'] < 7:
		    sys.exit(1)
		sys.exit(not ask('$JS.API.STREAM.MSG.DELETE.LINX', '{"seq":3}')['success'])
	END
	wait_for /usr/bin/python3 lose.py "$port"
	store
	for ((i = 10; i < 40; i++)); do
		"$WORK/make_capture" 20 mixed node=web-1 boot=$i >capture
		lx -q -r capture --spool spool-web-1
		lx -q -r capture --format json --cmdline 1000000 -T
		cat out >>lines-web-1
		[ "$(find spool-web-1 -name '*.seg' | wc -l)" -gt 3 ] || [ $i -lt 15 ] || break
		sleep 1
	done
	[ $i -lt 40 ] || broken "the floor stands"
	has store.log 'can remove messages of all from the stream LINX: set deny_purge and deny_delete in it'
	end "$shipping"
	ship web-1
	end "$stored" TERM
	is_stored web-1
}

# A damaged block loses only its own rows, and a row names the block.
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
