# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Image, helm chart and manifest for Kubernetes, without a cluster: what the chart makes is rendered by tests/chart/render.go
# and compared with Kubernetes' schemas.

CHART=$LINX_ROOT/packaging/chart/linx
GO_SOURCES=/usr/share/gocode

# Sets $render to the program that renders charts. Go's cache is with the downloads, since sprig takes long to compile.
need_render() {
	local p
	type -P go >/dev/null || skip "no Go, in which charts are rendered: apt install golang-go"
	for p in github.com/Masterminds/sprig gopkg.in/yaml.v3; do
		[ -d "$GO_SOURCES/src/$p" ] || skip "no $p: apt install golang-github-masterminds-sprig-dev golang-gopkg-yaml.v3-dev"
	done
	render=$PWD/render
	GO111MODULE=off GOFLAGS='' GOPATH=$GO_SOURCES GOCACHE=$LINX_DOWNLOADS/go go build -o "$render" "$LINX_ROOT/tests/chart/render.go" ||
		broken "render.go does not compile"
}

# The manifest in the tree is what the chart makes with its own values.
test_manifest_is_the_charts() {
	need_render
	"$LINX_ROOT/packaging/build-manifest" "$render" >manifest
	cmp manifest "$LINX_ROOT/packaging/kubernetes/linx.yaml" ||
		broken "packaging/kubernetes/linx.yaml is out of date: run \"make manifest\""
	has manifest 'hostPID: true'
	printf 'recorder: {bufer: 1M}\n' >own
	! "$render" text "$CHART" own >out 2>err || broken "a misspelt value is not refused"
	has err 'no value recorder.bufer in values.yaml'
}

# Version and rules of the chart are those of the tree.
test_version_and_rules() {
	local version
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$LINX_ROOT/dkms.conf")
	[ "$(grep -cE "^(version: $version|appVersion: \"$version\")\$" "$CHART/Chart.yaml")" = 2 ] || broken "Chart.yaml has another version than dkms.conf"
	lx rules check "$CHART/rules"
	is_status 0
	lx -q --engine ptrace --host-root /host --buffer 8M --rules "$CHART/rules" --alert-json --alert stdout \
		--spool "$PWD/spool" --spool-size 1G -- true
	is_status 0
}

install_models() {
	[ ! -e "$models/kubernetes-models" ] || return 0
	rm -rf "$LINX_DOWNLOADS/kubernetes.new"
	timeout 100 npm install --silent --no-audit --no-fund --prefix "$LINX_DOWNLOADS/kubernetes.new" kubernetes-models@5.1.0 &&
		mv -T "$LINX_DOWNLOADS/kubernetes.new" "$LINX_DOWNLOADS/kubernetes"
}

# Sets $models to a folder of node's modules with Kubernetes' schemas, which npm installs once.
need_models() {
	models=$LINX_DOWNLOADS/kubernetes/node_modules
	type -P node >/dev/null || skip "no node, in which Kubernetes' schemas are: apt install nodejs npm"
	[ -e "$models/kubernetes-models" ] || with_lock_file "$LINX_DOWNLOADS/kubernetes.lock" install_models >npm 2>&1 ||
		skip "npm cannot install kubernetes-models: $(tail -n 1 npm)"
}

# Every combination of values is valid by Kubernetes' schemas and by linx's rules, or refused in one line; and what is
# changed for the worse is noticed.
test_combinations() { # full
	need_render
	need_models
	"$render" all "$CHART" "$LINX_ROOT/tests/chart/axes.yaml" >combinations || broken "the chart cannot be rendered"
	node "$LINX_ROOT/tests/chart/check.mjs" "$models" <combinations >out || broken "objects are wrong"
	has out '^[0-9]{4} combinations are valid, [0-9]+ are refused, 0 problems'
}

# Two builds of the image have one digest. The image has the programs and what they load, and no shell.
test_image() { # full
	local first second root=$PWD/root p
	type -P buildah >/dev/null || skip "no buildah: apt install buildah"
	first=$("$LINX_ROOT/packaging/build-image" "$PWD/a") || broken "the image cannot be built"
	second=$("$LINX_ROOT/packaging/build-image" "$PWD/b")
	[ "${first##* }" = "${second##* }" ] || broken "two digests: $first $second"
	tar -xf a/*.tar -C . --one-top-level=image
	mkdir root
	p=$(jq -r '.manifests[0].digest | sub(":"; "/")' image/index.json)
	[ "$(jq '.layers | length' "image/blobs/$p")" = 1 ] || broken "not one layer"
	jq -r '.layers[0].digest | sub(":"; "/")' "image/blobs/$p" | sed 's|^|image/blobs/|' | xargs tar -xz -C root -f
	for p in linxcap linx-ship linx-store; do
		[ -x "root/usr/bin/$p" ] || broken "no $p"
	done
	[ -z "$(find root \( -name '*sh' -o -name busybox -o -name 'dpkg*' -o -name apt \) -type f -perm /111)" ] || broken "a shell"
	[ -z "$(find root -type f -perm /6002)" ] || broken "files that everybody may write, or setuid: $(find root -perm /6002)"
	for p in root/usr/lib/*/libbpf.so.1 root/usr/lib/*/libnats.so.* root/usr/lib/*/libcurl.so.4 root/usr/lib/*/libmicrohttpd.so.12; do
		[ -e "$p" ] || broken "no $p"
	done
	for p in root/var/lib/dpkg/status.d/*; do
		[ -s "root/usr/share/doc/${p##*/}/copyright" ] || broken "no licence of ${p##*/}"
	done
	grep -q GPL-2.0-only root/usr/share/doc/linx/NOTICE || broken "no NOTICE"
	[ "$(id -u)" = 0 ] || skip "not root: the programs of the image were not run"
	chroot root /usr/bin/linxcap version >out || broken "linxcap does not run in the image"
	chroot root /usr/bin/linx-ship --help >out || broken "linx-ship does not run in the image"
	chroot root /usr/bin/linxcap rules check /etc/linx/rules.d >out || broken "rules of the image"
}

# Without buildah, one line says so, before anything is built.
test_image_without_buildah() {
	local p
	type -P dpkg-query >/dev/null || skip "no dpkg-query: the image is made of Debian's packages"
	mkdir bin
	for p in bash dirname sed cat mkdir dpkg dpkg-query; do
		ln -s "$(type -P $p)" "bin/$p"
	done
	! PATH=$PWD/bin "$LINX_ROOT/packaging/build-image" "$PWD/made" >out 2>err || broken "it ended well"
	[ "$(cat err)" = "build-image: buildah is missing: apt install buildah" ] || broken "another line"
	[ ! -e made ] || broken "something was made"
}
