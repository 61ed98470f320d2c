// SPDX-License-Identifier: LGPL-2.1-or-later
// The page of linxcap serve, and of a file that --save wrote. Texts of traced programs become text nodes or pixels,
// never markup. What is shown is asked for when it is visible, and drawn once a frame.
"use strict";
(() => {
const $ = id => document.getElementById(id);
const element = $("saved");
const saved = element ? JSON.parse(element.textContent) : null;
const ROW = 22, LABEL = 230, HEAD = 22;
let state = null, counts = null, shown = null, following = true;

// ---- values as text

const number = n => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
function time(ns) {
	for (const [size, name] of [[60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "us"]])
		if (ns >= size)
			return (ns / size).toPrecision(Math.max(3, Math.floor(Math.log10(ns / size)) + 1)) + " " + name;
	return Math.round(ns) + " ns";
}
const seconds = ns => (ns / 1e9).toFixed(6) + " s";
function make(tag, attributes, ...children) {
	const e = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes || {}))
		if (name.startsWith("on"))
			e.addEventListener(name.slice(2), value);
		else if (value !== null && value !== false)
			e.setAttribute(name, value === true ? "" : value);
	e.append(...children);
	return e;
}
function say(text) {
	$("message").textContent = text;
	$("message").hidden = !text;
}

// ---- data

async function ask(path, parameters, signal) {
	if (saved)
		return path === "view" ? saved.views[parameters.name] : saved[path];
	const answer = await fetch("/api/" + path + "?" + new URLSearchParams(parameters || {}), { credentials: "same-origin", signal });

	if (answer.status === 401)
		throw new Error("This page needs the whole address that linxcap serve printed, with what is behind the #.");
	const data = await answer.json();

	if (!answer.ok)
		throw new Error(data.error);
	return data;
}
// Runs the last of several tasks, one at a time: a task that waits is replaced by a later one.
function latest(run) {
	let busy = false, next = null;

	return async (...words) => {
		next = words;
		if (busy)
			return;
		busy = true;
		while (next) {
			const now = next;

			next = null;
			try {
				await run(...now);
			} catch (e) {
				if (e.name !== "AbortError")
					say(e instanceof TypeError ? "linxcap serve does not answer: it has ended." : e.message);
			}
		}
		busy = false;
	};
}
function onceAFrame(draw) {
	let due = false;

	return () => {
		if (!due)
			requestAnimationFrame(() => { due = false; draw(); });
		due = true;
	};
}
async function login() {
	const token = location.hash.slice(1);

	if (saved || !token)
		return;
	history.replaceState(null, "", location.pathname);
	const answer = await fetch("/api/login", { method: "POST", body: token, credentials: "same-origin" });

	if (!answer.ok)
		throw new Error("The address has another secret than this page: open the one that linxcap serve printed last.");
}

// ---- tabs

const tabs = [...document.querySelectorAll("[role=tab]")];
const open = {};
function show(name) {
	shown = name;
	for (const tab of tabs) {
		const on = tab.id === "tab-" + name;

		tab.setAttribute("aria-selected", on);
		tab.tabIndex = on ? 0 : -1;
		$(tab.id.slice(4)).hidden = !on;
		tab.hidden = tab.hidden && !on;
	}
	open[name]();
}
for (const tab of tabs) {
	tab.addEventListener("click", () => show(tab.id.slice(4)));
	tab.addEventListener("keydown", e => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], visible = tabs.filter(t => !t.hidden);

		if (!step)
			return;
		const to = visible[(visible.indexOf(tab) + step + visible.length) % visible.length];

		to.focus();
		show(to.id.slice(4));
	});
}

// ---- a list of which only visible rows exist

class List {
	constructor(box, row, activate) {
		this.box = box;
		this.row = row;
		this.activate = activate;
		this.items = [];
		this.at = -1;
		this.rows = new Map(); // by their numbers: rows that exist, in the order of the list
		this.space = make("div");
		box.append(this.space);
		this.draw = onceAFrame(() => this.render());
		box.addEventListener("scroll", this.draw);
		new ResizeObserver(this.draw).observe(box);
		box.addEventListener("keydown", e => this.key(e));
	}
	set(items) {
		this.items = items;
		this.rows.clear();
		this.space.replaceChildren();
		this.at = Math.min(this.at, items.length - 1);
		this.space.style.height = items.length * ROW + "px";
		this.draw();
	}
	make(i) {
		const row = this.row(this.items[i], i);

		row.classList.add("row");
		row.id = this.box.id + "-" + i;
		row.style.top = i * ROW + "px";
		row.setAttribute("aria-selected", i === this.at);
		row.setAttribute("aria-setsize", this.items.length);
		row.setAttribute("aria-posinset", i + 1);
		row.addEventListener("click", () => { this.choose(i); this.activate(this.items[i]); });
		return row;
	}
	// Makes the rows that have become visible, in the order of the list for those who hear it, and drops the others.
	render() {
		const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - 5), last = Math.min(this.items.length, first + Math.ceil(this.box.clientHeight / ROW) + 10);
		const rows = new Map();

