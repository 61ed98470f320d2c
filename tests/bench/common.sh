# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck shell=bash
# Functions that parts of the benchmark share. Needs tests/lib/common.sh and kernels.sh.

BENCH=$LINX_BUILD/bench
GIVE=$BENCH/give.${0##*/}	# of this part alone: parts may run at the same time
mkdir -p "$BENCH"

# Prints the requested kernel series, or the newest one.
bench_series() { # SERIES|""
	local series=${1:-$(kernel_all | sort -V | tail -n 1)}
	kernel_row "$series" >/dev/null
	[ -e "$LINX_DOWNLOADS/kernels/$series/version" ] || "$LINX_ROOT/tests/vm/fetch" "$series" >&2
	printf '%s' "$series"
}

# Prints the measured versions, as "kernel 7.2..., sysdig 0.41...".
bench_versions() { # SERIES
	printf 'kernel %s' "$(kernel_version "$1")"
	{ cat "$LINX_DOWNLOADS/roots/"{falco,tracers}-"$1/versions" 2>/dev/null || true; } | sed 's/^/, /' | tr -d '\n'
}

# Builds a static program, because the guest has no C library.
build_static() { # NAME
	${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -s -pthread -I"$LINX_ROOT/kmod/uapi" \
		-I"$LINX_ROOT" -I"$LINX_ROOT/kmod" "$LINX_ROOT/tests/bench/$1.c" -o "$BENCH/$1" || die "tests/bench/$1.c does not build"
}

# Builds a program of tests/bench for this machine, with liblinx.a and the library's own headers.
build_with_library() { build_with "$LINX_BUILD/liblinx.a" "$BENCH/$1" "$@"; } # NAME [SOURCE...]
build_with() { # LIBRARY OUT NAME [SOURCE...]
	local library=$1 out=$2 name=$3
	shift 3
	${CC:-gcc} -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -DLINX_VERSION='"bench"' -pthread -I"$LINX_ROOT/kmod/uapi" \
		-I"$LINX_ROOT" -I"$LINX_ROOT/libuser" -I"$LINX_ROOT/tools" -I"$LINX_ROOT/common" -I"$LINX_ROOT/kmod" -I"$LINX_ROOT/libuser/include" -I"$LINX_ROOT/tests/unit/support" \
		"$LINX_ROOT/tests/bench/$name.c" "$@" "$library" -lcjson -lzstd -lyaml -lpcre2-8 -ldl -o "$out" ||
		die "tests/bench/$name.c does not build"
}

# Builds two modules: $BENCH/empty.ko has empty probes, and $BENCH/hook.ko has an empty hook.
build_empty() { # SERIES
	local root=$LINX_DOWNLOADS/kernels/$1/root src=$BENCH/empty.src
	mkdir -p "$src"
	cp "$LINX_ROOT"/tests/bench/empty/{Kbuild,empty.c,hook.c} "$src/"
	in_root --src "$src" "$root" make -C "/usr/src/linux-headers-$(kernel_version "$1")" M=/src \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$BENCH/empty.log" 2>&1 </dev/null ||
		die "the empty probes do not build for $1 (log: $(short "$BENCH/empty.log"))"
	cp "$src"/{empty,hook}.ko "$BENCH/"
}

# Makes links in $GIVE/ to the directories in which other tracers and their libraries were unpacked, under the names
# that tracers.sh knows.
give_roots() { # SERIES
	local r=$LINX_DOWNLOADS/roots
	rm -rf --one-file-system "$GIVE"
	mkdir -p "$GIVE"
	ln -s "$r/falco-$1/root" "$GIVE/falco"
	ln -s "$r/tracers-$1/root" "$GIVE/tracers"
	ln -s "$r/tracers-$1/bpftrace" "$GIVE/bpftrace"
	ln -s "$r/falco-$1/scap.ko" "$GIVE/"
}

# Runs a guest, writes its output to OUT, and shows the output if the guest fails. mitigations=off, as in most published
# figures: mitigations cost every tracer the same, a few instructions per indirect call.
bench_guest() { # OUT OPTIONS-OF-EXEC... SERIES COMMAND
	local out=$1
	shift
	"$LINX_ROOT/tests/vm/exec" --mem 4G --append mitigations=off --add "$LINX_ROOT/tests/bench/tracers.sh" "$@" >"$out" || {
		grep -av '^[A-Za-z0-9+/=]\{60,\}$' "$out" | tail -n 20 >&2 # without captures
		die "the guest failed (its output: $(short "$out"))"
	}
}

# Replaces the block of the document that begins with "```text WHICH", and then the tables of README.
bench_into_doc() { # WHICH TABLES DOCUMENT
	with_lock bench-doc into_doc "$@"
}
into_doc() {
	awk -v which="$1" -v tables="$2" '
	$0 == "```text " which { print; while ((getline line < tables) > 0) print line; inside = 1 }
	/^```$/ { inside = 0 }
	!inside' "$3" >"$BENCH/doc" && cp "$BENCH/doc" "$3" && "$LINX_ROOT/tests/bench/readme"
}

# ---- programs of another Debian release, which run in a chroot

LIBS=/usr/lib/x86_64-linux-gnu

# Prints the libraries that the loader of the root file system FULL-ROOT finds for FILE, a program or library in it.
libraries_of() { # FULL-ROOT FILE
	local list
	list=$("$1/usr/lib64/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$1$LIBS" --list "$2") ||
		die "${2##*/} lacks a library: $list"
	sed -n "s|.* => $1/*\($LIBS/[^ ]*\) .*|\1|p" <<<"$list"
}

# Copies programs, plugins and their libraries from FULL-ROOT to ROOT, and nothing else.
thin_root() { # FULL-ROOT ROOT FILE...
	local full=$1 root=$2 f
	mkdir -p "$root"/{dev,proc,sys,tmp,etc,run,var/run,usr/bin,usr/lib64,"$LIBS"}
	ln -s usr/lib "$root/lib"
	ln -s usr/lib64 "$root/lib64"
	ln -s usr/bin "$root/bin"
	cp -L "$full/usr/lib64/ld-linux-x86-64.so.2" "$root/usr/lib64/"
	shift 2
	for f in "$@"; do
		mkdir -p "$root${f%/*}"
		cp -L "$full$f" "$root$f"
		libraries_of "$full" "$full$f"
	done | sort -u | while read -r f; do
		cp -L "$full$f" "$root$f"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\n' >"$root/etc/group"
}
