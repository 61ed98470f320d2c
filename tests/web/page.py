# SPDX-License-Identifier: LGPL-2.1-or-later
# A client of linxcap serve, which does what browsers do, and what they would not. Each function test_* is one test;
# its name is the first argument. Prints what is wrong; status 1.
# usage: page.py TEST ADDRESS PID [ARGUMENT...]
import http.client
import json
import socket
import sys
import threading
import urllib.parse

ADDRESS = urllib.parse.urlsplit(sys.argv[2])
TOKEN, HOST, PORT, PID = ADDRESS.fragment, ADDRESS.netloc, ADDRESS.port, int(sys.argv[3])
TEN_MB = 10 * 1000 * 1000
ROOM_KB = 6000
cookie = None


def check(holds, what):
    if not holds:
        print(what)
        sys.exit(1)


def ask(path, method="GET", body=None, headers=None, known=True):
    """Returns status, headers and body of an answer."""
    c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    all_headers = {"Host": HOST}
    if known and cookie:
        all_headers["Cookie"] = cookie
    all_headers.update(headers or {})
    c.putrequest(method, path, skip_host=True)
    for name, value in all_headers.items():
        if value is not None:
            c.putheader(name, value)
    if body is not None:
        c.putheader("Content-Length", str(len(body)))
    c.endheaders(body)
    r = c.getresponse()
    return r.status, r.headers, r.read()


def login(token=TOKEN):
    global cookie
    status, headers, _ = ask("/api/login", "POST", token.encode(), known=False)
    if status == 204:
        cookie = headers["Set-Cookie"].split(";")[0]
    return status, headers


def data(path, **parameters):
    status, headers, body = ask("/api/" + path + "?" + urllib.parse.urlencode(parameters))
    check(status == 200, f"{path} {parameters}: status {status}: {body[:300]}")
    check(headers["Content-Type"] == "application/json", f"{path}: another type: {headers['Content-Type']}")
    check(b"<" not in body and b">" not in body and b"&" not in body, f"{path}: characters of markup")
    return json.loads(body)


def memory_kb():
    with open(f"/proc/{PID}/status") as f:
        return int(next(line for line in f if line.startswith("VmHWM")).split()[1])


def test_token():
    forged = ("0" if TOKEN[0] != "0" else "1") + TOKEN[1:]
    name = f"linx-{PORT}="
    check(ask("/api/state")[0] == 401, "data without a cookie")
    for wrong in ("", forged, TOKEN[:-1], TOKEN.upper() + "x"):
        status, headers = login(wrong)
        check(status in (403, 413) and "Set-Cookie" not in headers, f"a wrong token is taken: {wrong}")
    for wrong in (name + forged, name + TOKEN, name, "linx=" + TOKEN, name + "0" * 32):
        check(ask("/api/state", headers={"Cookie": wrong})[0] == 401, f"a wrong cookie is taken: {wrong}")
    status, headers = login()
    check(status == 204, f"the token is not taken: {status}")
    words = headers["Set-Cookie"].split("; ")
    check({"HttpOnly", "SameSite=Strict", "Path=/"} <= set(words), f"the cookie is not safe: {words}")
    check(TOKEN not in headers["Set-Cookie"], "the cookie has the token")
    check(ask("/api/state")[0] == 200, "no data with the cookie")
    check(TOKEN.encode() not in ask("/api/state")[2] + ask("/")[2], "an answer has the token")
    for name in "cmdline", "environ":
        with open(f"/proc/{PID}/{name}", errors="replace") as f:
            check(TOKEN not in f.read(), f"/proc/PID/{name} has the token")
    # no answer sends the browser to another address, or repeats what was asked, which can be the token
    for path in ("/", "/page.js", "/" + TOKEN, "/?" + TOKEN, "/api/" + TOKEN, "/api/login", "/api/login?" + TOKEN):
        for method, body in ("GET", None), ("HEAD", None), ("PUT", None), ("POST", (TOKEN + "x").encode()):
            for known in True, False:
                status, headers, text = ask(path, method, body, known=known)
                check(headers["Location"] is None and headers["Refresh"] is None and not 300 <= status < 400, f"{method} {path} leads elsewhere: {status}")
                check(TOKEN not in str(headers) and TOKEN.encode() not in text, f"the answer to {method} {path} has the token: {status} {text[:200]}")