		for (const [i, row] of this.rows)
			if (i < first || i >= last)
				row.remove();
		for (let i = first, before = null; i < last; i++) {
			const row = this.rows.get(i) || this.make(i), place = before ? before.nextSibling : this.space.firstChild;

			if (row !== place)
				this.space.insertBefore(row, place);
			if ((row.getAttribute("aria-selected") === "true") !== (i === this.at))
				row.setAttribute("aria-selected", i === this.at);
			rows.set(i, row);
			before = row;
		}
		this.rows = rows;
		if (this.at >= first && this.at < last)
			this.box.setAttribute("aria-activedescendant", this.box.id + "-" + this.at);
		else
			this.box.removeAttribute("aria-activedescendant");
	}
	choose(i) {
		this.at = Math.max(0, Math.min(i, this.items.length - 1));
		if (this.at * ROW < this.box.scrollTop)
			this.box.scrollTop = this.at * ROW;
		if ((this.at + 1) * ROW > this.box.scrollTop + this.box.clientHeight)
			this.box.scrollTop = (this.at + 1) * ROW - this.box.clientHeight;
		this.draw();
	}
	key(e) {
		const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1);
		const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[e.key];

		if (step !== undefined)
			this.choose(step === -Infinity ? 0 : step === Infinity ? this.items.length - 1 : this.at + step);
		else if ((e.key === "Enter" || e.key === " ") && this.items[this.at])
			this.activate(this.items[this.at]);
		else
			return;
		e.preventDefault();
	}
}

// ---- canvases

// Colours of the style sheet, which change with the theme alone: asking for them costs a layout.
const theme = matchMedia("(prefers-color-scheme: dark)");
let themed = null;
function colours() {
	if (themed)
		return themed;
	const style = getComputedStyle(document.documentElement), get = name => style.getPropertyValue(name).trim();

	themed = { back: get("--back"), text: get("--text"), dim: get("--dim"), line: get("--line"), soft: get("--soft"), bad: get("--bad"), chosen: get("--chosen"),
		dark: theme.matches, calls: new Map() };
	return themed;
}
theme.addEventListener("change", () => { themed = null; drawTimeline(); drawHeat(); });
const hues = new Map();
function hue(name) {
	let h = hues.get(name);

	if (h === undefined) {
		h = 0;
		for (const c of name)
			h = (h * 31 + c.codePointAt(0)) % 300;
		h += 30; /* no red: that is for calls that failed */
		hues.set(name, h);
	}
	return h;
}
function callColour(name, c) {
	let colour = c.calls.get(name);

	if (!colour) {
		colour = `hsl(${hue(name)} 55% ${c.dark ? 58 : 52}%)`;
		c.calls.set(name, colour);
	}
	return colour;
}
function prepare(canvas, width, height) {
	const scale = devicePixelRatio || 1, g = canvas.getContext("2d", { alpha: false });

	if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
		canvas.width = Math.round(width * scale);
		canvas.height = Math.round(height * scale);
		canvas.style.width = width + "px";
		canvas.style.height = height + "px";
	}
	g.setTransform(scale, 0, 0, scale, 0, 0);
	g.font = "12px system-ui, 'DejaVu Sans', sans-serif";
	g.textBaseline = "middle";
	return g;
}
// Writes text within a width: as it is if it fits, which most texts do, and clipped otherwise.
const widths = new Map();
function clipped(g, text, x, y, width) {
	let w = widths.get(text);

	if (w === undefined) {
		if (widths.size > 20000)
			widths.clear();
		w = g.measureText(text).width;
		widths.set(text, w);
	}
	if (w <= width) {
		g.fillText(text, x, y);
		return;
	}
	if (width <= 0)
		return;
	g.save();
	g.beginPath();
	g.rect(x, y - ROW / 2, width, ROW);
	g.clip();
	g.fillText(text, x, y);
	g.restore();
}
function axis(g, c, from, to, left, width, y) {
	const about = (to - from) / Math.max(2, width / 120), power = 10 ** Math.floor(Math.log10(about));
	const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= about);

	g.fillStyle = c.dim;
	for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
		const x = left + (t - from) / (to - from) * width;

		g.fillRect(x, y, 1, 4);
		clipped(g, time(t), x + 3, y + HEAD / 2, left + width - x - 3);
	}
}

// ---- processes, which the timeline needs, too

let processes = [], folded = new Set();
async function loadProcesses() {
	processes = (await ask("processes")).processes;
	for (const p of processes)
		p.children = [];
	for (const p of processes)
		if (processes[p.parent])
			processes[p.parent].children.push(p);
}
// Returns processes in the order of the tree, those above each other first.
function inOrder(skip) {
	const list = [], stack = processes.filter(p => !processes[p.parent]).reverse().map(p => [p, 0]);

	while (stack.length) {
		const [p, depth] = stack.pop();

		p.depth = depth;
		list.push(p);
		if (!skip || !skip.has(p.id))
			for (let i = p.children.length - 1; i >= 0; i--)
				stack.push([p.children[i], depth + 1]);
	}
	return list;
}
const matches = (p, word) => [p.name, String(p.pid), p.cmdline, p.exe, p.container].some(s => s.toLowerCase().includes(word));
const processList = new List($("processes-list"), p => {
	const name = make("span", { class: "name", title: p.name + " " + p.pid });
	const row = make("div", { role: "treeitem", "aria-level": p.depth + 1, "aria-expanded": p.children.length ? !folded.has(p.id) : null });

	name.style.paddingLeft = Math.min(p.depth, 12) * 16 + "px";
	name.append(p.children.length ? make("button", { class: "fold", type: "button", tabindex: -1, "aria-hidden": "true", onclick: e => { e.stopPropagation(); fold(p); } }, folded.has(p.id) ? "▸" : "▾") :
		make("span", { class: "fold" }), p.name + " ", make("span", { class: "facts" }, String(p.pid) + (p.threads.length > 1 ? " · " + p.threads.length + " threads" : "")));
	row.append(name, make("span", { class: "number" }, number(p.count)), make("span", { class: p.failed ? "number bad" : "number" }, p.failed ? number(p.failed) : ""),
		make("span", { class: "number" }, p.ns ? time(p.ns) : ""), make("span", { class: "container", title: p.container }, p.container.slice(0, 12)),
		make("span", { class: "rest", title: p.cmdline }, p.cmdline || p.exe));
	return row;
}, p => listEvents("linx.pid = " + p.pid));
function fold(p) {
	folded.has(p.id) ? folded.delete(p.id) : folded.add(p.id);
	drawProcesses();
}
$("processes-list").addEventListener("keydown", e => {
	const p = processList.items[processList.at];

	if (p && ((e.key === "ArrowLeft" && !folded.has(p.id)) || (e.key === "ArrowRight" && folded.has(p.id))) && p.children.length)
		fold(p);
});
function drawProcesses() {
	const word = $("processes-find").value.toLowerCase();
	const list = word ? inOrder(null).filter(p => matches(p, word)) : inOrder(folded);

	processList.set(list);
	$("processes-text").textContent = number(list.length) + " of " + number(processes.length) + " processes. Enter or a click lists the events.";
}
$("processes-find").addEventListener("input", drawProcesses);
open.processes = latest(async () => { await loadProcesses(); drawProcesses(); });

