// SPDX-License-Identifier: LGPL-2.1-or-later
// Hover, zoom and search of a flame graph. A frame is placed by its data: x and w are parts of the whole width.
"use strict";
(() => {
	const WIDTH = 1200, NARROW = 24;
	const frames = [...document.querySelectorAll(".frame")].map(g => ({
		g, box: g.querySelector("svg"), text: g.querySelector("text"), title: g.querySelector("title").textContent,
		name: g.querySelector("text").textContent, x: +g.dataset.x, w: +g.dataset.w, depth: +g.dataset.d,
	}));
	const status = document.getElementById("status"), search = document.getElementById("search");
	let zoomed = null;

	// Sums of two numbers with nine digits differ by up to 2e-9; the narrowest frame has more than 1e-5.
	const ROUNDED = 1e-8;
	// An ancestor of the zoomed frame spans it and lies above it.
	const spans = (f, z) => f.depth < z.depth && f.x <= z.x + ROUNDED && f.x + f.w >= z.x + z.w - ROUNDED;
	const inside = (f, z) => f.depth >= z.depth && f.x >= z.x - ROUNDED && f.x + f.w <= z.x + z.w + ROUNDED;

	function place(f, x, w, shown, above) {
		f.g.classList.toggle("hidden", !shown);
		f.g.classList.toggle("above", above);
		f.box.setAttribute("x", (x * WIDTH).toFixed(3));
		f.box.setAttribute("width", Math.max(0, w * WIDTH).toFixed(3));
		f.text.classList.toggle("hidden", w * WIDTH < NARROW);
	}
	function zoom(z) {
		zoomed = z;
		for (const f of frames) {
			if (!z)
				place(f, f.x, f.w, true, false);
			else if (spans(f, z))
				place(f, 0, 1, true, true);
			else
				place(f, (f.x - z.x) / z.w, f.w / z.w, inside(f, z), false);
		}
		status.textContent = z ? "Zoomed to " + z.title + ". Escape shows all." : "";
	}
	function find(word) {
		let n = 0;

		word = word.toLowerCase();
		for (const f of frames) {
			const found = word !== "" && f.name.toLowerCase().includes(word);

			f.g.classList.toggle("found", found);
			n += found;
		}
		status.textContent = word === "" ? "" : n + (n === 1 ? " frame has" : " frames have") + " this text in the name";
	}

	for (const f of frames) {
		f.g.addEventListener("click", () => zoom(zoomed === f ? null : f));
		f.g.addEventListener("mouseenter", () => { status.textContent = f.title; });
		f.g.addEventListener("focus", () => { status.textContent = f.title; });
		f.g.addEventListener("keydown", e => {
			if (e.key === "Enter" || e.key === " ") {
				e.preventDefault();
				zoom(zoomed === f ? null : f);
			}
		});
	}
	search.addEventListener("input", () => find(search.value));
	document.addEventListener("keydown", e => {
		if (e.key === "/" && document.activeElement !== search) {
			e.preventDefault();
			search.focus();
		} else if (e.key === "Escape") {
			search.value = "";
			find("");
			zoom(null);
		}
	});
})();