def test_foreign():
    login()
    for host in ("evil.example", f"evil.example:{PORT}", f"127.0.0.1:{PORT + 1}", "127.0.0.1", "", None, f"127.0.0.1:{PORT}.evil.example"):
        for path in ("/", "/api/state"):
            status, _, body = ask(path, headers={"Host": host})
            check(status in (400, 403) and b"counts" not in body, f"Host {host}: {path} has status {status}")
    for origin in ("http://evil.example", "null", "https://" + HOST, f"http://127.0.0.1:{PORT + 1}", "http://" + HOST + ".evil.example"):
        check(ask("/api/state", headers={"Origin": origin})[0] == 403, f"Origin {origin} gets data")
        check(ask("/api/login", "POST", TOKEN.encode(), {"Origin": origin})[0] == 403, f"Origin {origin} can log in")
    for site in ("cross-site", "same-site"):
        check(ask("/api/state", headers={"Sec-Fetch-Site": site})[0] == 403, f"a page that is {site} gets data")
        check(ask("/page.js", headers={"Sec-Fetch-Site": site})[0] == 403, f"a page that is {site} gets the script")
    check(ask("/", headers={"Sec-Fetch-Site": "cross-site"})[0] == 200, "a link cannot open the page")
    check(ask("/api/state", headers={"Origin": "http://" + HOST, "Sec-Fetch-Site": "same-origin"})[0] == 200, "the page itself is refused")
    check(ask("/api/state", headers={"Host": f"localhost:{PORT}"})[0] == 200, "localhost is refused")


