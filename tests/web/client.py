# SPDX-License-Identifier: LGPL-2.1-or-later
# Clients in Python of the server at a port: http.client, urllib, requests, and sockets that send
# requests which no library would send.
# usage: client.py PORT
import http.client
import socket
import sys
import threading
import urllib.error
import urllib.request

import requests

PORT = int(sys.argv[1])
HOST = f"127.0.0.1:{PORT}"
BASE = f"http://{HOST}"


def of_urllib():
    for path in ("/index.html", "/missing"):
        try:
            urllib.request.urlopen(BASE + path + "?by=urllib").read()
        except urllib.error.HTTPError as e:
            e.read()


def of_requests():
    with requests.Session() as s:
        for i in range(5):
            s.get(BASE + "/index.html", cookies={"c": "r" * 3000})
        s.head(BASE + "/index.html")
        s.get(BASE + "/large").content
        s.post(BASE + "/proxy/requests", data=b"p" * 70000)
        s.post(BASE + "/proxy/chunked", data=(b"q" * n for n in (1, 3000, 70000)))
        s.get(BASE + "/moved")


def of_http_client():
    c = http.client.HTTPConnection("127.0.0.1", PORT)
    for method in ("GET", "HEAD", "PATCH", "OPTIONS", "DELETE", "GET"):
        c.request(method, "/proxy/client" if method not in ("GET", "HEAD") else "/index.html", headers={"X-Long": "x" * 6000})
        c.getresponse().read()
    c.close()


def read_to_end(s):
    while s.recv(65536):
        pass
    s.close()


def request_of(path, last=False):
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Pad: {'y' * 200}\r\n{'Connection: close' if last else 'X-Last: no'}\r\n\r\n".encode()


def pipeline():
    """Ten requests in one send, the last of which ends the connection."""
    s = socket.create_connection(("127.0.0.1", PORT))
    s.sendall(b"".join(request_of("/index.html", i == 9) for i in range(10)))
    read_to_end(s)


def split_everywhere():
    """A header in pieces of one byte."""
    s = socket.create_connection(("127.0.0.1", PORT))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in request_of("/index.html", True):
        s.sendall(bytes((byte,)))
    read_to_end(s)


def hundred_at_once():
    """Connections that are all open before the first of them asks."""
    all_of_them = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(100)]
    for s in all_of_them:
        s.sendall(request_of("/index.html", True)[:60])
    for s in all_of_them:
        s.sendall(request_of("/index.html", True)[60:])
    for s in all_of_them:
        read_to_end(s)


def by_threads():
    """Connections of several threads at the same moment."""

    def ask():
        with requests.Session() as s:
            for _ in range(5):
                s.get(BASE + "/index.html")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


for part in (of_urllib, of_requests, of_http_client, pipeline, split_everywhere, hundred_at_once, by_threads):
    part()