// ---- timeline

const line = { from: 0, to: 1, rows: [], at: -1, data: null, byId: new Map(), whole: true, pick: null };
const box = $("timeline-box"), canvas = $("timeline-canvas");
// The size of the box is read when it changes, not for each part of each row.
let boxWidth = 0, boxHeight = 0;
function measure() {
	boxWidth = box.clientWidth;
	boxHeight = box.clientHeight;
}
const plotWidth = () => Math.max(50, boxWidth - LABEL);
const untimed = () => number(counts.untimed) + " of " + number(counts.calls) + " calls have no duration: record with -T to have it.";
function timelineRows() {
	const word = $("timeline-find").value.toLowerCase(), rows = [];

	const list = inOrder(null), least = list.reduce((a, p) => p.count && p.depth < a ? p.depth : a, Infinity);

	for (const p of list)
		for (const t of [...p.threads].reverse())
			if (t.count && (!word || matches(p, word) || t.name.toLowerCase().includes(word) || String(t.tid).includes(word)))
				rows.push({ id: t.id, tid: t.tid, pid: p.pid, label: "\u00a0\u00a0".repeat(Math.min(Math.max(p.depth - least, 0), 8)) + t.name + " " + t.tid, count: t.count });
	line.rows = rows;
	line.at = Math.min(line.at, rows.length - 1);
	if (line.at < 0)
		$("timeline-selected").textContent = counts.untimed ? untimed() : "";
	$("timeline-space").style.height = HEAD + rows.length * ROW + "px";
}
const visibleRows = () => {
	const first = Math.max(0, Math.floor(box.scrollTop / ROW));

	return [first, line.rows.slice(first, first + Math.ceil(boxHeight / ROW) + 1)];
};
const loadTimeline = latest(async () => {
	const [, rows] = visibleRows();

	if (rows.length === 0)
		return;
	const data = await ask("timeline", { from: Math.floor(line.from), to: Math.ceil(line.to), columns: Math.round(plotWidth()), threads: rows.map(r => r.id).join() });

	line.data = data;
	line.byId = new Map(data.threads.map(t => [t.id, t]));
	drawTimeline();
});
const x = at => LABEL + (at - line.from) / (line.to - line.from) * plotWidth();
// The parts of a thread to draw: [begin, end, call, text, failed], with times.
function parts(t) {
	if (t.spans)
		return t.spans.map(([at, ns, call, failed]) => ({ at, end: at + ns, call, failed, count: 1, ns }));
	const width = (line.data.to - line.data.from) / line.data.columns;

	return t.columns.map(([i, n, call, count, failed, ns]) => ({ at: line.data.from + i * width, end: line.data.from + (i + n) * width, call, failed, count, ns }));
}
// Draws what is visible of a row. Parts next to each other with the same colour are one rectangle.
function drawRow(g, c, row, y) {
	const t = line.byId.get(row.id), right = boxWidth, scale = plotWidth() / (line.to - line.from), zero = LABEL - line.from * scale, names = line.data && line.data.names;
	const text = [];
	let begin = 0, end = -1, colour = null;
	const flush = () => {
		if (end < begin)
			return;
		g.fillStyle = colour;
		g.fillRect(begin, y + 3, end - begin, ROW - 6);
	};

	if (!t)
		return;
	t.parts = t.parts || parts(t);
	for (const p of t.parts) {
		const a = Math.max(LABEL, zero + p.at * scale), b = Math.min(right, Math.max(zero + p.end * scale, a + 1));

		if (b < LABEL || a > right)
			continue;
		const own = callColour(names[p.call], c);

		if (own !== colour || a > end + 0.25 || a < begin) {
			flush();
			[begin, end, colour] = [a, b, own];
		} else if (b > end) {
			end = b;
		}
		if (b - a > 40)
			text.push([names[p.call], a + 4, b - a - 6]);
	}
	flush();
	g.fillStyle = c.bad;
	begin = end = -1;
	for (const p of t.parts) {
		if (!p.failed)
			continue;
		const a = Math.max(LABEL, zero + p.at * scale), b = Math.min(right, Math.max(zero + p.end * scale, a + 1));

		if (b < LABEL || a > right)
			continue;
		if (a <= end + 0.25 && a >= begin) {
			end = Math.max(end, b);
			continue;
		}
		if (end > begin)
			g.fillRect(begin, y + ROW - 5, end - begin, 3);
		[begin, end] = [a, b];
	}
	if (end > begin)
		g.fillRect(begin, y + ROW - 5, end - begin, 3);
	g.fillStyle = c.dark ? "#000000" : "#ffffff";
	for (const [name, at, width] of text)
		clipped(g, name, at, y + ROW / 2, width);
}
const drawTimeline = onceAFrame(() => {
	const c = colours(), width = boxWidth, height = boxHeight, g = prepare(canvas, width, height);
	const [first, rows] = visibleRows(), shift = first * ROW - box.scrollTop;

	g.fillStyle = c.back;
	g.fillRect(0, 0, width, height);
	rows.forEach((row, i) => {
		const y = HEAD + shift + i * ROW;

		g.fillStyle = first + i === line.at ? c.chosen : (first + i) % 2 ? c.soft : c.back;
		g.fillRect(0, y, width, ROW);
		drawRow(g, c, row, y);
		g.fillStyle = c.text;
		clipped(g, row.label, 6, y + ROW / 2, LABEL - 12);
	});
	g.fillStyle = c.back;
	g.fillRect(0, 0, width, HEAD);
	g.fillStyle = c.line;
	g.fillRect(LABEL - 1, 0, 1, height);
	g.fillRect(0, HEAD - 1, width, 1);
	axis(g, c, line.from, line.to, LABEL, plotWidth(), 0);
	const range = time(line.from) + " to " + time(line.to) + " of " + time(Math.max(counts.end, 1)) + ", " + number(line.rows.length) + " threads";

	if (range !== line.range)
		$("timeline-range").textContent = line.range = range;
});
function setRange(from, to) {
	const end = Math.max(counts.end, 1), span = Math.min(Math.max(to - from, 1000), end);

	line.from = Math.max(0, Math.min(from, end - span));
	line.to = line.from + span;
	line.whole = span >= end;
	drawTimeline();
	loadTimeline();
}
function zoomLine(factor, where) {
	const span = (line.to - line.from) * factor, middle = where === undefined ? 0.5 : where, at = line.from + (line.to - line.from) * middle;

	setRange(at - span * middle, at + span * (1 - middle));
}
function partAt(px, row) {
	const t = row && line.byId.get(row.id);

	return t && t.parts && t.parts.find(p => px >= x(p.at) - 1 && px <= Math.max(x(p.end), x(p.at) + 2));
}
function describe(row, p) {
	if (!row)
		return "";
	const head = row.label.trim() + ": ";

	if (!p)
		return head + number(row.count) + " calls";
	const name = line.data.names[p.call];

	return head + (p.count === 1 ? name + " at " + seconds(p.at) + ", " + time(p.ns) + (p.failed ? ", failed" : "") :
		number(p.count) + " calls, the longest is " + name + ", together " + time(p.ns) + (p.failed ? ", " + number(p.failed) + " failed" : "")) + ". Enter lists the events.";
}
function chooseLine(i, part) {
	line.at = Math.max(0, Math.min(i, line.rows.length - 1));
	line.pick = part;
	$("timeline-selected").textContent = describe(line.rows[line.at], part);
	drawTimeline();
}
function rowAt(e) {
	const y = e.clientY - canvas.getBoundingClientRect().top;

	return y < HEAD ? -1 : Math.floor((y - HEAD + box.scrollTop) / ROW);
}
const pixel = e => e.clientX - canvas.getBoundingClientRect().left;
box.addEventListener("scroll", () => { drawTimeline(); loadTimeline(); });
box.addEventListener("wheel", e => {
	if (!e.ctrlKey && !e.shiftKey)
		return;
	e.preventDefault();
	const delta = e.deltaY || e.deltaX;

	e.ctrlKey ? zoomLine(delta > 0 ? 1.3 : 1 / 1.3, (pixel(e) - LABEL) / plotWidth()) : setRange(line.from + (line.to - line.from) * delta / 1000, line.to + (line.to - line.from) * delta / 1000);
}, { passive: false });
let drag = null;
canvas.addEventListener("pointerdown", e => { drag = { at: e.clientX, from: line.from, to: line.to, moved: false }; canvas.setPointerCapture(e.pointerId); });
canvas.addEventListener("pointermove", e => {
	if (drag && Math.abs(e.clientX - drag.at) > 3) {
		const by = (drag.at - e.clientX) / plotWidth() * (drag.to - drag.from);

		drag.moved = true;
		setRange(drag.from + by, drag.to + by);
	} else if (!drag) {
		const i = rowAt(e), row = line.rows[i], p = partAt(pixel(e), row);

		canvas.title = row ? describe(row, p) : "";
	}
});
canvas.addEventListener("pointerup", e => {
	if (drag && !drag.moved && line.rows[rowAt(e)])
		chooseLine(rowAt(e), partAt(pixel(e), line.rows[rowAt(e)]));
	drag = null;
});
canvas.addEventListener("dblclick", e => zoomLine(0.25, (pixel(e) - LABEL) / plotWidth()));
box.addEventListener("keydown", e => {
	const span = line.to - line.from, row = line.rows[line.at];
	const keys = {
		ArrowDown: () => chooseLine(line.at + 1), ArrowUp: () => chooseLine(line.at - 1),
		ArrowRight: () => setRange(line.from + span / 5, line.to + span / 5), ArrowLeft: () => setRange(line.from - span / 5, line.to - span / 5),
		"+": () => zoomLine(0.5), "=": () => zoomLine(0.5), "-": () => zoomLine(2), "0": () => setRange(0, counts.end),
		Enter: () => row && listEvents("linx.tid = " + row.tid, line.pick ? line.pick.at : line.from, line.pick ? line.pick.end : line.to),
	};

	if (!keys[e.key])
		return;
	e.preventDefault();
	keys[e.key]();
	const y = line.at * ROW;

	if (e.key.startsWith("Arrow") && (y < box.scrollTop || y + ROW + HEAD > box.scrollTop + boxHeight))
		box.scrollTop = Math.max(0, y - boxHeight / 2);
});
$("timeline-in").addEventListener("click", () => zoomLine(0.5));
$("timeline-out").addEventListener("click", () => zoomLine(2));
$("timeline-all").addEventListener("click", () => setRange(0, counts.end));
$("timeline-find").addEventListener("input", () => { timelineRows(); drawTimeline(); loadTimeline(); });
new ResizeObserver(() => { if (shown === "timeline") { measure(); drawTimeline(); loadTimeline(); } }).observe(box);
open.timeline = latest(async () => {
	await loadProcesses();
	measure();
	timelineRows();
	line.whole ? setRange(0, counts.end) : loadTimeline();
});

