# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linx-pods with a stand-in for the Kubernetes API server, and what linxcap makes of its file.

pods=$(dirname "$LINXCAP")/linx-pods
ID=$(printf '%064d' 7)

# order WORD...: a command for the server.
order() {
	local answer
	printf '%s\n' "$*" >&4
	read -r answer <&4
	[ "$answer" = ok ] || broken "the server does not know: $*"
}

start_server() {
	local commands
	[ -x "$pods" ] || broken "linx-pods is not built: make all"
	command -v openssl >/dev/null || skip "no openssl"
	! grep -q 'built without libcurl' "$pods" || skip "built without libcurl"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	echo first >token
	started=()
	trap 'kill -KILL "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
	/usr/bin/python3 "$LINX_ROOT/tests/cli/pod_server.py" server.crt server.key first >ports 2>server.log &
	started+=($!)
	wait_for grep -q . ports
	read -r port commands <ports
	exec 4<>"/dev/tcp/127.0.0.1/$commands"
	: >requests.log
}

# watch [ARG...]: starts linx-pods, as process $watching. Its messages go to pods.log.
watch() {
	"$pods" --server "https://127.0.0.1:$port" --ca server.crt --token token --node node-1 --output "$PWD/pods.json" --retry 1s "$@" >>pods.log 2>&1 &
	watching=$!
	started+=("$watching")
}

stop() { # [SIGNAL]
	kill -"${1:-TERM}" "$watching"
	status=0
	wait "$watching" 2>/dev/null || status=$?
}

# pod UID NAME CONTAINER [JSON]: a pod; members of JSON replace those of its metadata.
pod() {
	/usr/bin/python3 - "$@" <<-'END'
		import json, sys
		uid, name, container, more = [*sys.argv[1:], '{}'][:4]
		print(json.dumps({
		    'metadata': {'uid': uid, 'name': name, 'namespace': 'shop', 'labels': {'app': 'web'}, **json.loads(more)},
		    'spec': {'nodeName': 'node-1'},
		    'status': {'containerStatuses': [{'name': 'main', 'image': 'nginx:1', 'containerID': 'containerd://' + container}]}}))
	END
}

# shows EXPRESSION: true if it holds, in Python; p: the pods of the file by uid, f: all of the file.
shows() {
	/usr/bin/python3 -c "
import json
f = json.load(open('pods.json'))
p = f['pods']
raise SystemExit(0 if $1 else 1)" 2>/dev/null
}

expects() { shows "$1" || broken "not so: $1: $(head -c 1500 pods.json)"; }

asked() { [ "$(wc -l <requests.log)" -ge "$1" ]; }

test_watch() {
	start_server
	order put "$(pod u1 web-5d4f-x1 "$ID" '{"labels":{"app":"web","pod-template-hash":"5d4f","empty":""},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4f","uid":"r1","controller":true}]}')"
	order put "$(pod u2 job-1 "${ID}2" '{"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"job","uid":"j1","controller":true}]}')"
	order put "$(pod u3 alone "${ID}3" '{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"x","uid":"r2"}]}')"
	order put "$(pod u4 other "${ID}4" | sed 's/node-1/node-2/')"
	watch --keep 1s
	wait_for test -e pods.json
	expects "sorted(p) == ['u1', 'u2', 'u3'] and f['node'] == 'node-1' and f['skipped'] == f['left_out'] == 0"
	expects "p['u1']['workload'] == {'kind': 'Deployment', 'name': 'web'}"
	expects "p['u1']['owner'] == {'kind': 'ReplicaSet', 'name': 'web-5d4f', 'uid': 'r1'}"
	expects "p['u1']['labels'] == {'app': 'web', 'pod-template-hash': '5d4f', 'empty': ''}"
	expects "p['u1']['containers'] == [{'id': '$ID', 'name': 'main', 'image': 'nginx:1'}] and p['u1']['namespace'] == 'shop'"
	expects "p['u2']['workload'] == {'kind': 'Job', 'name': 'job'} and 'workload' not in p['u3']"
	# changes come by the watch, without another list
	order put "$(pod u5 'a"b\nc' "${ID}5")"
	wait_for shows "'u5' in p"
	order put "$(pod u1 renamed "$ID")"
	wait_for shows "p['u1']['name'] == 'renamed'"
	expects "abs(int(f['good_ns']) / 1e9 - __import__('time').time()) < 600"
	order delete u2
	wait_for shows "'u2' not in p"
	[ "$(grep -vc 'watch=1' requests.log)" = 1 ] || broken "listed again: $(cat requests.log)"
	[ "$(cat pods.log)" = 'linx-pods: watching the pods of node node-1: 3 so far' ] || broken "$(cat pods.log)"
	stop
	is_status 0
	[ "$(stat -c %a pods.json)" = 644 ] && [ ! -e pods.json.new ] || broken "$(ls -la)"
}

