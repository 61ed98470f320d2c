# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The library for other programs: its installation below a directory, programs that are built with it by pkg-config, the
# Python module, and the interface of the last release, which must stay compatible.

CFLAGS_OTHERS="-std=gnu11 -Wall -Wextra -Werror -pedantic"

# Installs the tree below ./root, as a package would.
install_tree() {
	run_make -s install DESTDIR="$PWD/root" PREFIX=/usr PYTHONDIR=/usr/lib/python3/dist-packages >install.log 2>&1 || broken "make install: $(tail -n 5 install.log)"
	export PKG_CONFIG_PATH=$PWD/root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/root
	export LD_LIBRARY_PATH=$PWD/root/usr/lib
}

recorded() { real_capture 7.2 "$1"; } # NAME

test_what_is_installed() {
	install_tree
	(cd root && find . -type f -o -type l | sed -E 's|man3/linx_?[a-z_]*|man3/linx|' | sort -u) >got
	sed -n '/(help,/d; s|^SUBCOMMAND(\([a-z]*\),.*|./usr/share/man/man1/linxcap-\1.1|p' "$LINX_ROOT/tools/cmd/subcommands.def" >all
	cat >>all <<-'END'
	./usr/bin/linx-pods
	./usr/bin/linx-ship
	./usr/bin/linx-store
	./usr/bin/linxcap
	./usr/include/linux/linx.h
	./usr/include/linux/linx_record.h
	./usr/include/linx/aggregate.h
	./usr/include/linx/http.h
	./usr/include/linx/linx.h
	./usr/include/linx/policy.h
	./usr/include/linx/probe.h
	./usr/include/linx/rowset.h
	./usr/include/linx/rules.h
	./usr/include/linx/state.h
	./usr/lib/liblinx.a
	./usr/lib/liblinx.so
	./usr/lib/liblinx.so.0
	./usr/lib/linx/libsyscall_sequence_plugin.so
	./usr/lib/pkgconfig/linx.pc
	./usr/lib/python3/dist-packages/linx/__init__.py
	./usr/lib/python3/dist-packages/linx/__init__.pyi
	./usr/lib/python3/dist-packages/linx/py.typed
	./usr/lib/python3/dist-packages/linx/types.py
	./usr/share/bash-completion/completions/linxcap
	./usr/share/doc/linx/examples/check_json.py
	./usr/share/doc/linx/examples/epoll.c
	./usr/share/doc/linx/examples/reader.c
	./usr/share/doc/linx/examples/replay.c
	./usr/share/falco/plugins/libsyscall_sequence_plugin.so
	./usr/share/fish/vendor_completions.d/linxcap.fish
	./usr/share/man/man1/linx-pods.1
	./usr/share/man/man1/linx-ship.1
	./usr/share/man/man1/linx-store.1
	./usr/share/man/man1/linxcap.1
	./usr/share/man/man3/linx.3
	./usr/share/man/man4/linx_device.4
	./usr/share/man/man5/linx_capture.5
	./usr/share/sysdig/plugins/libsyscall_sequence_plugin.so
	./usr/share/zsh/site-functions/_linxcap
	END
	sort all >want
	diff want got || broken "other files than expected"
	! readelf -d root/usr/bin/linxcap | grep -q RUNPATH || broken "it looks for its library where it was built"
	"$PWD/root/usr/bin/linxcap" version | grep -q '^linxcap ' || broken "linxcap does not run"
}

# Uninstalling removes all files of linx, and leaves the files of other packages.
test_what_is_uninstalled() { # full
	local dirs="DESTDIR=$PWD/root PREFIX=/opt/it"
	# shellcheck disable=SC2086
	run_make -s $dirs install install-system dkms-install >log 2>&1 || broken "$(tail -n 5 log)"
	grep -qx 'ExecStart=/opt/it/bin/linxcap .*' root/usr/lib/systemd/system/linxcap-record.service || broken "the service starts another linxcap"
	mkdir root/opt/it/lib/python3/dist-packages/linx/__pycache__
	touch root/opt/it/lib/python3/dist-packages/linx/__pycache__/some root/opt/it/include/linux/other.h
	# shellcheck disable=SC2086
	run_make -s $dirs uninstall uninstall-system dkms-uninstall >log 2>&1 || broken "$(tail -n 5 log)"
	[ "$(find root ! -type d -o -name '*linx*')" = root/opt/it/include/linux/other.h ] || broken "left: $(find root ! -type d -o -name '*linx*')"
	[ ! -s log ] || broken "$(cat log)"
}