// ---- heat map

const heat = { data: null, picture: document.createElement("canvas"), painted: null, paintedAs: "", cells: new Map(), low: 0, high: 1, most: 1, col: 0, row: 0 };
const heatBox = $("heat-box"), heatCanvas = $("heat-canvas");
const power = p => time(2 ** p);
// Paints the cells on a canvas that is not shown, unless it has them: a key moves only the frame around one of them.
function paintCells(d, c, width, height) {
	const key = [width, height, devicePixelRatio, c.dark].join();

	if (heat.painted === d && heat.paintedAs === key)
		return;
	const g = prepare(heat.picture, width, height), w = (width - 90) / d.columns, h = (height - HEAD) / (heat.high - heat.low + 1);

	heat.painted = d;
	heat.paintedAs = key;
	g.fillStyle = c.back;
	g.fillRect(0, 0, width, height);
	for (const [column, p, n] of d.cells) {
		const strength = Math.log(n + 1) / Math.log(heat.most + 1);

		g.fillStyle = c.dark ? `hsl(35 90% ${18 + 55 * strength}%)` : `hsl(215 75% ${88 - 60 * strength}%)`;
		g.fillRect(90 + column * w, (heat.high - p) * h, Math.max(w, 1), Math.max(h - 1, 1));
	}
}
const drawHeat = onceAFrame(() => {
	const c = colours(), width = heatBox.clientWidth, height = heatBox.clientHeight, g = prepare(heatCanvas, width, height), d = heat.data;

	if (!width || !height)
		return; // the heat map is not open
	if (!d) {
		g.fillStyle = c.back;
		g.fillRect(0, 0, width, height);
		return;
	}
	const rows = heat.high - heat.low + 1, w = (width - 90) / d.columns, h = (height - HEAD) / rows;

	paintCells(d, c, width, height);
	g.drawImage(heat.picture, 0, 0, width, height);
	g.strokeStyle = c.bad;
	g.lineWidth = 2;
	g.strokeRect(90 + heat.col * w, (heat.high - heat.row) * h, Math.max(w, 3), h - 1);
	g.fillStyle = c.dim;
	for (let p = heat.low; p <= heat.high; p++)
		if (h > 12 || (p - heat.low) % 4 === 0)
			clipped(g, power(p), 6, (heat.high - p) * h + h / 2, 82);
	axis(g, c, d.from, d.to, 90, width - 90, height - HEAD);
});
function chooseHeat(column, row) {
	heat.col = Math.max(0, Math.min(column, heat.data.columns - 1));
	heat.row = Math.max(heat.low, Math.min(row, heat.high));
	const n = heat.cells.get(heat.col + " " + heat.row) || 0, at = heat.data.from + (heat.data.to - heat.data.from) * heat.col / heat.data.columns;

	$("heat-selected").textContent = number(n) + (n === 1 ? " call" : " calls") + " of " + power(heat.row) + " to " + power(heat.row + 1) + " at " + seconds(at);
	drawHeat();
}
function heatEvents() {
	const width = (heat.data.to - heat.data.from) / heat.data.columns, at = heat.data.from + width * heat.col;

	const low = heat.row ? 2n ** BigInt(heat.row) : 0, high = 2n ** BigInt(heat.row + 1);

	// no duration is beyond the last row, whose upper end is no number of a condition
	listEvents("linx.duration >= " + low + (heat.row < 62 ? " and linx.duration < " + high : ""), at, at + width);
}
heatCanvas.addEventListener("click", e => {
	if (!heat.data)
		return;
	const r = heatCanvas.getBoundingClientRect(), rows = heat.high - heat.low + 1;

	chooseHeat(Math.floor((e.clientX - r.left - 90) / (r.width - 90) * heat.data.columns), heat.high - Math.floor((e.clientY - r.top) / (r.height - HEAD) * rows));
	if (heat.cells.get(heat.col + " " + heat.row))
		heatEvents();
});
heatBox.addEventListener("keydown", e => {
	const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];

	if (!heat.data || (!step && e.key !== "Enter"))
		return;
	e.preventDefault();
	step ? chooseHeat(heat.col + step[0], heat.row + step[1]) : heatEvents();
});
new ResizeObserver(drawHeat).observe(heatBox);
open.heat = latest(async () => {
	const d = await ask("heat", { columns: Math.max(50, Math.floor((heatBox.clientWidth - 90) / 3)) });
	const powers = d.cells.map(cell => cell[1]);

	heat.data = d;
	heat.cells = new Map(d.cells.map(([column, p, n]) => [column + " " + p, n]));
	heat.low = powers.reduce((a, b) => Math.min(a, b), 40);
	heat.high = powers.reduce((a, b) => Math.max(a, b), heat.low);
	heat.low = Math.min(heat.low, heat.high);
	heat.most = d.cells.reduce((a, cell) => Math.max(a, cell[2]), 1);
	chooseHeat(heat.col, heat.row);
});