# A deleted pod stays for a while. When versions expire, the pods are listed anew: one that vanished is then known.
test_expired() {
	local i
	start_server
	for i in $(seq 200); do
		order put "$(pod "u$i" "pod-$i" "$i")"
	done
	watch --keep 2s
	wait_for shows 'len(p) == 200'
	[ "$(grep -c 'limit=64' requests.log)" = 4 ] || broken "pages: $(cat requests.log)"
	wait_for grep -q 'watch=1' requests.log
	order forget u7
	order expire
	wait_for shows "'u7' not in p"
	expects 'len(p) == 199'
	# also if the version expires between two watches
	order mode status 503
	order forget u8
	order expire
	order mode normal
	wait_for shows "'u8' not in p"
	# a connection that breaks loses nothing
	order mode cut
	order put "$(pod u7 again 7)"
	order mode normal
	wait_for shows "p.get('u7', {}).get('name') == 'again'"
	order delete u9
	order bookmark
	order drop
	wait_for shows "'u9' not in p"
	stop
	is_status 0
}

test_rotated_token() {
	start_server
	order put "$(pod u1 a 1)"
	watch
	wait_for shows "'u1' in p"
	order token second
	order drop
	wait_for grep -q 'cannot watch pods: https://127.0.0.1:[0-9]*: status 401: the server does not know the token' pods.log
	echo second >token.new
	mv token.new token
	order put "$(pod u2 b 2)"
	wait_for shows "'u2' in p"
	rm token
	order drop
	wait_for grep -q 'cannot read the token: token: No such file' pods.log
	! grep -q 'first\|second' pods.log pods.json || broken "the token is shown: $(cat pods.log)"
	# another server's certificate is refused
	stop
	openssl req -x509 -newkey rsa:2048 -nodes -keyout b.key -out b.crt -days 2 -subj /CN=b 2>/dev/null
	echo second >token
	cp requests.log before
	watch --ca b.crt
	wait_for grep -q 'cannot list pods: https://127.0.0.1:[0-9]*: .*certificate' pods.log
	cmp before requests.log || broken "the token went to a stranger"
	stop
}

# ill MODE STATE: expects that the server's illness is reported once, asks few questions, and leaves the file as it is.
ill() {
	local before lines
	cp pods.json good.json
	: >pods.log
	before=$(wc -l <requests.log)
	order mode "$1"
	wait_for grep -q "$2" pods.log
	lines=$(wc -l <pods.log)
	wait_for asked $((before + 3))
	order mode normal
	order put "$(pod u1 "after-${1%% *}" 1)"
	wait_for shows "p['u1']['name'] == 'after-${1%% *}'"
	[ "$lines" -le 2 ] && [ "$(grep -c "$2" pods.log)" = 1 ] || broken "$(cat pods.log)"
	/usr/bin/python3 - <<-'END' || broken "too many questions: $(tail -n 20 requests.log)"
		# smaller pages follow at once on one that is too long
		times = [float(line.split()[0]) for line in open('requests.log') if 'watch=1' in line or 'limit=64' in line]
		# a list and a watch in one round, and at most one round in half of a second
		raise SystemExit(any(b - a < 0.45 for a, b in zip(times, times[3:])))
	END
}

