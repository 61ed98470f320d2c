# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For tests/bench/readers: the readers of LTTng's traces and of perf's files, with the same workload. Both have two
# events for each call. They read only a part of the workload, because they are so slow.

PEER_READERS="babeltrace2 perf-script"
PEER_CAPTURES="lttng perf"
ROUNDS[lttng]=2
ROUNDS[perf]=2

record_peer() { # TRACER SERIES
	record "$1" "$2" --no-module --no-linxcap --add "$GIVE/tracers"
	[ "$1" = lttng ] || return 0
	rm -rf "$BENCH/ctf"
	mkdir "$BENCH/ctf"
	tar -C "$BENCH/ctf" -xf "$BENCH/mixed.lttng"
}

run_peer() { # NAME
	local plugins=$LINX_DOWNLOADS/roots/tracers-$SERIES/root/usr/lib/x86_64-linux-gnu/babeltrace2/plugins
	case $1 in
	babeltrace2) BABELTRACE_PLUGIN_PATH=$plugins foreign tracers babeltrace2 "$BENCH/ctf" ;;
	perf-script) foreign tracers perf script -i "$BENCH/mixed.perf" ;;
	esac
}

# Prints "events CAPTURE EVENTS CALLS".
count_peers() {
	local n
	n=$(run_peer babeltrace2 2>/dev/null | wc -l)
	echo "events lttng $n $((n / 2))"
	n=$(run_peer perf-script 2>/dev/null | wc -l)
	echo "events perf $n $((n / 2))"
}
