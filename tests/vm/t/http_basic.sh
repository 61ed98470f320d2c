#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Requests between a real server and a client, live: each is reported once for each side, with method, path, host and
# status.
# quick
# arches: arm64
. "$JOB/guest/t.sh"

mkdir -p /tmp/www/cgi-bin && cd /tmp || exit 1
echo hello >/tmp/www/index.html
head -c 300000 /dev/zero >/tmp/www/large
# One write sends the whole header. On an error status this client reads only the first line, so it would not receive a
# header that is sent in several writes.
printf '#!/bin/sh\nprintf "Status: 418 teapot\\\\r\\\\n\\\\r\\\\nbody\\\\n"\n' >/tmp/www/cgi-bin/tea
chmod +x /tmp/www/cgi-bin/tea
ip link set lo up 2>/dev/null

linxcap http --format json >/tmp/out 2>/tmp/err &
tracer=$!
busybox httpd -f -p 127.0.0.1:8080 -h /tmp/www &
server=$!
get() { busybox wget -q -O /dev/null "http://127.0.0.1:8080$1"; }
# Waits until a request has been reported: then the server answers, and its requests are recorded.
until grep -q '"path":"/begins"' /tmp/out; do
	get /begins 2>/dev/null
	usleep 100000
done
for i in 1 2 3; do
	get "/index.html?secret=$i" || fail "wget"
done
get /large || fail "wget of a large file"
get /nothing
get /cgi-bin/tea
busybox wget -q -O /dev/null --post-data 'a=b' http://127.0.0.1:8080/cgi-bin/tea
# A request header is sent in many pieces. The client stays connected until it has the whole answer.
: >/tmp/answer
{
	for piece in GE 'T /ind' ex.html ' HTTP/1.1' '\r' '\nHost: pie' 'ces\r\n' '\r' '\n'; do
		printf "$piece"
		usleep 20000
	done
	until grep -q hello /tmp/answer; do usleep 100000; done
} | busybox nc 127.0.0.1 8080 >/tmp/answer
kill $server
kill -INT $tracer
wait $tracer

# reported SIDE METHOD HOST PATH STATUS: prints how often the request is reported.
reported() {
	grep '"kind":"http"' /tmp/out | grep "\"side\":\"$1\",\"method\":\"$2\",\"host\":\"$3\",\"path\":\"$4\"" | grep -c "\"status\":$5,"
}
for side in client server; do
	is "$side index" "$(reported $side GET 127.0.0.1:8080 /index.html 200)" 3
	is "$side large" "$(reported $side GET 127.0.0.1:8080 /large 200)" 1
	is "$side nothing" "$(reported $side GET 127.0.0.1:8080 /nothing 404)" 1
	is "$side cgi" "$(reported $side GET 127.0.0.1:8080 /cgi-bin/tea 418)" 1
	is "$side post" "$(reported $side POST 127.0.0.1:8080 /cgi-bin/tea 418)" 1
	is "$side pieces" "$(reported $side GET pieces /index.html 200)" 1
done
is "secrets" "$(grep -c "\"query\":\"" /tmp/out)" 0
is "masked" "$(grep -c '"query":{"state":"masked","len":8}' /tmp/out)" 6
is "addresses" "$(grep '"kind":"http"' /tmp/out | grep -c '"peer":null')" 0