// ---- tables

const table = { sort: null, descending: true, data: null };
const BARS = "▁▂▃▄▅▆▇█";
// A bar for each power of two; the list has only those that occur.
function bars(list) {
	const most = list.reduce((a, b) => Math.max(a, b.count), 1), power = b => b.from > 0 ? Math.round(Math.log2(b.from)) + 1 : b.from < 0 ? -1 : 0;
	let text = "", next = power(list[0]);

	for (const b of list) {
		text += "·".repeat(power(b) - next) + BARS[Math.min(7, Math.floor(8 * b.count / (most + 1)))];
		next = power(b) + 1;
	}
	return text;
}
function cellOf(item, value) {
	if (Array.isArray(value))
		return make("td", { class: "bars", title: value.map(b => time(b.from) + ": " + number(b.count)).join(", ") },
			value.length ? bars(value) + " " + time(value[0].from) + " to " + time(value[value.length - 1].to + 1) : "");
	if (value === null || value === undefined)
		return make("td", { class: item.key ? "text" : "number" }, item.key ? "-" : "");
	if (typeof value === "string")
		return make("td", { class: "text", title: value }, value);
	if (item.blank && !value)
		return make("td");
	// units of views: 1 is a time in ns; the others are what heads say
	const fixed = { 2: v => (v / 1e9).toFixed(6), 3: v => (v / 1e6).toFixed(3), 4: v => number(Math.floor(v / 1e3)) }[item.unit];

	return make("td", { class: "number" }, fixed ? fixed(value) : item.unit === 1 ? time(value) : Number.isInteger(value) ? (item.key ? value : number(value)) : value.toFixed(2));
}
// The condition that chooses the events of a row; null: a value cannot be written in one.
function conditionOf(view, row) {
	const tests = [];

	for (const item of view.keys) {
		const value = row[item.name];

		// a key that is one of several fields is in no condition
		if (item.key.includes("|") || (typeof value === "string" && /["\\]/.test(value)))
			return null;
		// a text of the longest length that a table keeps may be the begin of a longer one
		const is = typeof value === "string" && new TextEncoder().encode(value).length >= 1020 ? "startswith" : "=";

		tests.push(value === null || value === undefined ? `not ${item.key} exists` : typeof value === "string" ? `${item.key} ${is} "${value}"` : `${item.key} = ${value}`);
	}
	if (view.where)
		tests.unshift(`(${view.where})`);
	return tests.length ? tests.join(" and ") : null;
}
function order(view, rows) {
	if (!table.sort)
		return rows;
	const get = row => Array.isArray(row[table.sort]) ? row[table.sort].length : row[table.sort] ?? null;
	// what has no value comes first, then numbers, then texts
	const rank = value => value === null ? 0 : typeof value === "number" ? 1 : 2;
	const compare = (a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);

	return [...rows].sort((a, b) => compare(get(a), get(b)) * (table.descending ? -1 : 1));
}
function drawTable() {
	const view = state.views.find(v => v.name === $("tables-view").value), d = table.data;
	const head = make("tr"), body = make("tbody"), numeric = item => (!item.key && !d.rows.some(r => Array.isArray(r[item.name]))) || d.rows.some(r => typeof r[item.name] === "number");

	for (const item of view.items) {
		const on = table.sort === item.name, th = make("th", { scope: "col", class: numeric(item) ? "number" : "", "aria-sort": on ? (table.descending ? "descending" : "ascending") : "none" });

		th.append(make("button", { type: "button", "data-of": "column " + item.name, onclick: () => { table.descending = on ? !table.descending : true; table.sort = item.name; drawTable(); } }, item.head + (on ? (table.descending ? " ▾" : " ▴") : "")));
		head.append(th);
	}
	head.append(make("th"));
	for (const row of order(view, d.rows)) {
		const tr = make("tr"), condition = conditionOf(view, row);

		tr.append(...view.items.map(item => cellOf(item, row[item.name])));
		tr.append(make("td"));
		if (condition && !saved)
			tr.lastChild.append(make("button", { type: "button", "aria-label": "Events of this row", "data-of": "row " + condition, onclick: () => listEvents(condition) }, "events"));
		body.append(tr);
	}
	for (const [name, row] of [["(others)", d.folded], [d.rows.length ? "total" : "", d.total]]) {
		const tr = make("tr", { class: "total" });

		if (!row || !name)
			continue;
		view.items.forEach((item, i) => tr.append(i === 0 && row[item.name] === undefined ? make("td", {}, name) : cellOf(item, row[item.name])));
		body.append(tr);
	}
	const thead = make("thead"), focused = $("tables-table").contains(document.activeElement) ? document.activeElement.dataset.of : null;

	thead.append(head);
	$("tables-table").replaceChildren(thead, body);
	// the table is made anew while it follows a recording: the button that had the focus keeps it
	if (focused)
		[...$("tables-table").querySelectorAll("button")].find(b => b.dataset.of === focused)?.focus({ preventScroll: true });
	$("tables-text").textContent = view.text + " · " + number(d.events) + " events, " + (d.rows.length < d.groups ? number(d.rows.length) + " of " : "") + number(d.groups) + " rows";
}
const loadTable = latest(async () => {
	table.data = await ask("view", { name: $("tables-view").value });
	drawTable();
});
$("tables-view").addEventListener("change", () => { table.sort = null; loadTable(); });
open.tables = loadTable;

// ---- events

const list = { filter: "", from: null, to: null, items: [], holes: [], chosen: null };
const eventList = new List($("events-list"), e => {
	const row = make("div", { role: "option" });

	row.append(make("span", { class: "time" }, seconds(e.at)), make("span", { class: "who" }, e.name + " " + e.tid),
		make("span", { class: e.failed ? "line bad" : "line", title: e.text }, e.text), make("span", { class: "time" }, e.ns === undefined ? "" : time(e.ns)));
	return row;
}, showEvent);
// A line of text begins with time and thread, which have columns of their own.
const stripped = text => text.replace(/^\d\d:\d\d:\d\d\.\d+ \S.*?\[\d+(\/\d+)?\]\s*/, "");
// Puts JSON on several lines, without reading its numbers: they have more digits than those of this language.
function indented(json) {
	let to = "", depth = 0;

	for (const [word] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{]\s*[\]}]|[^\s]/g)) {
		const next = () => "\n" + "  ".repeat(depth);

		if (word === "{" || word === "[") {
			depth++;
			to += word + next();
		} else if (word === "}" || word === "]") {
			depth--;
			to += next() + word;
		} else {
			to += word === "," ? word + next() : word === ":" ? ": " : word;
		}
	}
	return to;
}
function showEvent(e) {
	list.chosen = e;
	$("events-detail").hidden = false;
	$("events-json").textContent = e.json ? indented(e.json) : e.text;
	$("events-stream").hidden = Boolean(saved) || e.fd === undefined;
	$("events-stream").textContent = "Follow stream of descriptor " + e.fd;
}
function savedEvents(skip) {
	const word = list.filter.toLowerCase();
	const all = saved.events.events.filter(e => (list.from === null || (e.at >= list.from && e.at <= list.to)) && (!word || (e.name + " " + e.tid + " " + e.text).toLowerCase().includes(word)));

	return { events: all.slice(skip, skip + 2000), more: all.length > skip + 2000 };
}
let reading = new AbortController();
const readEvents = latest(async more => {
	const skip = more ? list.items.length : 0, parameters = { filter: list.filter };

	$("events-text").textContent = "Reading …";
	if (skip)
		parameters.behind = list.items[skip - 1].id;
	if (list.from !== null)
		Object.assign(parameters, { from: Math.floor(list.from), to: Math.ceil(list.to) });
	say("");
	let d;

	try {
		d = saved ? savedEvents(skip) : await ask("events", parameters, reading.signal);
	} finally {
		$("events-text").textContent = "";
	}
	for (const e of d.events)
		e.text = stripped(e.text);
	list.items = more ? list.items.concat(d.events) : d.events;
	eventList.set(list.items);
	if (!more)
		list.holes = [];
	if (d.hole)
		list.holes.push(d.events.length ? d.events[0].at : counts.end);
	$("events-more").hidden = !d.more;
	$("events-text").textContent = number(list.items.length) + " events" + (d.more ? " shown, there are more" : "") + (d.damaged ? ". The recording is damaged behind them." : "") +
		(saved && saved.events.left_out ? `. This file does not have ${number(saved.events.left_out)} further events.` : "") +
		(list.holes.length ? ". Events are missing before " + list.holes.map(seconds).join(", ") + ": they were dropped while the list was read" : "") +
		(counts.kept_from ? ". Older events than those of " + seconds(counts.kept_from) + " are no longer kept (--keep)." : "");
	$("events-part").textContent = list.from === null ? "" : "from " + seconds(list.from) + " to " + seconds(list.to);
	$("events-all").hidden = list.from === null;
});
// A list that is still being read is given up for the new one.
function loadEvents(more) {
	if (!more) {
		reading.abort();
		reading = new AbortController();
	}
	readEvents(more);
}
function listEvents(filter, from, to) {
	list.filter = saved ? "" : filter;
	list.from = from === undefined ? null : from;
	list.to = to === undefined ? null : to;
	if (saved && /^linx\.[pt]id = \d+$/.test(filter))
		list.filter = filter.split(" = ")[1];
	$("events-filter").value = list.filter;
	$("events-detail").hidden = true;
	eventList.at = -1;
	show("events");
	$("events-list").focus();
}
$("events-form").addEventListener("submit", e => {
	e.preventDefault();
	list.filter = $("events-filter").value;
	loadEvents(false);
});
$("events-more").addEventListener("click", () => loadEvents(true));
$("events-all").addEventListener("click", () => { list.from = list.to = null; loadEvents(false); });
$("events-close").addEventListener("click", () => { $("events-detail").hidden = true; $("events-list").focus(); });
$("events-stream").addEventListener("click", () => followStream(list.chosen));
open.events = () => loadEvents(false);

