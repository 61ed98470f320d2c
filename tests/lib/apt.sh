# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian packages of another suite, fetched and unpacked without installing
# anything: a private apt state under $LINX_DOWNLOADS/apt/SUITE, on top of the machine's
# own apt configuration (proxies, credentials and mirrors stay as they are).

# Prints "URI suite component" of every package source of this machine, from files in either format of apt. (apt-get
# indextargets prints the same, but nothing before the first apt-get update.)
apt_targets() {
	local list=/etc/apt/sources.list parts=/etc/apt/sources.list.d
	eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d 2>/dev/null)"
	apt_source_files "$list" "${parts%/}"/*.list | apt_targets_list
	apt_source_files "${parts%/}"/*.sources | apt_targets_deb822
}

apt_source_files() {
	local f
	for f in "$@"; do
		[ ! -r "$f" ] || { cat "$f" && printf '\n\n'; }
	done
}

apt_targets_list() {
	sed -n 's/#.*//; s/^ *deb  *\(\[[^]]*\]\)\? *//p' | awk '{ for (i = 3; i <= NF; i++) print $1, $2, $i }'
}

apt_targets_deb822() {
	awk '
	function flush(   u, s, c, nu, ns, nc, i, j, k) {
		if (field["types"] ~ /(^| )deb( |$)/ && tolower(field["enabled"]) !~ /no|false/) {
			nu = split(field["uris"], u, " ")
			ns = split(field["suites"], s, " ")
			nc = split(field["components"], c, " ")
			for (i = 1; i <= nu; i++)
				for (j = 1; j <= ns; j++)
					for (k = 1; k <= nc; k++)
						print u[i], s[j], c[k]
		}
		split("", field)
	}
	/^#/ { next }
	/^[ \t]*$/ { flush(); next }
	/^[ \t]/ { field[key] = field[key] " " $0; next }
	{
		key = tolower($0)
		sub(/:.*/, "", key)
		sub(/^[^:]*:[ \t]*/, "")
		field[key] = $0
	}
	END { flush() }'
}

# Prints the mirror that this machine uses. DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR override it.
apt_mirror() {
	local m=${DEBIAN_MIRROR:-}
	[ -n "$m" ] || m=$(apt_targets | awk '$3 == "main" && $2 !~ /-security/ && $1 ~ /\/debian\/?$/ { print $1; exit }')
	[ -n "$m" ] || die "no Debian mirror in this machine's apt sources; set DEBIAN_MIRROR=URL"
	printf '%s' "${m%/}"
}

apt_security_mirror() {
	local m=${DEBIAN_SECURITY_MIRROR:-}
	[ -n "$m" ] || m=$(apt_targets | awk '$3 == "main" && $2 ~ /-security/ && $1 ~ /debian/ { print $1; exit }')
	[ -n "$m" ] || m=$(apt_mirror)-security
	printf '%s' "${m%/}"
}

# Prints the directory with apt's state for one suite. APT_ARCH: use the packages of that architecture.
apt_dir() { printf '%s' "$LINX_DOWNLOADS/apt/$1${APT_ARCH:+-$APT_ARCH}"; }

apt_options() { # SUITE -> APT=(options)
	local d
	d=$(apt_dir "$1")
	APT=(-o Dir::Etc::sourcelist="$d/sources.list" -o Dir::Etc::sourceparts=-
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State="$d/state" -o Dir::State::lists="$d/lists"
		-o Dir::State::status="$d/status" -o Dir::Cache="$d/cache"
		-o Dir::Cache::archives="$d/archives" -o Debug::NoLocking=1
		-o Acquire::Check-Valid-Until=false -o Acquire::Languages=none
		-o APT::Update::Post-Invoke-Success= -o APT::Architecture="${APT_ARCH:-amd64}" -o APT::Architectures="${APT_ARCH:-amd64}"
		-o APT::Get::List-Cleanup=0 -o Acquire::Retries=2
		-o Binary::apt-get::Acquire::AllowInsecureRepositories=0)
}

# Writes the sources of one suite. Without the archive's keyring, or if that lacks this suite's key, the packages are
# taken unverified, with a message.
apt_write_sources() { # SUITE OPTION
	local suite=$1 opt=$2 m s
	m=$(apt_mirror)
	s=$(apt_security_mirror)
	echo "deb [$opt] $m $suite main"
	[ "$suite" != sid ] || return 0
	echo "deb [$opt] $m $suite-updates main"
	echo "deb [$opt] $m $suite-backports main"
	echo "deb [$opt] $s $suite-security main"
}

# Removes components that the archive lacks from the suite's sources, and prints their names (an old suite has no
# backports). Otherwise apt would refuse all components because of a missing one.
apt_drop_missing() { # SUITE LOG
	local d part
	d=$(apt_dir "$1")
	for part in $(sed -n "s/^E: The repository .* \([a-z-]*\) Release' does not have.*/\1/p" "$2"); do
		say "  note: the archive carries no $part"
		sed -i "/ $part main\$/d" "$d/sources.list"
	done
	grep -q . "$d/sources.list"
}

apt_keyring() {
	local k=/usr/share/keyrings/debian-archive-keyring
	if [ -e $k.gpg ]; then
		echo $k.gpg
	elif [ -e $k.pgp ]; then
		echo $k.pgp
	fi
}

