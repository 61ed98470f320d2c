# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Functions that put the eBPF programs, compiled by the clang of another Debian suite, into this machine's library: only
# the compiler differs. Sourced after tests/bench/common.sh. OBJECTS names where the programs come from: "here" is this
# machine's clang, every other word a suite, whose files are in $BENCH/SUITE/.
. "$LINX_ROOT/tests/lib/apt.sh"
. "$LINX_ROOT/tests/distros/root.sh"

OBJECTS="here sid"

# Compiles the eBPF programs in a copy of the sources, by the rule of the Makefile, with warnings as errors.
compile_there() { # SUITE DIR
	rm -rf "$2"
	mkdir -p "$2/src"
	tar -c -C "$LINX_ROOT" --exclude='*.o' --exclude='*.ko' --exclude='.*.cmd' Makefile dkms.conf bpf kmod libuser \
		tests/vm/kernels.list | tar -x -C "$2/src"
	in_root --src "$2/src" "$(distro_root "$1")" sh -c 'clang -dumpversion | cut -d. -f1 >/src/clang &&
		make -s -C /src build/bpf/linx.bpf.o build/bpf/linx_reduced.bpf.o' >"$2.log" 2>&1 </dev/null ||
		die "the clang of Debian $1 does not compile bpf/ (log: $(short "$2.log"))"
	mv "$2"/src/build/bpf/*.o "$2/src/clang" "$2/"
	rm -rf "$2/src"
}

# Builds DIR/liblinx.a and DIR/liblinx.so.0 with the eBPF programs of DIR.
put_into_library() { # DIR
	with_lock make run_make -s "$BUILD/liblinx.a" >&2
	${CC:-gcc} -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -I"$LINX_ROOT/libuser" -I"$LINX_ROOT/kmod" -I"$LINX_ROOT/kmod/uapi" \
		-I"$LINX_ROOT/libuser/include" -DLINX_BPF_OBJECT="\"$1/linx.bpf.o\"" -DLINX_BPF_REDUCED="\"$1/linx_reduced.bpf.o\"" \
		-c "$LINX_ROOT/libuser/engine/bpf/object.c" -o "$1/object.o" || die "libuser/engine/bpf/object.c does not build"
	cp "$LINX_BUILD/liblinx.a" "$1/"
	ar r "$1/liblinx.a" "$1/object.o"
	${CC:-gcc} -shared -Wl,-soname,liblinx.so.0 -Wl,--version-script,"$LINX_ROOT/libuser/linx.map" \
		-Wl,--whole-archive "$1/liblinx.a" -Wl,--no-whole-archive -lcjson -lzstd -lyaml -lpcre2-8 -ldl -o "$1/liblinx.so.0" ||
		die "the library cannot be linked with the programs in $(short "$1")"
}

build_objects() { # here|SUITE
	[ "$1" != here ] || return 0
	need_packages root
	with_downloads distro_make_root "$1"
	compile_there "$1" "$BENCH/$1"
	put_into_library "$BENCH/$1"
}

# Prints the major version of a suite's clang, or of this machine's.
clang_of() { # here|SUITE
	if [ "$1" = here ]; then
		"${CLANG:-clang}" -dumpversion | cut -d. -f1
	else
		cat "$BENCH/$1/clang"
	fi
}
