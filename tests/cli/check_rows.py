#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the Parquet files of --rows, and compares them with the lines of --format json.

usage: check_rows.py LINES DIR                  compare
       check_rows.py --spool SPOOL DIR          compare with the blocks of a spool
       check_rows.py --columns A,B DIR          print these columns
       check_rows.py --native FILE DIR          compare with blocks of ClickHouse's format Native
       check_rows.py --json FILE DIR            compare with lines that have an object for each row

DIR may also be a spool of --spool, or a file with a row as JSON in each line, as ClickHouse's JSONEachRow.

The reader is written after the format's description. It shares nothing with linx's writer, and knows what that uses:
zstd pages, dictionaries, DELTA_BINARY_PACKED numbers, DELTA_LENGTH_BYTE_ARRAY and PLAIN texts, levels in runs and
packed bits.
"""
import ctypes
import datetime
import glob
import json
import os
import re
import struct
import sys

ZSTD = ctypes.CDLL('libzstd.so.1')
ZSTD.ZSTD_decompress.restype = ctypes.c_size_t


def unpack(data, size):
    out = ctypes.create_string_buffer(size)
    got = ZSTD.ZSTD_decompress(out, ctypes.c_size_t(size), data, ctypes.c_size_t(len(data)))
    assert got == size, f'a page has {got} bytes, not {size}'
    return out.raw


class Bytes:
    """Bytes that are read from the front."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, n):
        assert self.at + n <= len(self.data), 'the file ends too early'
        self.at += n
        return self.data[self.at - n:self.at]

    def varint(self):
        value, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def value(self, kind):
        """A value of Thrift's compact protocol; a structure is a dictionary by number of field."""
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self.take(1)[0]
        if kind in (4, 5, 6):
            return self.zigzag()
        if kind == 8:
            return self.take(self.varint())
        if kind == 9:
            head = self.take(1)[0]
            n = head >> 4 if head >> 4 < 15 else self.varint()
            return [self.value(head & 15) for _ in range(n)]
        assert kind == 12, f'a type {kind}'
        fields, number = {}, 0
        while True:
            head = self.take(1)[0]
            if not head:
                return fields
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            fields[number] = self.value(head & 15)


def packed(data, width, n):
    number = int.from_bytes(data, 'little')
    return [number >> i * width & (1 << width) - 1 for i in range(n)]