apt_try_update() { # SUITE OPTION LOG
	local d
	d=$(apt_dir "$1")
	apt_write_sources "$1" "$2" >"$d/sources.list"
	if ! apt-get "${APT[@]}" update >"$3" 2>&1 && grep -q "does not have a Release file" "$3"; then
		apt_drop_missing "$1" "$3" && apt-get "${APT[@]}" update >"$3" 2>&1 || true
	fi
	! grep -q 'NO_PUBKEY\|public key is not available' "$3"
}

# Fetches the package lists of SUITE.
apt_update() { # SUITE
	local suite=$1 d key
	d=$(apt_dir "$1")
	mkdir -p "$d"/{lists,archives}/partial "$d"/{state,cache}
	: >"$d/status"
	chmod -R a+rX "$d"
	apt_options "$suite"
	APT+=(-o APT::Sandbox::User=root)
	key=$(apt_keyring)
	if [ -z "$key" ] || ! apt_try_update "$suite" "signed-by=$key" "$d/update.log"; then
		say "note: no archive key for $suite on this machine: its packages are taken unverified"
		apt_try_update "$suite" "trusted=yes allow-insecure=yes" "$d/update.log" || true
	fi
	[ -n "$(apt-cache "${APT[@]}" pkgnames linux-image)" ] || {
		sed 's/^/  /' "$d/update.log" >&2
		die "cannot read the package lists of $suite (see above); is the network up?"
	}
}

# apt_download SUITE PACKAGE...: downloads these packages without their dependencies, and prints the names of the files.
apt_download() {
	local suite=$1 d
	d=$(apt_dir "$1")
	shift
	apt_options "$suite"
	(cd "$d/archives" && apt-get "${APT[@]}" -o APT::Sandbox::User=root download -qq "$@" >&2) ||
		die "cannot download: $*"
	apt-get "${APT[@]}" --print-uris -qq download "$@" | awk -v d="$d/archives/" '{ print d $2 }'
}

# apt_closure SUITE PACKAGE...: downloads these packages and all their dependencies, and prints the names of the files.
apt_closure() {
	local suite=$1 d
	d=$(apt_dir "$1")
	shift
	apt_options "$suite"
	# apt prints only the packages that it still has to fetch, so it gets an empty cache.
	mkdir -p "$d/none/partial"
	apt-get "${APT[@]}" -o Dir::Cache::archives="$d/none" \
		--print-uris -qq -y --no-install-recommends install "$@" |
		awk -v d="$d/archives/" '/^\047/ { print d $2 }' >"$d/closure"
	[ -s "$d/closure" ] || die "cannot resolve: $*"
	apt-get "${APT[@]}" -o APT::Sandbox::User=root -qq -y --no-install-recommends \
		--download-only install "$@" >"$d/download.log" 2>&1 || {
		sed 's/^/  /' "$d/download.log" >&2
		die "cannot download the packages of $suite (see above)"
	}
	cat "$d/closure"
}

# unpack_debs DIR: unpacks the packages named on standard input into DIR, without running their scripts.
unpack_debs() {
	local f
	while read -r f; do
		dpkg-deb --fsys-tarfile "$f" |
			tar -x -C "$1" --keep-directory-symlink --no-same-owner --warning=no-timestamp ||
			die "cannot unpack ${f##*/}"
	done
}

# Makes an empty root directory with merged /usr, as in every Debian since 12.
root_skeleton() {
	local l
	mkdir -p "$1"/{dev,proc,tmp,src,usr/bin,usr/sbin,usr/lib,usr/lib64}
	for l in bin sbin lib lib64; do
		ln -sfn "usr/$l" "$1/$l"
	done
}

# in_root [--src DIR] [--over DIR] [--here DIR] ROOT COMMAND...: runs COMMAND with ROOT as its root directory and the
# machine's /dev and /proc, in a mount namespace of its own; without root privileges also in a user namespace. --src:
# mounts DIR at /src, instead of copying it into ROOT, which other runs may use at the same time. --here: mounts this
# machine's DIR, such as /sys, at the same path. --over: mounts each file of DIR over the file of the same name in ROOT.
# ROOT is a mount point in the namespace, so that COMMAND can also make mount namespaces.
in_root() {
	local ns src= over= here=
	while [[ $1 == --* ]]; do
		case $1 in
		--src) src=$2 ;;
		--over) over=$2 ;;
		--here) here=$2 ;;
		esac
		shift 2
	done
	read -ra ns < <(namespace_options)
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare "${ns[@]}" bash -c '
		src=$1 over=$2 here=$3 root=$4
		shift 4
		mount --bind "$root" "$root" && mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc" || exit 1
		[ -z "$here" ] || mount --rbind "$here" "$root$here" || exit 1
		[ -z "$src" ] || mount --bind "$src" "$root/src" || exit 1
		files=()
		[ -z "$over" ] || readarray -t files < <(cd "$over" && find . -type f)
		for file in "${files[@]}"; do
			mount --bind "$over/$file" "$root/$file" || exit 1
		done
		chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/tmp "$@"
		rc=$?
		umount -R -l "$root"
		exit $rc
	' in_root "$src" "$over" "$here" "$@"
}

# Prints the options of unshare for a mount namespace. In a plain chroot the namespace cannot be made private: mounts
# are then visible outside until they are undone.
namespace_options() {
	local ns=(--mount)
	[ "$(id -u)" = 0 ] || ns=(--map-root-user --mount)
	if ! unshare "${ns[@]}" true 2>/dev/null; then
		ns+=(--propagation unchanged)
		unshare "${ns[@]}" true || die "cannot make a mount namespace (a container without privileges?)"
	fi
	printf '%s\n' "${ns[*]}"
}
