#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kills parts of a fleet on 127.0.0.1, and leaves the lines of what was recorded, for check_rows.py.

usage: fleet_killer.py LINXCAP MAKE_CAPTURE ROUNDS SEED [PORT COMMAND...]

Three machines record captures into their spools. In each round one of them gets a further capture, and linx-ship of a
machine, linx-store or nats-server dies by SIGKILL; sometimes nats-server loses its disk, or the end of it, or a part
stands still. With a COMMAND, which starts ClickHouse on a PORT, linx-store inserts the rows there, and ClickHouse is
killed, too. At the end each linx-ship ends by itself, because all that its spool has is stored.
"""
import glob
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

LINXCAP, MAKE = sys.argv[1:3]
ROUNDS, SEED = map(int, sys.argv[3:5])
PROGRAMS = os.path.dirname(LINXCAP)
CLICKHOUSE = sys.argv[5:]
MACHINES = ['web-1', 'web-2.example.org', 'db']
LIMIT = 150

with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    PORT = s.getsockname()[1]
URL = f'nats://127.0.0.1:{PORT}'
with open('nats.conf', 'w', encoding='utf-8') as f:
    f.write(f'host: 127.0.0.1\nport: {PORT}\nmax_payload: 8MB\njetstream {{ store_dir: "{os.getcwd()}/js" }}\n')

COMMANDS = {'nats': ['nats-server', '-c', 'nats.conf'],
            'store': [PROGRAMS + '/linx-store', '--nats', URL, '--parquet', 'rows', '--gather', '200ms']}
if CLICKHOUSE:
    COMMANDS['clickhouse'] = CLICKHOUSE[1:]
    COMMANDS['store'] += ['--clickhouse', 'http://127.0.0.1:' + CLICKHOUSE[0]]
for machine in MACHINES:
    COMMANDS[machine] = [PROGRAMS + '/linx-ship', '--nats', URL, '--spool', 'spool-' + machine, '--machine', machine,
                         '--jitter', '0', '--catch-up', '0']
running = {}


def start(name, *more):
    log = open(name + '.log', 'ab')
    running[name] = subprocess.Popen(COMMANDS[name] + list(more), stdout=log, stderr=log)
    log.close()


def end(name, how=signal.SIGKILL):
    running[name].send_signal(how)
    return running[name].wait()


def add_rows(machine, number):
    """Records a further capture into the spool of a machine, and appends its lines to those that are expected."""
    with open('capture', 'wb') as f:
        subprocess.run([MAKE, str(1000 + number * 7), 'mixed', 'node=' + machine, f'boot={number}'], stdout=f, check=True)
    subprocess.run([LINXCAP, '-q', '-r', 'capture', '--spool', 'spool-' + machine, '--block', str(random.choice([20, 60, 900]))], check=True)
    with open('lines-' + machine, 'ab') as f:
        subprocess.run([LINXCAP, '-q', '-r', 'capture', '--format', 'json', '--cmdline', '1000000', '-T'], stdout=f, check=True)


def harm(counts):
    name = random.choice(['nats', 'store'] + (['clickhouse'] if CLICKHOUSE else []) + MACHINES)
    what = 'killed'
    if random.random() < 0.1:
        what = 'stopped'
        running[name].send_signal(signal.SIGSTOP)
        time.sleep(random.uniform(0.2, 1.5))
        running[name].send_signal(signal.SIGCONT)
    else:
        end(name)
        if name == 'nats' and random.random() < 0.3:
            what = 'wiped'
            shutil.rmtree('js', ignore_errors=True)
        elif name == 'nats' and random.random() < 0.4:
            blocks = sorted(glob.glob('js/jetstream/*/streams/LINX/msgs/*.blk'), key=os.path.getmtime)
            if blocks:
                what = 'truncated'
                os.truncate(blocks[-1], int(os.path.getsize(blocks[-1]) * random.uniform(0.3, 0.9)))
        time.sleep(random.uniform(0, 0.2))
        start(name)
    part = 'ship' if name in MACHINES else name
    counts[part + ' ' + what] = counts.get(part + ' ' + what, 0) + 1


def main():
    random.seed(SEED)
    counts = {}
    number = 0
    for machine in MACHINES:
        add_rows(machine, number)
        number += 1
    for name in COMMANDS:
        start(name)
    for _ in range(ROUNDS):
        add_rows(random.choice(MACHINES), number)
        number += 1
        harm(counts)
        time.sleep(random.uniform(0, 0.5))
    print(f'seed {SEED}:', ', '.join(f'{n} x {what}' for what, n in sorted(counts.items())))
    for machine in MACHINES:
        end(machine)
        start(machine, '--until-stored')
    until = time.time() + LIMIT
    for machine in MACHINES:
        running[machine].wait(max(1, until - time.time()))


try:
    main()
finally:
    for process in running.values():
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill() if process is not running.get('store') else process.terminate()
        process.wait()