def hybrid(b, width, n):
    """Numbers in runs and in packed bits."""
    out = []
    while len(out) < n:
        head = b.varint()
        if head & 1:
            out += packed(b.take((head >> 1) * width), width, (head >> 1) * 8)
        else:
            out += [int.from_bytes(b.take((width + 7) // 8), 'little')] * (head >> 1)
    return out[:n]


def delta(b, bits):
    """Numbers of DELTA_BINARY_PACKED, as signed numbers."""
    size, minis, total, value = b.varint(), b.varint(), b.varint(), b.zigzag()
    out = [value] if total else []
    while len(out) < total:
        least = b.zigzag()
        widths = b.take(minis)
        for width in widths:
            if len(out) >= total:
                break
            for step in packed(b.take(size // minis * width // 8), width, size // minis):
                value = value + least + step
                value = (value + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
                out.append(value)
    return out[:total]


def texts(data):
    b, out = Bytes(data), []
    while b.at < len(data):
        out.append(b.take(struct.unpack('<I', b.take(4))[0]).decode('utf-8'))
    return out


def delta_length_texts(b):
    """Texts of DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes."""
    return [b.take(n).decode('utf-8') for n in delta(b, 32)]


class Column:
    def __init__(self, element):
        self.name = element[4].decode()
        self.type, self.optional, self.converted = element[1], element[3] == 1, element.get(6)
        self.unsigned = self.converted in (13, 14)

    def read(self, data, meta, rows):
        dictionary = None
        if 11 in meta:
            head, page = self.page(data, meta[11])
            dictionary = texts(page) if self.type == 6 else self.plain(page)
            assert len(dictionary) == head[7][1]
        head, page = self.page(data, meta[9])
        assert head[5][1] == rows
        b = Bytes(page)
        levels = [1] * rows
        if self.optional:
            levels = hybrid(Bytes(b.take(struct.unpack('<I', b.take(4))[0])), 1, rows)
        n = sum(levels)
        encoding = head[5][2]
        if encoding == 8:
            width = b.take(1)[0]
            values = [dictionary[i] for i in hybrid(b, width, n)]
        elif encoding == 0:
            values = texts(page[b.at:])
        elif encoding == 6:
            values = delta_length_texts(b)
        else:
            assert encoding == 5
            values = delta(b, 32 if self.type == 1 else 64)
            if self.unsigned:
                values = [v % (1 << (32 if self.type == 1 else 64)) for v in values]
        assert encoding == 8 or b.at == len(page), f'{self.name}: bytes behind the last value'
        assert len(values) == n, f'{self.name}: {len(values)} values, not {n}'
        self.check_range(meta, values)
        assert meta[12][3] == rows - n
        values = iter(values)
        return [next(values) if level else None for level in levels]

    def plain(self, page):
        """Numbers of a dictionary."""
        size = 4 if self.type == 1 else 8
        return [int.from_bytes(page[i:i + size], 'little', signed=not self.unsigned) for i in range(0, len(page), size)]

    def check_range(self, meta, values):
        if 5 in meta[12]:
            signed = not self.unsigned
            assert int.from_bytes(meta[12][6], 'little', signed=signed) == min(values)
            assert int.from_bytes(meta[12][5], 'little', signed=signed) == max(values)

    @staticmethod
    def page(data, at):
        b = Bytes(data, at)
        head = b.value(12)
        return head, unpack(b.take(head[3]), head[2])


def read_file(path):
    """The rows of a file, as dictionaries."""
    with open(path, 'rb') as f:
        data = f.read()
    assert data[:4] == data[-4:] == b'PAR1', f'{path} is not whole'
    size = struct.unpack('<I', data[-8:-4])[0]
    footer = Bytes(data, len(data) - 8 - size).value(12)
    columns = [Column(e) for e in footer[2][1:]]
    rows = []
    for group in footer[4]:
        table = [c.read(data, chunk[3], group[3]) for c, chunk in zip(columns, group[1])]
        rows += [dict(zip([c.name for c in columns], values)) for values in zip(*table)]
    assert len(rows) == footer[3]
    return rows


def read_spool(folder):
    """Reads the segments of a spool, and expects that only the last block of one can be torn."""
    rows, number = [], None
    for path in sorted(glob.glob(folder + '/*.seg')):
        with open(path, 'rb') as f:
            data = f.read()
        magic, _, first = struct.unpack_from('<8sQQ', data)
        assert magic == b'LINXSPL1' and int(os.path.basename(path)[:20]) == first
        assert number in (None, first), f'block {number} is missing'
        number, at = first, 32
        while at + 152 <= len(data):
            magic, size, _, _, _, block, _, session, low, high, count, body = struct.unpack_from('<4sIIIQQQQQQII', data, at)
            if at + size + body > len(data):
                break
            assert magic == b'XLB1' and block == number
            part = native_rows(frames(data[at + size:at + size + body]))
            assert len(part) == count
            for row in part:
                assert row['session'] == session and (row['time'] is None or low <= row['time'] <= high)
            rows += part
            number, at = number + 1, at + size + body
    return rows


def read_folder(folder):
    if os.path.isfile(folder):
        return read_json_rows(folder)
    if glob.glob(folder + '/*.seg'):
        return read_spool(folder)
    rows = []
    for path in sorted(glob.glob(folder + '/day=*/*.parquet')):
        part = read_file(path)
        day = path.split('/day=')[1].split('/')[0]
        for row in part:
            if row['time'] is not None:
                at = datetime.datetime.fromtimestamp(row['time'] // 10**9, datetime.timezone.utc)
                assert at.strftime('%Y-%m-%d') == day
        rows += part
    return rows


def bare(value):
    """What there is of a value that can be cut; an object's state goes with it."""
    if isinstance(value, dict):
        return value['value'], value['state'], value['len']
    return value, None, None


class Differs(Exception):
    pass


def same(row, column, want):
    if row[column] != want:
        raise Differs(f'{column}: the row has {repr(row[column])[:300]}, JSON {repr(want)[:300]}')


def is_whole_path(path, given):
    """True if path can be what was given to a call, made whole."""
    if path == given or given is None or path is None:
        return path == given
    plain = re.sub('^//', '/', os.path.normpath(given)) if given else ''
    return path == plain or (not given.startswith('/') and path.startswith('/') and
                             path.endswith('/' + plain.replace('../', '') if plain not in ('.', '..', '') else ''))


def check_path(row, line, states):
    """The row's path is what was opened, or an argument of the call."""
    if 'opened' in line:
        text, state, length = bare(line['opened'])
        same(row, 'path', text)
        return
    if row['path'] is None and 'path' not in states:
        return
    known = [bare(v) for v in line['args'].values() if isinstance(v, (str, dict)) and (isinstance(v, str) or 'state' in v)]
    known += [(v['path'], None, None) for v in line['args'].values() if isinstance(v, dict) and 'path' in v]
    state = states.get('path', {'state': None, 'len': None})
    if not any(is_whole_path(row['path'], text) and state['state'] == s and state['len'] == n for text, s, n in known):
        raise Differs(f'path: no argument is {row["path"]!r} {state}')


containers = {}  # of the lines so far: what is known of a container, by its id
homes = {}  # id of its container by pid


def check_container(row, line, states):
    """Only lines about a process say in which container it is, and what is known of it."""
    if 'container_info' in line:
        containers[line['container_info']['id']] = line['container_info']
    if line.get('kind') in ('task', 'exec') and 'container' in line:
        homes[line['pid']] = line['container']
    same(row, 'container', homes.get(line.get('pid'), row['container']))
    info = containers.get(row['container'], {}) if row['container'] else {}
    for column, key in (('container_name', 'name'), ('namespace', 'pod_namespace'), ('pod', 'pod_name'),
                        ('workload_kind', 'pod_workload_kind'), ('workload', 'pod_workload')):
        same(row, column, info.get(key))
    labels = info.get('pod_labels')
    if (row['labels'] and json.loads(row['labels'])) != labels:
        raise Differs(f'labels: {row["labels"]} is not {labels}')
    if states.get('labels', {}).get('state') != ('truncated' if labels is not None and info['pod_incomplete'] else None):
        raise Differs(f'labels: {states}')


def check(row, line, raw):
    states = json.loads(row['states']) if row['states'] else {}
    check_container(row, line, states)
    same(row, 'kind', line['kind'])
    for column, key in (('cpu', 'cpu'), ('seq', 'seq'), ('time', 'time_ns'), ('pid', 'pid'), ('tid', 'tid'), ('ppid', 'ppid'), ('uid', 'uid')):
        same(row, column, line.get(key))
    for column in ('comm', 'exe', 'cmdline'):
        text, state, _ = bare(line.get(column))
        same(row, column, text)
        if states.get(column, {}).get('state') != state and line['kind'] == 'syscall':
            raise Differs(f'{column}: {states} is not {state}')
    if line['kind'] != 'syscall':
        same(row, 'args', raw)
        for column in ('call', 'abi', 'dir', 'ret', 'errno', 'duration', 'path', 'flags'):
            same(row, column, None)
        return
    for column, key in (('dir', 'dir'), ('call', 'syscall'), ('abi', 'abi'), ('duration', 'duration_ns')):
        same(row, column, line.get(key))
    ret = line['ret']
    same(row, 'ret', ret if ret is None or ret < 1 << 63 else ret - (1 << 64))
    same(row, 'errno', None if line.get('errno') is None else str(line['errno']))
    if json.loads(row['flags']) != line['flags']:
        raise Differs(f'flags: {row["flags"]} is not {line["flags"]}')
    if json.loads(row['args']) != line['args']:
        raise Differs(f'args: {row["args"]} is not {line["args"]}')
    check_path(row, line, states)


def native_column(b, kind, n):
    """The values of a column of a block."""
    if kind.startswith('Nullable('):
        nulls = b.take(n)
        assert set(nulls) <= {0, 1}
        return [None if null else value for null, value in zip(nulls, native_column(b, kind[9:-1], n))]
    if kind == 'String':
        return [b.take(b.varint()).decode('utf-8') for _ in range(n)]
    size = int(kind.lstrip('UInt')) // 8
    return [int.from_bytes(b.take(size), 'little', signed=kind[0] == 'I') for _ in range(n)]


def frames(data):
    """What frames of zstd that follow one another have, together."""
    ZSTD.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    ZSTD.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t
    out = b''
    while data:
        size = ZSTD.ZSTD_findFrameCompressedSize(data, ctypes.c_size_t(len(data)))
        assert size <= len(data), 'a frame is not complete'
        out += unpack(data[:size], ZSTD.ZSTD_getFrameContentSize(data, ctypes.c_size_t(len(data))))
        data = data[size:]
    return out


def read_native(path):
    with open(path, 'rb') as f:
        return native_rows(f.read())


def native_rows(data):
    b = Bytes(data)
    rows = []
    while b.at < len(b.data):
        ncolumns, n = b.varint(), b.varint()
        table = {}
        for _ in range(ncolumns):
            name = b.take(b.varint()).decode()
            table[name] = native_column(b, b.take(b.varint()).decode(), n)
        rows += [dict(zip(table, values)) for values in zip(*table.values())]
    return rows


def read_json_rows(path):
    with open(path, encoding='utf-8', newline='\n') as f:
        return [json.loads(line) for line in f]


def compare_blocks(got, folder):
    want = read_folder(folder)
    for number, (row, other) in enumerate(zip(got, want), 1):
        for column in other:
            if row.get(column) != other[column]:
                print(f'row {number}: {column}: {row.get(column)!r} is not {other[column]!r}')
                return 1
        assert set(row) <= set(other)
    if len(got) != len(want):
        print(f'{len(got)} rows, {len(want)} in Parquet')
        return 1
    return 0


def main():
    if sys.argv[1] in ('--native', '--json', '--spool'):
        read = {'--native': read_native, '--json': read_json_rows, '--spool': read_spool}[sys.argv[1]]
        return compare_blocks(read(sys.argv[2]), sys.argv[3])
    if sys.argv[1] == '--columns':
        for row in read_folder(sys.argv[3]):
            print('\t'.join(str(row[c]) for c in sys.argv[2].split(',')))
        return 0
    with open(sys.argv[1], encoding='utf-8') as f:
        lines = f.read().splitlines()
    rows = read_folder(sys.argv[2])
    keys = set()
    for number, (row, raw) in enumerate(zip(rows, lines), 1):
        try:
            check(row, json.loads(raw), raw)
        except Differs as e:
            print(f'line {number}: {e}\n{raw[:500]}')
            return 1
        key = row['machine'], row['session'], row['cpu'], row['seq'], row['part']
        if key in keys:
            print(f'line {number}: two rows have the key {key}')
            return 1
        keys.add(key)
    if len(rows) != len(lines):
        print(f'{len(rows)} rows, {len(lines)} lines')
        return 1
    return 0


sys.exit(main())
