# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Installs missing packages of tests/lib/packages, with a reason for each; and lists the content of source packages.

# Parts of the tree that packages are built from, and files that a build leaves among them.
SOURCE_PARTS=(Makefile Kbuild dkms.conf README.md CONTRIBUTING.md SECURITY.md LICENSES docs kmod libuser common tools plugin fleet bpf python packaging tests/vm/kernels.list)
SOURCE_PRODUCTS=('*.o' __pycache__ '*.ko' '*.mod' '*.mod.c' '.*.cmd' '.*.d' modules.order Module.symvers)

# Directories of the distribution's own programs, which are used whatever PATH the user has.
SYSTEM_PATH=/usr/bin:/usr/sbin:/bin:/sbin

# Prints the path of the distribution's program NAME. Another program of that name in PATH does not count.
system_program() { PATH=$SYSTEM_PATH type -P "$1"; }

need_is_met() { # NEED
	local kind=${1%%:*} what=${1#*:}
	case $1 in
	@guest:*) has_guest_programs "${what//+/ }" ;;
	@links:*) links_with "${what%%:*}" "${what#*:}" ;;
	@python:*) /usr/bin/python3 -I -c "import ${what//+/, }" 2>/dev/null ;;
	@busybox:*) has_applets "${what//+/ }" ;;
	@qemu:*) [ -n "$(emulator "$what")" ] ;;
	@*) "has_${kind#@}" ;;
	/*) [ -e "$1" ] ;;
	*) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ;;
	esac
}

package_there() { # NEEDS
	local need
	for need in ${1//,/ }; do
		! need_is_met "${need#\?}" || return 0
	done
	return 1
}

has_guest_programs() { # "NAME..."
	local name
	for name in $1; do
		system_program "$name" >/dev/null || return 1
	done
}

# Tests whether a program with this header can be linked with this library: a header alone is not enough.
links_with() { # HEADER LIBRARY
	printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <stdarg.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <%s>\nint main(void) { return 0; }\n' "$1" |
		gcc -x c - -o /dev/null -Wl,--no-as-needed "-l$2" 2>/dev/null
}

# Tests whether busybox has the applets in the list, because it may be built with few.
has_applets() { # "APPLET..."
	local busybox applet list
	busybox=$(system_program busybox) && list=" $("$busybox" --list | xargs) " || return 1
	for applet in $1; do
		[[ $list == *" $applet "* ]] || return 1
	done
}

# Prints the path of qemu-system-MACHINE: the first one in PATH, or else the distribution's, that can emulate by
# translating code (TCG) and does not need KVM.
emulator() { # MACHINE
	local name=qemu-system-$1 path
	for path in "$(type -P "$name")" "$(system_program "$name")"; do
		if [ -n "$path" ] && "$path" -accel help 2>/dev/null | grep -qx tcg; then
			echo "$path"
			return
		fi
	done
}

has_bpf() { echo 'int f(void) { return 0; }' | clang -target bpf -mcpu=v3 -x c -c -o /dev/null - 2>/dev/null; }

has_libfuzzer() {
	echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return !d && n; }' |
		clang -fsanitize=fuzzer,address,undefined -x c -o /dev/null - 2>/dev/null
}

has_m32() { printf '#include <asm/unistd.h>\nint main(void) { return 0; }\n' | gcc -m32 -static -x c -o /dev/null - 2>/dev/null; }

# Prints the version of clang in apt's package lists, which apt-cache reads with these options; nothing if the lists are
# empty.
packaged_clang() { # APT-OPTION...
	apt-cache "$@" depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1
}

# Prints the name of a package. If only names with a version exist, as for clang's runtime, the version of this
# machine's clang is used. A new machine may have no package lists.
package_name() {
	local v
	if [ "$1" != libclang-rt-dev ]; then
		echo "$1"
		return
	fi
	v=$(clang -dumpversion 2>/dev/null || packaged_clang)
	if [ -z "$v" ]; then
		with_lock apt update_lists
		v=$(packaged_clang)
	fi
	echo "libclang-rt-${v%%.*}-dev"
}

# Prints the rows of the named groups of packages, without the column that has the group.
rows_of() { # GROUP...
	local groups row group
	for group; do
		cut -f 1 "$LINX_ROOT/tests/lib/packages" | tr , '\n' | grep -qxF "$group" || die "no group $group in tests/lib/packages"
	done
	while IFS=$'\t' read -r groups row; do
		for group in ${groups//,/ }; do
			[[ " $* " == *" $group "* ]] || continue
			printf '%s\n' "$row"
			break
		done
	done < <(grep -v '^#' "$LINX_ROOT/tests/lib/packages")
}

# Prints the packages of the named groups, installed or not.
packages_of() { rows_of "$@" | cut -f 1; } # GROUP...

# Tests whether the distribution has a package. A new machine may have no package lists.
is_packaged() { # PACKAGE
	compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || with_lock apt update_lists >&2
	[ -n "$(apt-cache madison "$1" 2>/dev/null)" ]
}

# Prints the rows of the named groups of packages whose packages are missing, but can be installed.
missing_rows() { # GROUP...
	local package needs why rows
	rows=$(rows_of "$@") || return 1
	while IFS=$'\t' read -r package needs why; do
		package_there "$needs" || { [[ $needs == \?* ]] && ! is_packaged "$package"; } || printf '%s\t%s\t%s\n' "$package" "$needs" "$why"
	done <<<"$rows"
}

# need_packages GROUP...: installs missing packages without asking. LINX_HAVE: groups that a calling script has already
# checked.
need_packages() {
	local package needs why rows missing=()
	[ -n "$(comm -23 <(printf '%s\n' "$@" | sort) <(printf '%s\n' ${LINX_HAVE:-} | sort))" ] || return 0
	rows=$(missing_rows "$@") || exit 1
	if [ -n "$rows" ]; then
		say "Installing what is missing, with apt:"
		while IFS=$'\t' read -r package needs why; do
			package=$(package_name "$package")
			say "$(printf '  %-20s %s' "$package" "$why")"
			missing+=("$package")
		done <<<"$rows"
		with_lock apt install_packages "${missing[@]}"
		installed_all "$@"
	fi
	export LINX_HAVE="${LINX_HAVE:-} $*"
}

# Checks the needs again after the installation, and fails if one is not met. An installed package may not be enough,
# for example if another compiler comes first in PATH.
installed_all() { # GROUP...
	local package needs why
	while IFS=$'\t' read -r package needs why; do
		die "$(package_name "$package") is installed, but not what is needed of it: $needs (is another program of that name first in PATH?)"
	done < <(missing_rows "$@")
}

update_lists() {
	say "  updating the package lists"
	mkdir -p "$LINX_BUILD"
	as_root apt-get -qq update >>"$LINX_BUILD/apt-install.log" 2>&1 || true
}

install_packages() {
	command -v apt-get >/dev/null || die "no apt-get here: install these by hand: $*"
	mkdir -p "$LINX_BUILD"
	apt_install "$@" && return
	update_lists
	apt_install "$@" || {
		tail -n 5 "$LINX_BUILD/apt-install.log" | sed 's/^/  /' >&2
		die "cannot install $* (is the network up? log: $(short "$LINX_BUILD/apt-install.log"))"
	}
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		install "$@" >"$LINX_BUILD/apt-install.log" 2>&1 </dev/null
}