// ---- streams

let stream = null;
function followStream(e) {
	stream = e;
	show("stream");
}
open.stream = latest(async () => {
	$("stream-text").textContent = "Reading …";
	const d = await ask("stream", { pid: stream.pid, fd: stream.fd, at: stream.at });

	$("stream-text").textContent = d.known ? `Open file of descriptor ${stream.fd} of process ${stream.pid}, with copies and children: ${number(d.count)} calls, ${number(d.bytes)} bytes, of each the part that was recorded (-s).` +
		(d.cut ? ` Only the first ${number(d.chunks.length)} are shown.` : "") : "This descriptor is not in what is kept.";
	$("stream-chunks").replaceChildren(...d.chunks.map(chunk => {
		const e = make("div", { class: chunk.in ? "chunk" : "chunk out" });

		e.append(make("div", { class: "facts" }, `${chunk.in ? "read" : "written"} by ${chunk.call}, ${chunk.pid === stream.pid ? "" : `process ${chunk.pid}, `}thread ${chunk.tid}, at ${seconds(chunk.at)}, ${number(chunk.bytes)} bytes`), make("pre", {}, chunk.text.replace(/\\(.)/g, (all, c) => ({ n: "\n", t: "\t", r: "" })[c] ?? all)));
		return e;
	}));
});

