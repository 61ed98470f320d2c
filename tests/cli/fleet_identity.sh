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