# Uninstalls twice: the second time systemctl fails, because the units are missing, but that must not stop the
# uninstallation.
test_what_is_not_there_is_uninstalled() { # full
	local dirs="PREFIX=$PWD/opt UNITDIR=$PWD/units UDEVDIR=$PWD/rules MODULESDIR=$PWD/modules SYSUSERSDIR=$PWD/users TMPFILESDIR=$PWD/folders"
	mkdir bin
	printf '#!/bin/sh\necho "$*" >>%s\n[ -e "%s/$4.service" ]\n' "$PWD/asked" "$PWD/units" >bin/systemctl
	chmod +x bin/systemctl
	cat >job <<-'END'
	mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system || exit 77
	PATH=$PWD/bin:$PATH
	make -s -C "$@" install-system && make -s -C "$@" uninstall-system && make -s -C "$@" uninstall-system
	END
	unshare -m true 2>why || skip "no mount namespace: $(cat why)"
	# shellcheck disable=SC2086
	unshare -m bash job "$LINX_ROOT" $dirs >log 2>&1 || {
		[ $? != 77 ] || skip "no tmpfs"
		broken "$(cat log)"
	}
	[ "$(cat asked)" = "$(printf -- '-q disable --now %s\n' linxcap-record linx-rules linx-ship linx-store linx-pods)" ] || broken "asked of systemctl: $(cat asked)"
	[ -z "$(find units rules modules users folders ! -type d)" ] || broken "left: $(find units rules modules users folders)"
}

# The DKMS tree has all files that a build of the module reads, and no others.
test_dkms_tree() {
	local v
	v=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$LINX_ROOT/dkms.conf")
	run_make -s dkms-install DESTDIR="$PWD/root" >log 2>&1 || broken "$(tail -n 5 log)"
	grep -qx "next: dkms install linx/$v" log || broken "$(cat log)"
	[ -e "root/usr/src/linx-$v/dkms.conf" ] || broken "no dkms.conf"
	(cd "root/usr/src/linx-$v" && find kmod -type f | sort) >got
	(cd "$LINX_ROOT" && find kmod -type f \( -name '*.[chS]' -o -name '*.def' -o -name '*.sh' -o -name Kbuild \) ! -name '*.mod.c' ! -path kmod/compat/features.h | sort) >want
	diff want got || broken "not the module's sources"
}

test_system_files() {
	run_make -s install-system DESTDIR="$PWD/root" >log 2>&1 || broken "$(tail -n 5 log)"
	(cd root && find . -type f | sort) >got
	{
		printf './usr/lib/%s\n' modules-load.d/linx.conf systemd/system/{linx-pods,linx-rules,linx-ship,linx-store,linxcap-record}.service \
			sysusers.d/linx{-fleet,}.conf tmpfiles.d/linx-fleet.conf udev/rules.d/60-linx.rules
		echo ./usr/local/share/linx/log.conf
	} >want
	diff want got || broken "other files than expected"
	grep -qx 'ExecStart=/usr/local/bin/linxcap \$LINX_RULES .*' root/usr/lib/systemd/system/linx-rules.service || broken "another linxcap raises alerts"
	lx config check "$(sed -n "s/^Environment='LINXCAP_LOG=\(.*\)'$/\1/p" root/usr/local/share/linx/log.conf)"
	is_status 0
	grep -qx 'ExecStart=/usr/local/bin/linxcap --config .*' root/usr/local/share/linx/log.conf || broken "the log is written by another linxcap"
}

# systemd accepts the service files. Both services that record have the same restrictions, except for the network. The
# services of a fleet have the same restrictions, and no capability.
test_services() {
	local u fleet=(root/usr/lib/systemd/system/linx-{ship,store,pods}.service) of_rules=root/usr/lib/systemd/system/linx-rules.service of_record=root/usr/lib/systemd/system/linxcap-record.service
	run_make -s install-system DESTDIR="$PWD/root" >log 2>&1 || broken "$(tail -n 5 log)"
	confined() { sed -n '/^CapabilityBoundingSet/,/^$/p' "$1" | grep -vE '^(PrivateNetwork|IPAddressDeny|RestrictAddressFamilies)='; }
	diff <(confined $of_record) <(confined $of_rules) || broken "confined in other ways"
	grep -qx 'CapabilityBoundingSet=CAP_PERFMON CAP_SYS_PTRACE' $of_rules || broken "other capabilities"
	for u in "${fleet[@]}"; do
		diff <(confined "${fleet[0]}") <(confined "$u") || broken "confined in other ways"
	done
	grep -qx 'CapabilityBoundingSet=' "${fleet[0]}" || broken "a capability"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	for u in $of_rules $of_record "${fleet[@]}"; do
		sed "s|/usr/local/bin/linx|$(dirname "$LINXCAP")/linx|" "$u" >"${u##*/}"
		systemd-analyze verify --man=no "./${u##*/}" 2>err || broken "$(cat err)"
		lacks err "^[^ ]*${u##*/}"
	done
}