test_ill_server() {
	start_server
	order put "$(pod u1 a 1)"
	watch
	wait_for shows "'u1' in p"
	ill 'status 503' 'status 503: the server cannot answer'
	ill 'status 403' 'status 403: the service account may not'
	ill garbage 'the answer is not a list of pods\|what comes is not a change'
	ill lines 'what comes is not a change of a pod'
	ill endless 'what comes is not a change of a pod\|its head is missing'
	stop
	is_status 0
}

# A pause for which the server asks is kept.
test_retry_after() {
	start_server
	order put "$(pod u1 a 1)"
	order mode status 429 3
	watch
	wait_for grep -q 'status 429: it has too many requests' pods.log
	order mode normal
	wait_for shows "'u1' in p"
	/usr/bin/python3 - <<-'END' || broken "$(cat requests.log)"
		times = [float(line.split()[0]) for line in open('requests.log')]
		raise SystemExit(times[1] - times[0] < 3)
	END
	stop
}

# A watch that gives nothing and does not end is ended; SIGTERM ends one at once.
test_silent_watch() { # full
	start_server
	order put "$(pod u1 a 1)"
	watch --watch 1s
	wait_for shows "'u1' in p"
	order mode silent
	wait_for grep -q 'nothing came, not even an end' pods.log
	order mode normal
	order put "$(pod u2 b 2)"
	wait_for shows "'u2' in p"
	stop
	is_status 0
}

# One pod that is too large for a page does not hide the others.
test_huge_pod() {
	local i
	start_server
	for i in $(seq 100); do
		order put "$(pod "a$i" "pod-$i" "$i")"
	done
	order huge a500 6000000
	watch --keep 1s
	wait_for shows "len(p) == 100 and f['skipped'] == 1"
	has pods.log 'pods are missing in .*/pods.json: 1 are too large, for 0 there is no room'
	grep -q 'limit=1&' requests.log || broken "$(cat requests.log)"
	order put "$(pod b1 later 1)"
	wait_for shows "'b1' in p"
	# a pod that becomes too large is not shown as it was
	order huge a7 6000000
	order drop
	wait_for shows "'a7' not in p and f['skipped'] == 2 and len(p) == 100"
	stop
	is_status 0
}

# Killed at any moment, it leaves a file that is whole.
test_kills() {
	local i j
	start_server
	for i in $(seq 300); do
		order put "$(pod "u$i" "pod-$i" "$i")"
	done
	watch
	wait_for shows 'len(p) == 300'
	for i in $(seq 20); do
		for j in 1 2 3; do
			order put "$(pod "n$i-$j" new 1)"
		done
		read -rt "0.0$((RANDOM % 10))" <>"$WORK/pause" || true
		stop KILL
		shows 'len(p) >= 300' || broken "round $i: $(head -c 300 pods.json)"
		watch
	done
	wait_for shows 'len(p) == 360'
	stop
	is_status 0
	[ ! -e pods.json.new ] || broken "a temporary file is left"
}

test_wrong_options() {
	wrong() { # TEXT ARG...
		status=0
		env -u KUBERNETES_SERVICE_HOST "$pods" "${@:2}" >out 2>err || status=$?
		is_status 2
		has err "^linx-pods: $1"
	}
	wrong 'no API server: ' --node a
	wrong 'not the name of a node: a/b: ' --node a/b --server https://a
	wrong 'not a server: write https://HOST:PORT$' --node a --server http://a
	wrong 'not a server: write https://HOST:PORT$' --node a --server https://user:secret@a
	wrong 'not a server: https://a/b/: ' --node a --server https://a/b/
	wrong 'not a time of 1s to 1d: 1ms' --keep 1ms
	wrong 'unknown word: x' --server https://a x
}

