#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each request in the access logs of nginx, Apache, Python, node and caddy (Go) is reported once for each side, live and
# from a capture. The clients are curl, wget, ab, wrk, hey (Go), Python and node. Each line of sysdig's httplog is
# reported, too.
# full
# with: web
# kernels: 7.2
# mem: 6G
# timeout: 900
. "$JOB/guest/t.sh"
. "$JOB/tracers.sh"

WEB=$JOB/web
[ -e "$WEB/usr" ] || skip "Debian's servers are not here: $(cat "$JOB/web.missing" 2>/dev/null)"
ip link set lo up
enter_root "$WEB"
mkdir -p "$WEB/tmp/www" "$WEB/tmp/log"
chmod 777 "$WEB/tmp" "$WEB/tmp/log"
echo hello >"$WEB/tmp/www/index.html"
echo in haste >"$WEB/tmp/www/wrk.html"
head -c 3000000 /dev/urandom >"$WEB/tmp/www/large"
touch -d '2020-01-01 00:00:00 UTC' "$WEB"/tmp/www/*

soon() { # COMMAND-LINE
	local i
	for ((i = 0; i < 600; i++)); do
		! eval "$1" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	return 1
}

start_server() { # PORT COMMAND...
	local port=$1
	shift
	in_root "$WEB" "$@" >"/tmp/server.$port" 2>&1 &
	soon "! kill -0 $! || grep -q ':$(printf %04X "$port") .* 0A ' /proc/net/tcp /proc/net/tcp6" && kill -0 $! ||
		fail "$1: $(cat "/tmp/server.$port")"
}

# ask COMMAND...: runs an HTTP client. Its exit status is ignored unless the time is over: clients return a status for an
# HTTP error, and wrk has values of its own.
ask() { # COMMAND...
	in_root "$WEB" timeout 120 "$@" >/tmp/asked 2>&1 </dev/null
	[ $? -ne 124 ] || fail "$*: no end: $(tail -n 5 /tmp/asked)"
}

ask_with_curl() { # PORT
	local base=http://127.0.0.1:$1 none=/dev/null
	ask curl -s $base/index.html $base/large $base/missing $base/index.html?secret=1
	ask curl -sI $base/index.html $base/large $base/missing
	ask curl -s $base/none $base/none $base/index.html
	ask curl -sL $base/moved
	ask curl -s -H 'If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT' $base/index.html $base/index.html
	ask curl -s -H 'Expect: 100-continue' --data-binary @/tmp/www/large $base/proxy/expect $base/proxy/expect
	ask curl -s -H 'Transfer-Encoding: chunked' --data-binary @/tmp/www/large $base/proxy/chunked
	ask curl -s -T /tmp/www/large $base/proxy/put
	ask curl -s -X PATCH --data a=b $base/proxy/patch
	ask curl -s -X DELETE $base/proxy/delete
	ask curl -s -b "c=$(printf '%08000d' 0)" $base/index.html $base/index.html
	ask curl -s --http1.0 $base/index.html
	ask curl -s -r 10-2000000 $base/large
	ask curl -s -Z --parallel-max 30 -o $none "$base/index.html?[1-60]"
	ask curl -s -Z --parallel-max 5 -o $none "$base/large?[1-5]"
}

ask_all() { # PORT
	local base=http://127.0.0.1:$1
	ask_with_curl "$1"
	ask wget -q -O /dev/null $base/index.html $base/large $base/missing
	ask wget -q --spider $base/index.html
	ask wget -q -O /dev/null --post-data 'w=1' $base/proxy/wget
	ask ab -q -n 60 -c 10 $base/index.html
	ask ab -q -k -n 200 -c 10 $base/index.html
	ask hey -n 100 -c 10 $base/index.html
	ask hey -n 20 -c 5 -m POST -d 'h=1' $base/proxy/hey
	ask hey -n 5 -c 1 -disable-keepalive $base/large
	ask wrk -t 2 -c 10 -d 2s $base/wrk.html
	ask python3 /web/client.py "$1"
	ask env UV_USE_IO_URING=1 node /web/client.js "$1"
}

start_recording() {
	linxcap http --buffer 64M --format json >/tmp/live 2>/tmp/live.err &
	live=$!
	linxcap --http --buffer 64M -e trace=none -w /tmp/cap 2>/tmp/cap.err &
	capture=$!
	soon "ls -l /proc/$live/fd | grep linxcap && ls -l /proc/$capture/fd | grep linxcap" || fail "$(cat /tmp/*.err)"
	if [ -e "$JOB/falco/usr" ]; then
		insmod "$JOB/scap.ko" || fail "Falco's module"
		OUT=/tmp/sysdig start_in_root "$JOB/falco" sysdig --unbuffered -c httplog
		sysdig=$pid
		sleep 5
	fi
	sleep 2
}

end_recording() {
	sleep 3
	if [ -n "$sysdig" ]; then
		kill -INT "$sysdig"
		wait "$sysdig"
	fi
	kill -INT "$live" "$capture"
	wait "$live" "$capture"
	cat /tmp/live.err /tmp/cap.err
}

start_recording
start_server 8003 python3 /web/server.py
start_server 8004 env UV_USE_IO_URING=1 node /web/server.js
start_server 8001 nginx -e /tmp/nginx.err -c /web/nginx.conf
start_server 8002 apache2 -f /web/apache.conf -DFOREGROUND
start_server 8005 caddy run --config /web/Caddyfile
for port in ${PORTS:-8001 8002 8003 8004 8005}; do
	ask_all "$port"
done
ask curl -s "http://[::1]:8001/index.html" "http://[::1]:8002/index.html" "http://[::1]:8005/index.html"
ask curl -s http://127.0.0.1:8003/chunks http://127.0.0.1:8003/chunks http://127.0.0.1:8004/chunks http://127.0.0.1:8004/index.html
ask wrk -t 2 -c 10 -d 2s -s /web/pipeline.lua http://127.0.0.1:8001/wrk.html
end_recording

linxcap http -r /tmp/cap --format json >/tmp/read 2>/tmp/read.err || fail "http -r: $(cat /tmp/read.err)"
cat /tmp/read.err
ln -sfn "$WEB/tmp/log" /tmp/log
python3 "$WEB/web/judge.py" /tmp/live /tmp/read ${sysdig:+--sysdig /tmp/sysdig} || fail "not each request was reported once"
