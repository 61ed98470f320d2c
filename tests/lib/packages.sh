# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Installs what is missing of tests/lib/packages, saying what and why; and what source packages hold.

# Parts of the tree that packages are built from, and what a build leaves among them.
SOURCE_PARTS=(Makefile Kbuild dkms.conf README.md CONTRIBUTING.md SECURITY.md LICENSES docs kmod libuser tools plugin bpf python packaging tests/vm/kernels.list)
SOURCE_PRODUCTS=('*.o' __pycache__ '*.ko' '*.mod' '*.mod.c' '.*.cmd' '.*.d' modules.order Module.symvers)

package_there() { # FILES
	local f
	for f in ${1//,/ }; do
		case $f in
		@libfuzzer) has_libfuzzer && return ;;
		@m32) has_m32 && return ;;
		/*) [ ! -e "$f" ] || return 0 ;;
		*) ! PATH=$PATH:/usr/sbin:/sbin command -v "$f" >/dev/null || return 0 ;;
		esac
	done
	return 1
}

has_libfuzzer() {
	local f
	f=$(clang -print-file-name=libclang_rt.fuzzer-x86_64.a 2>/dev/null) && [ -e "$f" ] && return
	f=$(clang -print-runtime-dir 2>/dev/null) && compgen -G "$f/libclang_rt.fuzzer*.a" >/dev/null
}

has_m32() { echo 'int main(void){return 0;}' | gcc -m32 -static -x c -o /dev/null - 2>/dev/null; }

# The runtime of the machine's own clang version, where there is no generic name.
package_name() {
	local v
	if [ "$1" = libclang-rt-dev ]; then
		v=$(clang -dumpversion 2>/dev/null || apt-cache depends clang 2>/dev/null |
			sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')
		echo "libclang-rt-${v%%.*}-dev"
	else
		echo "$1"
	fi
}

# need_packages GROUP...: installs what is not there. Never asks.
need_packages() {
	local group package files why missing=()
	while IFS=$'\t' read -r group package files why; do
		case " $* " in *" $group "*) ;; *) continue ;; esac
		package_there "$files" && continue
		package=$(package_name "$package")
		[ ${#missing[@]} -gt 0 ] || say "Installing what is missing, with apt:"
		say "$(printf '  %-20s %s' "$package" "$why")"
		missing+=("$package")
	done < <(grep -v '^#' "$LINX_ROOT/tests/lib/packages")
	[ ${#missing[@]} -gt 0 ] || return 0
	with_lock apt install_packages "${missing[@]}"
}

install_packages() {
	command -v apt-get >/dev/null || die "no apt-get here: install these by hand: $*"
	mkdir -p "$LINX_BUILD"
	apt_install "$@" && return
	say "  updating the package lists"
	as_root apt-get -qq update >>"$LINX_BUILD/apt-install.log" 2>&1 || true
	apt_install "$@" || {
		tail -n 5 "$LINX_BUILD/apt-install.log" | sed 's/^/  /' >&2
		die "cannot install $* (is the network up? log: $(short "$LINX_BUILD/apt-install.log"))"
	}
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		install "$@" >"$LINX_BUILD/apt-install.log" 2>&1 </dev/null
}
