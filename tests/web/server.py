# SPDX-License-Identifier: LGPL-2.1-or-later
# Python's http.server, port 8003, a thread for each connection. Writes a line to /tmp/log/8003 for each request.
import http.server
import os
import socketserver
import urllib.parse

ROOT = "/tmp/www"
log = open("/tmp/log/8003", "a", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code="-", size="-"):
        if int(code) >= 200:
            path = urllib.parse.urlsplit(self.path).path
            log.write(f"{self.command} {path} {self.headers.get('Host', '-')} {int(code)}\n")

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def answer(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

    def chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for i in range(5):
            part = b"HTTP/1.1 500 in a chunk\r\n" * (i + 1)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\nTrailer: yes\r\n\r\n")

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path == "/none":
            return self.answer(204)
        if path == "/moved":
            return self.answer(301, Location="/index.html")
        if path == "/chunks" and self.command == "GET":
            return self.chunks()
        if not os.path.isfile(ROOT + path):
            return self.answer(404, b"none\n")
        if self.headers.get("If-Modified-Since"):
            return self.answer(304)
        with open(ROOT + path, "rb") as f:
            self.answer(200, f.read())

    def do_POST(self):
        self.answer(200, b"%d\n" % len(self.body()))

    do_HEAD = do_GET
    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


Server(("127.0.0.1", 8003), Handler).serve_forever()