def test_headers():
    login()
    wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
              "Cross-Origin-Resource-Policy": "same-origin"}
    for path in ("/", "/page.css", "/page.js", "/api/state", "/none", "/api/none"):
        _, headers, body = ask(path)
        policy = headers["Content-Security-Policy"]
        check("default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy and "http" not in policy, f"{path}: {policy}")
        check("Access-Control-Allow-Origin" not in headers, f"{path}: other origins may read it")
        for name, value in wanted.items():
            check(headers[name] == value, f"{path}: {name} is {headers[name]}")
        check(b"//" not in body.replace(b"// ", b"") or path == "/page.js" and b"http://" not in body, f"{path}: an address elsewhere")
    html = ask("/")[2]
    check(html.count(b"<script") == 1 and b"onclick" not in html and b"style=" not in html, "the page has a script or style of its own")
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        check(ask("/api/state", method)[0] == 405, f"{method} is allowed")
    check(ask("/api/state", "POST", b"")[0] == 404, "a POST elsewhere is allowed")


def send_raw(head, chunk, total):
    """Sends up to total bytes after a head; returns how much was taken, and the first line of the answer."""
    s = socket.create_connection(("127.0.0.1", PORT), timeout=60)
    sent = 0
    try:
        s.sendall(head)
        while sent < total:
            s.sendall(chunk)
            sent += len(chunk)
    except OSError:
        pass
    try:
        line = s.recv(200).split(b"\r\n")[0]
    except OSError:
        line = b""
    s.close()
    return sent, line


def test_size():
    login()
    before = memory_kb()
    start = f"Host: {HOST}\r\nCookie: {cookie}\r\n".encode()
    chunk = b"a" * 65536
    for head in (b"POST /api/login HTTP/1.1\r\n" + start + b"Content-Length: %d\r\n\r\n" % TEN_MB,
                 b"POST /api/login HTTP/1.1\r\n" + start + b"Content-Length: 99999999999999999999999\r\n\r\n",
                 b"POST /api/login HTTP/1.1\r\n" + start + b"Transfer-Encoding: chunked\r\n\r\nffffff\r\n",
                 b"GET /api/state HTTP/1.1\r\n" + start + b"Content-Length: %d\r\n\r\n" % TEN_MB,
                 b"GET /" , b"GET / HTTP/1.1\r\n" + start + b"X: "):
        _, line = send_raw(head, chunk, TEN_MB)
        check(not line or line.split()[1][:1] == b"4", f"{head[:40]}: {line}")
    check(ask("/api/state")[0] == 200, "the server does not answer any more")
    check(memory_kb() - before < ROOM_KB, f"memory grew from {before} to {memory_kb()} kB")


def test_browsers():
    """Many browsers with feeds, of which some read nothing, close at once, or send half a request."""
    login()
    head = f"GET /api/counts HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n".encode()
    kept = []
    for i in range(24):
        s = socket.create_connection(("127.0.0.1", PORT), timeout=60)
        s.sendall(head if i % 3 else head[:40])
        kept.append(s)
    first = kept[1].recv(65536)
    while b"data: " not in first:
        first += kept[1].recv(65536)
    check(b"text/event-stream" in first, f"no feed: {first[:200]}")
    for s in kept[12:]:
        s.close()
    done = []
    threads = [threading.Thread(target=lambda: done.append(data("events", most=50))) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(len(done) == 3 and all(d["events"] for d in done), "several browsers at once are not answered")
    # a browser that asks for much and closes without reading
    for _ in range(5):
        s = socket.create_connection(("127.0.0.1", PORT), timeout=60)
        s.sendall(head.replace(b"counts", b"events?most=1000"))
        s.close()
    check(ask("/api/state")[0] == 200, "the server does not answer any more")


def processor_time():
    with open(f"/proc/{PID}/stat") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return int(words[11]) + int(words[12])


def test_given_up():
    """A browser that closes while a list is read ends the reading."""
    login()
    path = "/api/events?filter=" + urllib.parse.quote("linx.type = reboot")
    while data("state")["counts"]["phase"] != "ended":
        pass
    begin = processor_time()
    check(ask(path)[0] == 200, "no list")
    whole = processor_time() - begin
    begin = processor_time()
    for _ in range(4):
        s = socket.create_connection(("127.0.0.1", PORT), timeout=60)
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n".encode())
        s.close()
    while ask("/api/events?most=1")[0] != 200:
        pass
    # four whole readings take four times as long
    check(processor_time() - begin < 2 * whole, f"readings go on: {processor_time() - begin} ticks, and one takes {whole}")


def all_events(most):
    """The whole list, so many events at a time, each behind the last one; and the last answer."""
    got = []
    while True:
        part = data("events", most=most, **({"behind": got[-1]["id"]} if got else {}))
        check(not part["hole"], "the list has a hole")
        got += part["events"]
        if not part["more"]:
            return got, part


def test_values(stat, lines, failed):
    """Tables are those of linxcap stat, and lists of events those of linxcap -r."""
    login()
    with open(stat) as f:
        want = json.load(f)
    got = data("view", name="calls", top=10000)
    check(got["rows"] == want["rows"] and got["total"] == want["total"], "the table differs from linxcap stat")
    count = sum(1 for _ in open(lines, errors="replace"))
    got, _ = all_events(100)
    check(len(got) == count, f"{len(got)} events, not {count}")
    texts = [line.rstrip("\n") for line in open(lines, errors="replace")]
    check([e["text"][:8] for e in got] == [t[:8] for t in texts], "other times or another order")
    count = sum(1 for _ in open(failed, errors="replace"))
    check(len(data("events", most=1000, filter="evt.failed = true")["events"]) == count, "FILTER chooses others")
    status, _, body = ask("/api/events?filter=" + urllib.parse.quote("linx.tpye = read"))
    check(status == 400 and "linx.tpye" in json.loads(body)["error"], f"a wrong filter: {status} {body}")
    # rows that only hidden keys tell apart have events of their own
    view = next(v for v in data("state")["views"] if v["name"] == "summary")
    for row in data("view", name="summary", top=1000)["rows"]:
        each = " and ".join(k["key"] + " = " + json.dumps(row[k["name"]]) for k in view["keys"])
        count = len(data("events", most=1000, filter=each)["events"])
        check(count == min(row["calls"], 1000), f"{each}: {count} events, not {row['calls']}")
    counts = data("state")["counts"]
    tree = data("processes")["processes"]
    check(sum(p["count"] for p in tree) == counts["calls"], "processes have other numbers of calls")
    ids = [t["id"] for p in tree for t in p["threads"]]
    line = data("timeline", threads=",".join(map(str, ids)), columns=4000)
    check(sum(len(t["spans"]) for t in line["threads"]) == counts["calls"], "the timeline has other calls")
    line = data("timeline", threads=",".join(map(str, ids)), columns=1)
    check(sum(len(t.get("spans", [])) + sum(c[3] for c in t.get("columns", [])) for t in line["threads"]) == counts["calls"], "columns have other calls")
    heat = data("heat", columns=50)
    check(sum(c[2] for c in heat["cells"]) == counts["calls"], "the heat map has other calls")
    for wrong in ("timeline?threads=99999999,a,-1&columns=0", "heat?columns=99999999&from=9&to=3", "view?name=calls&top=-5", "events?most=0", "timeline?from=x&to=y"):
        check(ask("/api/" + wrong)[0] == 200, f"{wrong} is no answer")
    check(ask("/api/view?name=none")[0] == 404 and ask("/api/stream?pid=1")[0] == 400, "wrong requests are answered")


def test_stream(pid, fd, wanted):
    login()
    calls = [e for e in data("events", most=1000, filter=f"linx.pid = {pid} and linx.type in (read, write, sendto, recvfrom)")["events"] if e.get("fd") == int(fd)]
    check(calls, "there is no such call")
    got = data("stream", pid=pid, fd=fd, at=calls[-1]["at"])
    text, before = "", None
    for c in got["chunks"]:
        text += c["text"] if c["in"] == before else (" " if text else "") + ("<" if c["in"] else ">") + c["text"]
        before = c["in"]
    check(text == wanted, f"another stream: {text}: {got}")
    check(got["known"] and got["count"] == len(got["chunks"]), f"another count: {got}")


def test_end(damaged):
    """The end of the recording is missing, or it is damaged. Prints how many events the list has."""
    login()
    while data("state")["counts"]["phase"] != "ended":
        pass
    check(data("state")["counts"]["cut_off"], "nothing says that the end is missing")
    got, part = all_events(1000)
    n = len(got)
    check(part["damaged"] == (damaged == "damaged"), f"the list is called {damaged}: {part['damaged']}")
    print("events:", n)


def test_names(*names):
    """Names of programs are texts of JSON: data() refuses any character of markup."""
    login()
    every = json.dumps([data("processes"), data("view", name="processes"), data("events", most=1000), data("view", name="files")])
    for name in names:
        check(json.dumps(name)[1:-1] in every, f"no {name} in {every[:3000]}")


def test_lacks(secret):
    login()
    for path in ("processes", "view?name=processes", "view?name=files", "events?most=1000", "state"):
        check(secret.encode() not in ask("/api/" + path)[2], f"{path} shows the secret")
    events = data("events", most=1000)["events"]
    check("redacted" in json.dumps(events), "nothing is blanked")
    for e in [e for e in events if " write(" in e["text"] or "write(" in e["text"][:60]]:
        text = json.dumps(data("stream", pid=e["pid"], fd=e["fd"], at=e["at"]))
        check(secret not in text, f"a stream shows the secret: {text}")


def test_live(wanted):
    """Waits until a live page has an event with this text, and a table counts it."""
    login()
    while True:
        if any(wanted in e["text"] for e in data("events", most=1000)["events"]):
            break
    check(data("view", name="calls")["rows"], "the table is empty")
    print(json.dumps(data("state")["counts"]))


def test_kept():
    """The list has the newest events, and not the first ones, which the table counts."""
    login()
    counts, rows = data("state")["counts"], data("view", name="calls")["rows"]
    events = data("events", most=1000)["events"]
    check(any("the-end" in e["text"] for e in data("events", filter="linx.type = write")["events"]), "the last events are not listed")
    check(not data("events", filter="linx.type = execve")["events"], "the first events are listed")
    check(any(r["call"] == "execve" for r in rows), f"the first events are not counted: {rows[:3]}")
    check(0 < counts["kept_from"] < counts["end"] and events[0]["at"] <= counts["kept_from"] + 10**9, f"kept since {counts['kept_from']}, the first is {events[0]['at']}")
    # events after which the page asks were dropped: the list goes on with the first event that is kept, and reports a
    # hole
    part = data("events", most=500, behind="1-0-1-1")
    check(part["hole"] and [e["id"] for e in part["events"]] == [e["id"] for e in events if e["at"] > 1][:500], f"no hole, or events are skipped: {part['hole']}")
    part = data("events", most=10, behind=events[9]["id"])
    check(not part["hole"] and [e["id"] for e in part["events"]] == [e["id"] for e in events[10:20]], "other events follow")


globals()["test_" + sys.argv[1]](*sys.argv[4:])