# file TEXT: makes pods.json with these pods.
file() { printf '{"format":1,"node":"n","good_ns":"5","skipped":0,"left_out":0,"pods":{%s}}\n' "$1" >pods.json; }

WEB="\"u-1\":{\"namespace\":\"shop\",\"name\":\"web-5d4f-x\",\"owner\":{\"kind\":\"ReplicaSet\",\"name\":\"web-5d4f\",\"uid\":\"r1\"},\"workload\":{\"kind\":\"Deployment\",\"name\":\"web\"},\"containers\":[{\"id\":\"$ID\",\"name\":\"main\",\"image\":\"nginx:1\"}],\"labels\":{\"tier\":\"front\",\"app\":\"web\"}}"

# Conditions, templates, rules and JSON have what the file says of a container's pod; other captures stay as they are.
test_fields() {
	"$WORK/make_capture" 20 "cgroup=/kubepods.slice/kubepods-podu_1.slice/cri-containerd-$ID.scope" >capture
	file "$WEB"
	lx -q -r capture --pods pods.json --format '%linx.pod.name %linx.pod.workload %linx.pod.workload.kind' 'k8s.pod.label[tier] = front and k8s.deployment.name = web and k8s.rs.name = web-5d4f and k8s.rs.id = r1'
	is_status 0
	is_silent
	[ "$(sort -u out)" = '(web-5d4f-x) (web) (Deployment)' ] && [ "$(wc -l <out)" = 20 ] || broken "fields"
	cat >rules.yaml <<-'END'
		- {rule: shop, desc: d, condition: 'evt.type = openat and k8s.ns.name = shop and k8smeta.deployment.name = web', output: '%k8s.pod.labels %k8s.pod.uid %container.name', priority: INFO}
	END
	lx -q -r capture --pods pods.json --rules rules.yaml
	is_status 0
	has out 'app:web, tier:front u-1 main'
	lx -q -r capture --pods pods.json --format json
	has out '"pod_workload_kind":"Deployment","pod_workload":"web"'
	has out '"pod_labels":\{"tier":"front","app":"web"\},"pod_incomplete":false'
	# without the option, or in another control group, nothing is known
	lx -q -r capture 'k8s.pod.name exists'
	[ ! -s out ] || broken "a pod without a file"
	for cgroup in "/user.slice/podu_1.slice/cri-containerd-$ID.scope" "/kubepods.slice/kubepods-podu_2.slice/cri-containerd-$ID.scope" \
		"/kubepods/podu-1/${ID/7/8}/podu-1/$ID"; do
		"$WORK/make_capture" 20 "cgroup=$cgroup" >forged
		lx -q -r forged --pods pods.json 'k8s.pod.name exists or k8s.pod.label[tier] exists'
		is_status 0
		[ ! -s out ] || broken "forged: $cgroup"
	done
	# labels that were left out are not shown as a whole
	file "${WEB%\}},\"incomplete\":true}"
	lx -q -r capture --pods pods.json 'k8s.pod.label[app] = web and not k8s.pod.labels exists and not k8s.pod.label[x] exists'
	[ "$(wc -l <out)" = 20 ] || broken "incomplete"
}

# make_group PATH: makes a control group, which the test removes at its end, and sets $group to its folder.
make_group() {
	local top
	top=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	group=$top$1
	[ -n "$top" ] && mkdir -p "$group" 2>/dev/null || skip "no cgroup2 in which this user may make control groups"
	# shellcheck disable=SC2064 # the names are those of now
	trap "kill -KILL \"\${started[@]}\" 2>/dev/null || true; wait 2>/dev/null || true; remove_group '$top' '$1'" EXIT
}

