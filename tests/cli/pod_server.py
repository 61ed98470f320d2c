#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# A stand-in for the pods of a Kubernetes API server, on 127.0.0.1 and by TLS: lists with pages, watches with bookmarks,
# versions that expire, tokens, and the ways in which a server can be ill. A second port takes commands, one a line, and
# answers each with a line.
# usage: pod_server.py CERTIFICATE KEY TOKEN      prints both ports; writes requests to requests.log
import base64
import json
import socketserver
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NODE = 'spec.nodeName='


class State:
    def __init__(self, token):
        self.changed = threading.Condition()
        self.token = token
        self.version = 100
        self.oldest = 0        # watches and pages of older versions have expired
        self.pods = {}         # by uid
        self.changes = []      # (version, type, object)
        self.mode = ['normal']
        self.drops = 0         # raised to end all watches

    def put(self, pod):
        self.version += 1
        pod['metadata']['resourceVersion'] = str(self.version)
        kind = 'MODIFIED' if pod['metadata']['uid'] in self.pods else 'ADDED'
        self.pods[pod['metadata']['uid']] = pod
        self.changes.append((self.version, kind, pod))

    def delete(self, uid):
        self.version += 1
        pod = dict(self.pods.pop(uid))
        pod['metadata'] = dict(pod['metadata'], resourceVersion=str(self.version))
        self.changes.append((self.version, 'DELETED', pod))

    def command(self, line):
        word, _, rest = line.partition(' ')
        with self.changed:
            if word == 'put':
                self.put(json.loads(rest))
            elif word == 'huge':    # a pod with so many bytes of annotations
                name, size = rest.split()
                self.put({'metadata': {'name': name, 'namespace': 'default', 'uid': name, 'annotations': {'a': 'x' * int(size)}},
                          'spec': {'nodeName': 'node-1'}, 'status': {}})
            elif word == 'delete':
                self.delete(rest)
            elif word == 'bookmark':
                self.version += 1
                self.changes.append((self.version, 'BOOKMARK', {'metadata': {'resourceVersion': str(self.version)}}))
            elif word == 'forget':  # a pod vanishes without a change that a watch could give
                del self.pods[rest]
                self.version += 1
            elif word == 'expire':
                self.version += 1
                self.oldest = self.version
            elif word == 'token':
                self.token = rest
            elif word == 'mode':
                self.mode = rest.split()
                self.drops += 1
            elif word == 'drop':
                self.drops += 1
            else:
                return 'unknown'
            self.changed.notify_all()
        return 'ok'


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def note(self, status):
        with open('requests.log', 'a', encoding='utf-8') as f:
            f.write(f'{time.monotonic():.3f} {status} {self.path}\n')

    def answer(self, status, body, heads=()):
        self.note(status)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (('Content-Type', 'application/json'), ('Content-Length', len(data)), *heads):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, heads=()):
        self.answer(status, {'kind': 'Status', 'status': 'Failure', 'code': status, 'message': 'no'}, heads)

    def piece(self, data):
        self.wfile.write(b'%x\r\n' % len(data) + data + b'\r\n')
        self.wfile.flush()

    def begin(self):
        self.note(200)
        self.send_response(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()

    def do_GET(self):
        try:
            self.get()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def get(self):
        url = urllib.parse.urlsplit(self.path)
        q = {k: v[0] for k, v in urllib.parse.parse_qs(url.query).items()}
        mode, *words = STATE.mode
        if url.path != '/api/v1/pods' or q.get('fieldSelector') != NODE + 'node-1':
            return self.refuse(404)
        if self.headers.get('Authorization') != 'Bearer ' + STATE.token:
            return self.refuse(401)
        if mode == 'status':
            return self.refuse(int(words[0]), [('Retry-After', w) for w in words[1:]])
        if mode == 'hang':
            self.note('hang')
            return self.until_dropped()
        if mode == 'garbage':
            return self.answer(200, b'<html>{"items": [1, {"metadata":' + b'\0\xff' * 100)
        if mode == 'endless':
            return self.endless()
        return self.watch(q, mode) if 'watch' in q else self.list(q)

    def until_dropped(self):
        drops = STATE.drops
        with STATE.changed:
            STATE.changed.wait_for(lambda: STATE.drops != drops)
        self.close_connection = True

    # Sends a line that never ends, as fast as it is taken.
    def endless(self):
        drops = STATE.drops
        self.begin()
        self.piece(b'{"metadata":{"name":"')
        while STATE.drops == drops:
            self.piece(b'a' * 65536)
        self.close_connection = True

    def list(self, q):
        with STATE.changed:
            version, after = STATE.version, ''
            if 'continue' in q:
                version, after = json.loads(base64.urlsafe_b64decode(q['continue']))
            if version < STATE.oldest:
                return self.refuse(410)
            rest = sorted(u for u in STATE.pods if u > after)
            page = rest[:int(q['limit'])]
            meta = {'resourceVersion': str(version)}
            if len(page) < len(rest):
                meta['continue'] = base64.urlsafe_b64encode(json.dumps([version, page[-1]]).encode()).decode()
            body = {'kind': 'PodList', 'apiVersion': 'v1', 'metadata': meta, 'items': [STATE.pods[u] for u in page]}
        return self.answer(200, body)

    def watch(self, q, mode):
        drops, seen = STATE.drops, int(q['resourceVersion'])
        end = time.monotonic() + int(q['timeoutSeconds'])
        self.begin()
        if mode == 'silent':
            return self.until_dropped()
        if mode in ('lines', 'cut'):
            self.close_connection = True
            return self.piece(b'{"type":"ADDED","object":[}\n' if mode == 'lines' else b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"5')
        while time.monotonic() < end and STATE.drops == drops:
            with STATE.changed:
                STATE.changed.wait_for(lambda: STATE.drops != drops or STATE.oldest > seen or
                                       any(c[0] > seen for c in STATE.changes), max(0, end - time.monotonic()))
                news = [c for c in STATE.changes if c[0] > seen]
                expired = STATE.oldest > seen
            if STATE.drops != drops:
                break
            if expired:
                self.piece(json.dumps({'type': 'ERROR', 'object': {'kind': 'Status', 'code': 410, 'reason': 'Expired'}}).encode() + b'\n')
                break
            for version, kind, pod in news:
                line = json.dumps({'type': kind, 'object': pod}).encode() + b'\n'
                self.piece(line[:len(line) // 2])
                self.piece(line[len(line) // 2:])
                seen = version
        if STATE.drops != drops:
            self.close_connection = True    # the end is missing, as when the connection breaks
            return None
        return self.wfile.write(b'0\r\n\r\n')


class Commands(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(STATE.command(line.decode().strip()).encode() + b'\n')


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass    # the other end may be killed at any time


STATE = State(sys.argv[3])
server = Server(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
socketserver.ThreadingTCPServer.daemon_threads = True
commands = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Commands)
threading.Thread(target=commands.serve_forever, daemon=True).start()
print(server.server_address[1], commands.server_address[1], flush=True)
server.serve_forever()