// ---- losses

const CAUSES = { full: "the ring was full", nested: "a probe interrupted a probe", "too-big": "longer than a record can be", "no-ring": "the processor came online later",
	"throttle-cap": "the ring was full, and the task had waited long enough", budget: "more than the budget allows" };
open.account = () => {
	const body = make("tbody"), notes = [];

	for (const [cause, n] of Object.entries(counts.lost)) {
		const tr = make("tr");

		tr.append(make("td", {}, cause), make("td", { class: n ? "number bad" : "number" }, number(n)), make("td", { class: "facts" }, CAUSES[cause] || ""));
		body.append(tr);
	}
	$("account-table").replaceChildren(body);
	notes.push(counts.lost_total ? number(counts.lost_total) + " records were lost: what is shown is too low by at most that." : "No record was lost" + (counts.certified ? ", as the account at the end of the recording proves." : " so far."));
	if (counts.cut_off)
		notes.push("The account at the end of the recording was not read.");
	if (counts.doubtful)
		notes.push("The account of the recording is not complete: its sums do not hold, or a damaged part was passed over.");
	if (counts.skipped)
		notes.push("The engine skipped up to " + number(counts.skipped) + " events.");
	if (counts.untimed)
		notes.push(untimed());
	if (counts.no_span)
		notes.push(number(counts.no_span) + " calls are not in timeline and heat map, which have the first 4,000,000.");
	if (counts.no_task)
		notes.push(number(counts.no_task) + " events are of tasks that are not known, or beyond 65,536 processes and 131,072 threads.");
	if (counts.kept_from)
		notes.push("Events before " + seconds(counts.kept_from) + " are no longer in the list: it has as many as --keep allows. All else counts them.");
	if (state.redacted)
		notes.push("Secrets are blanked by --redact.");
	if (saved && saved.events.left_out)
		notes.push("This file has the first " + number(saved.events.events.length) + " events; " + number(saved.events.left_out) + " are left out.");
	if (saved)
		notes.push("This file has the 200 threads with most calls in its timeline, 1,000 rows of each table, and events as lines. It has no streams.");
	$("account-notes").replaceChildren(...notes.map(text => make("li", {}, text)));
};