remove_group() { # TOP PATH
	local path=$2
	while [ -n "$path" ] && rmdir "$1$path" 2>/dev/null; do path=${path%/*}; done
}

# All parts live: the API server has a pod, linx-pods writes its file, and linxcap records a program in the pod's control
# group, while the pod gets another label. Alerts and rows have what was known when each call was made. One process makes
# both calls, so that their rows differ in nothing else of their task.
test_live() {
	local id
	start_server
	id=$(printf '%064d' $((RANDOM * 32768 + RANDOM)))
	make_group "/kubepods/podlinx-$id/$id"
	order put "$(pod "linx-$id" web-5d4f-x "$id" '{"labels":{"app":"web","pod-template-hash":"5d4f"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4f","uid":"r1","controller":true}]}')"
	watch
	wait_for test -e pods.json
	cat >inside <<-END
		echo \$\$ >$group/cgroup.procs
		exec sh -c 'read x </etc/hostname; : >first; while [ ! -e second ]; do sleep 0.1; done; sleep 1.5; read x </etc/passwd'
	END
	cat >rules.yaml <<-'END'
		- {rule: shop, desc: d, condition: 'evt.type = openat and k8s.ns.name = shop and fd.name in (/etc/hostname, /etc/passwd)', output: '%fd.name %k8s.pod.name %k8s.deployment.name %k8s.pod.labels', priority: INFO}
	END
	"$LINXCAP" -q --engine ptrace --pods pods.json --machine node-1 --rules rules.yaml --rows rows --alert file:alerts -- sh inside >out 2>err &
	recorder=$!
	started+=("$recorder")
	wait_for test -e first
	order put "$(pod "linx-$id" web-5d4f-x "$id" '{"labels":{"app":"web","pod-template-hash":"5d4f","tier":"front"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4f","uid":"r1","controller":true}]}')"
	wait_for shows "p['linx-$id']['labels'].get('tier') == 'front'"
	: >second
	status=0
	wait "$recorder" || status=$?
	is_status 0
	has alerts ' /etc/hostname web-5d4f-x web app:web, pod-template-hash:5d4f$'
	has alerts ' /etc/passwd web-5d4f-x web app:web, pod-template-hash:5d4f, tier:front$'
	[ "$(wc -l <alerts)" = 2 ] || broken "$(cat alerts)"
	/usr/bin/python3 "$LINX_ROOT/tests/cli/check_rows.py" --columns machine,path,namespace,pod,container_name,workload,labels rows >got
	has got '^node-1	/etc/hostname	shop	web-5d4f-x	main	web	\{"app":"web","pod-template-hash":"5d4f"\}$'
	has got '^node-1	/etc/passwd	shop	web-5d4f-x	main	web	\{"app":"web","pod-template-hash":"5d4f","tier":"front"\}$'
	stop
	is_status 0
}

# A file that cannot be believed is reported and not used.
test_bad_file() {
	"$WORK/make_capture" 20 "cgroup=/kubepods/podu-1/$ID" >capture
	refused() { # TEXT
		lx -q -r capture --pods pods.json 'k8s.pod.name exists'
		is_status 0
		says "cannot read pods: pods.json: $1"
		[ ! -s out ] || broken "believed"
	}
	refused 'No such file or directory'
	file "$WEB"
	lx -q -r capture --pods pods.json 'k8s.pod.name exists'
	[ "$(wc -l <out)" = 20 ] || broken "cgroupfs"
	chmod g+w pods.json
	refused 'another user owns it, or may write it'
	chmod 644 pods.json
	head -c 100 pods.json >cut
	mv cut pods.json
	refused 'it is not the file of linx-pods'
	file "${WEB/front/fr\\u0000ont}"
	refused 'it is not the file of linx-pods'
	file '"u-1":[]'
	refused 'it is not the file of linx-pods'
	rm pods.json
	mkfifo pods.json
	refused 'it is no regular file'
}