# Examples build with the command in their first comment, with the shared library and with the static one.
test_examples_build() { # full
	local e
	install_tree
	for e in root/usr/share/doc/linx/examples/*.c; do
		# shellcheck disable=SC2046,SC2086
		"${CC:-gcc}" $CFLAGS_OTHERS "$e" $(pkg-config --cflags --libs linx) -o "$(basename "$e" .c)" || broken "$e"
		# shellcheck disable=SC2046,SC2086
		"${CC:-gcc}" $CFLAGS_OTHERS "$e" $(pkg-config --cflags linx) root/usr/lib/liblinx.a -lzstd -lcjson -lyaml -lpcre2-8 -ldl -o "$(basename "$e" .c).static" || broken "$e, static"
	done
	[ "$(wc -l <"$LINX_ROOT/docs/examples/reader.c")" -le 32 ] || broken "the reader is not 30 lines any more"
	recorded capture
	./replay capture >out || broken "replay: status $?"
	has out '^openat +11 calls +1 failed$'
	has out '^complete$'
	./replay.static capture 'linx.type = execve' >out || broken "replay: status $?"
	[ "$(cat out)" = "execve                      5 calls        0 failed
complete" ] || broken "replay with a condition"
	./replay <capture | grep -qx complete || broken "from standard input"
	"$WORK/make_capture" 150000 >quiet
	[ "$(./replay quiet 'linx.type = execve')" = complete ] || broken "where nothing comes for long"
	head -c 9000 capture >cut
	! ./replay cut >out 2>err || broken "a damaged file is fine"
	[ -s err ] || broken "and nothing is said"
	[ -e /dev/linxcap ] || for e in reader epoll; do
		! ./$e 2>err || broken "$e: without a module"
		has err 'modprobe linx'
	done
}

test_python() {
	[ -x /usr/bin/python3 ] || skip "no python3"
	install_tree
	recorded capture
	"$LINX_ROOT/tests/abi/compat" --dump >layout
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/root/usr/lib/python3/dist-packages /usr/bin/python3 "$LINX_ROOT/tests/python/test_linx.py" capture layout >out 2>&1 ||
		broken "the Python module"
	has out '^OK'
}

# Python finds the module without further settings if it is installed below a prefix that Python searches.
test_python_finds_it() { # full
	local looks
	[ -x /usr/bin/python3 ] || skip "no python3"
	looks=$(/usr/bin/python3 -Ic 'import sys; print(*[p for p in sys.path if p.startswith("/usr/local/lib")], sep="\n")')
	[ -n "$looks" ] || skip "python3 looks for nothing in /usr/local"
	run_make -s install DESTDIR="$PWD/root" PREFIX=/usr/local PYTHON=/usr/bin/python3 >log 2>&1 || broken "$(tail -n 5 log)"
	(cd root && find . -name __init__.py | sed 's|^\.||; s|/linx/__init__.py$||') >got
	grep -qxF "$(cat got)" <<<"$looks" || broken "in $(cat got), and python3 looks in $looks"
}

test_last_release() {
	"$LINX_ROOT/tests/abi/compat" >out 2>&1 || broken "a promise is broken"
}

# notices TEXT SED: edits the list of the released interface (tests/abi/released) by SED; the check must report the
# edited list as incompatible, with this TEXT.
notices() {
	sed -E "$2" released >changed
	! cmp -s released changed || broken "$2 changes nothing"
	! "$LINX_ROOT/tests/abi/compat" released changed >out || broken "not noticed: $2"
	has out "$1"
}

accepts() { # SED
	sed -E "$1" released >changed
	! cmp -s released changed || broken "$1 changes nothing"
	"$LINX_ROOT/tests/abi/compat" released changed >out || broken "refused: $1"
}

test_breaks_are_noticed() {
	cp "$LINX_ROOT/tests/abi/released" released
	notices 'symbol linx_next@@LINX_0.1 is gone' '/^symbol linx_next@/d'
	notices 'function linx_fd was: int' '/^function linx_fd /s/int/long/'
	notices 'member linx_value.orig was: 12' '/^member linx_value.orig/s/ 12 / 16 /'
	notices 'member linx_sock.proto is gone' '/^member linx_sock.proto/d'
	notices 'constant LINX_EVENT_EXEC was: 4' '/^constant LINX_EVENT_EXEC /s/4/5/'
	notices 'size linx_value was: 24' '/^size linx_value /s/24/32/'
	notices 'size linx_live_opts has shrunk' '/^size linx_live_opts /s/ [0-9]+/ 8/'
	accepts '/^size linx_live_opts /s/ [0-9]+/ 800/'
	accepts '/^size linx_process /s/ [0-9]+/ 8000/'
	accepts '$a symbol linx_new@@LINX_0.2'
}
