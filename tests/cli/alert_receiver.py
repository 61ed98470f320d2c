#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stand-in for Falcosidekick on 127.0.0.1: takes alerts by HTTP, or answers as it is told.

usage: alert_receiver.py NAME [PORT]

Writes what it has taken to NAME.taken, a line each, before it answers 200, and the status of each answer to NAME.log.
The file NAME.port gets the port. NAME.answers, which is read for each request, has lines "WORD STATUS [HEADER]": the first
line whose WORD is in the body or is '*' gives the answer. Without such a line it is 200.
"""
import http.server
import os
import sys
import threading

name = sys.argv[1]
lock = threading.Lock()


def answer_to(body):
    try:
        with open(name + '.answers', encoding='utf-8') as f:
            lines = f.read().splitlines()
    except FileNotFoundError:
        lines = []
    for line in lines:
        word, status, *header = line.split(' ', 2)
        if word == '*' or word.encode() in body:
            return int(status), header
    return 200, []


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        status, header = answer_to(body)
        with lock:
            if status == 200:
                with open(name + '.taken', 'ab') as f:
                    f.write(body.rstrip(b'\n') + b'\n')
            with open(name + '.log', 'a', encoding='utf-8') as f:
                f.write(f'{status} {self.path} {self.headers.get("Authorization", "-")}\n')
        self.send_response(status)
        for line in header:
            self.send_header(*line.split(': ', 1))
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


server = Server(('127.0.0.1', int(sys.argv[2]) if len(sys.argv) > 2 else 0), Receiver)
with open(name + '.port.new', 'w', encoding='utf-8') as f:
    f.write(str(server.server_port))
os.rename(name + '.port.new', name + '.port')
server.serve_forever()