// ---- the whole

function drawCounts() {
	$("counts").textContent = `${number(counts.events)} events in ${time(counts.end)}, ${number(counts.processes)} processes` + (counts.phase === "reading" ? ", reading …" : counts.phase === "live" ? ", live" : "");
	$("losses").textContent = counts.lost_total ? number(counts.lost_total) + " lost" : counts.cut_off ? "the end is missing" : counts.skipped ? "up to " + number(counts.skipped) + " skipped" : counts.doubtful ? "not complete" : "none lost";
	$("losses").className = counts.lost_total || counts.cut_off || counts.skipped || counts.doubtful ? "bad" : "";
	$("progress").hidden = counts.phase !== "reading";
	$("progress").value = counts.permille;
	$("follow").hidden = counts.phase !== "live";
}
$("losses").addEventListener("click", () => show("account"));
$("follow").addEventListener("click", () => {
	following = !following;
	$("follow").setAttribute("aria-pressed", following);
	$("follow").textContent = following ? "Following" : "Paused";
});
// Shows what has changed since the last second. Lists that the user reads do not move.
function takeCounts(next) {
	const before = counts;

	if (before.phase === "gone")
		say("");
	counts = next;
	drawCounts();
	if (next.events !== before.events || next.phase !== before.phase)
		if (following && ["timeline", "heat", "tables", "processes", "account"].includes(shown))
			open[shown]();
}
// The server has ended, or does not answer: what is shown is not live, and nothing else can be read.
function lose() {
	counts = { ...counts, phase: "gone" };
	drawCounts();
	say("linxcap serve has ended: this page shows what it had, and reads no more.");
}
async function start() {
	await login();
	state = await ask("state");
	counts = state.counts;
	$("source").textContent = [state.source, state.node, state.release, state.engine].filter(Boolean).join(" · ");
	document.title = "linx: " + state.source;
	$("tables-view").replaceChildren(...state.views.map(v => make("option", { value: v.name }, v.name)));
	$("events-filter").placeholder = saved ? "text" : "linx.type = openat and linx.res < 0";
	drawCounts();
	show("timeline");
	if (saved)
		return;
	const feed = new EventSource("/api/counts");

	feed.addEventListener("message", e => takeCounts(JSON.parse(e.data)));
	feed.addEventListener("error", lose);
}
start().catch(e => say(e.message));
})();
