# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speaks to a NATS server with the nkey of a machine, as a program that is not linx-ship would.

usage: nats_speak.py PORT SEED WORD...     each WORD is "sub SUBJECT", "pub SUBJECT TEXT", "ask SUBJECT REPLY TEXT"
or "get SUBJECT TEXT", which waits for the answer. Prints what the server answers to each, one line: "ok", its error, or for "get" the message that came. The signature is made by
the openssl of this machine, which knows nothing of nkeys. SEED "-": no key.
"""
import base64
import json
import socket
import subprocess
import sys
import tempfile


def sign(seed, nonce):
    raw = base64.b32decode(seed + '=' * (-len(seed) % 8))
    der = bytes.fromhex('302e020100300506032b657004220420') + raw[2:34]
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text:
        key.write(der)
        key.flush()
        text.write(nonce)
        text.flush()
        command = ['openssl', 'pkeyutl', '-sign', '-rawin', '-keyform', 'DER', '-inkey', key.name, '-in', text.name]
        signature = subprocess.run(command, check=True, capture_output=True).stdout
        public = subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-in', key.name, '-pubout', '-outform', 'DER'],
                                check=True, capture_output=True).stdout[-32:]
    return base64.urlsafe_b64encode(signature).rstrip(b'=').decode(), public


def crc(data):
    n = 0
    for byte in data:
        n ^= byte << 8
        for _ in range(8):
            n = (n << 1 ^ 0x1021 if n & 0x8000 else n << 1) & 0xffff
    return n.to_bytes(2, 'little')


def greet(s, f, seed):
    info = json.loads(f.readline()[5:])
    hello = {'verbose': False, 'pedantic': False, 'headers': True}
    if seed != '-':
        hello['sig'], public = sign(seed, info['nonce'].encode())
        text = bytes([20 << 3]) + public
        hello['nkey'] = base64.b32encode(text + crc(text)).rstrip(b'=').decode()
    s.sendall(b'CONNECT ' + json.dumps(hello).encode() + b'\r\n')


def answer(s, f, wait=False):
    s.sendall(b'' if wait else b'PING\r\n')
    said = 'ok'
    while True:
        line = f.readline()
        if not line:
            return said if said != 'ok' else 'the connection has ended'
        if line.startswith(b'PONG'):
            return said
        if line.startswith(b'-ERR'):
            said = line.decode().strip()
            if wait:
                return said
        elif line.startswith((b'MSG', b'HMSG')):
            text = f.read(int(line.split()[-1]) + 2).decode('utf-8', 'replace').strip()
            if wait:
                return text


def main():
    port, seed, words = sys.argv[1], sys.argv[2], sys.argv[3:]
    if seed != '-':
        seed = open(seed).read().strip()
    s = socket.create_connection(('127.0.0.1', int(port)), 60)
    f = s.makefile('rb')
    greet(s, f, seed)
    first = answer(s, f)
    if first != 'ok':
        sys.exit(first)
    for number, word in enumerate(words):
        what, subject, *rest = word.split(' ', 3 if word.startswith('ask') else 2)
        if what == 'sub':
            s.sendall(f'SUB {subject} {number + 1}\r\n'.encode())
        elif what == 'pub':
            text = (rest or [''])[0]
            s.sendall(f'PUB {subject} {len(text)}\r\n{text}\r\n'.encode())
        elif what == 'get':
            text = (rest or [''])[0]
            s.sendall(f'SUB _INBOX.speak {number + 1}\r\nPUB {subject} _INBOX.speak {len(text)}\r\n{text}\r\n'.encode())
        else:
            s.sendall(f'PUB {subject} {rest[0]} {len(rest[1])}\r\n{rest[1]}\r\n'.encode())
        print(answer(s, f, what == 'get'), flush=True)


main()
