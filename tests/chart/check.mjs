// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks the objects that render prints, a combination a line on standard input: by Kubernetes' schemas, which the npm
// package kubernetes-models has, by the names of all fields, and by rules of linx. The schemas take unknown fields, which
// a server refuses; so names are looked up in the package's declarations of types. Then it breaks the objects, a change
// at a time, and each change has to be noticed.
// usage: node check.mjs NODE_MODULES <LINES
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.argv[2];
const KINDS = {
	ClusterRole: "rbac.authorization.k8s.io/v1/ClusterRole",
	ClusterRoleBinding: "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
	ConfigMap: "v1/ConfigMap",
	DaemonSet: "apps/v1/DaemonSet",
	ServiceAccount: "v1/ServiceAccount",
};
const RECORDER = ["BPF", "PERFMON", "SYS_PTRACE"];
const models = {};
for (const [kind, path] of Object.entries(KINDS))
	models[kind] = (await import(pathToFileURL(join(modules, "kubernetes-models", `${path}.js`))))[kind];

// ---- names of fields, from declarations of types

const declared = new Map();

/* Returns the fields of the type in a file: name to {type, many, file} or, for a map with any names, null. */
function fieldsOf(file) {
	if (declared.has(file))
		return declared.get(file);
	const text = readFileSync(file, "utf8").replace(/\/\*[^]*?\*\//g, "");
	const from = new Map(), fields = new Map();
	for (const [, name, path] of text.matchAll(/import \{ (\w+) \} from "([^"]+)"/g))
		from.set(name, path.startsWith(".") ? join(dirname(file), path.replace(/\.js$/, ".d.ts")) : join(modules, `${path}.d.ts`));
	const body = text.match(/export interface [^{]*\{\n([^]*?)\n\}/);
	for (const [, name, many, type] of (body ? body[1] : "").matchAll(/^ {4}"([^"]+)"\??: (Array<)?(\w+)?/gm))
		fields.set(name, { file: from.get(type), many: !!many });
	declared.set(file, fields);
	return fields;
}

/* Adds a line to "bad" for each field of "value" that the type in the file does not have. */
function namesOf(value, file, path, bad) {
	const fields = file && fieldsOf(file);
	if (!fields || !fields.size || typeof value !== "object" || value === null)
		return;
	for (const [name, inner] of Object.entries(value)) {
		const field = fields.get(name);
		if (!field)
			bad.push(`${path}.${name}: no such field`);
		else
			(Array.isArray(inner) ? inner : [inner]).forEach(i => namesOf(i, field.file, `${path}.${name}`, bad));
	}
}

// ---- rules of linx

const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

function checkContainer(c, values, bad) {
	const rights = c.securityContext ?? {}, caps = rights.capabilities ?? {}, words = [...(c.command ?? []), ...(c.args ?? [])];
	const wanted = c.name !== "recorder" ? [] : [...RECORDER, ...(values.recorder.sysResource ? ["SYS_RESOURCE"] : []), ...(values.recorder.sysAdmin ? ["SYS_ADMIN"] : [])];

	if (!same(caps.drop ?? [], ["ALL"]) || !same(caps.add ?? [], wanted))
		bad.push(`${c.name}: capabilities are ${JSON.stringify(caps)}`);
	if (rights.privileged !== false || rights.allowPrivilegeEscalation !== false)
		bad.push(`${c.name}: privileged`);
	if (rights.readOnlyRootFilesystem !== true)
		bad.push(`${c.name}: its root can be written`);
	if ((c.name === "recorder") !== (rights.runAsUser === 0) || rights.runAsGroup !== 10001)
		bad.push(`${c.name}: runs as user ${rights.runAsUser}, group ${rights.runAsGroup}`);
	if (c.name !== "recorder" && (rights.runAsNonRoot !== true || rights.seccompProfile || rights.appArmorProfile))
		bad.push(`${c.name}: it may be root, or is less confined than the pod`);
	for (const w of words)
		if (/:\/\/[^/]*@|SU[A-Z2-7]{20}|BEGIN [A-Z ]*KEY|password|secret=/.test(w))
			bad.push(`${c.name}: a secret in its arguments`);
	if (words[0] !== { recorder: "/usr/bin/linxcap", shipper: "/usr/bin/linx-ship", pods: "/usr/bin/linx-pods" }[c.name])
		bad.push(`${c.name}: its program is ${words[0]}`);
	for (const e of c.env ?? [])
		if (e.value !== undefined || e.valueFrom.secretKeyRef)
			bad.push(`${c.name}: the environment has ${e.name}, which everyone on the node may read`);
}

/* Each mount has a volume and the other way round, and only the right containers see them. */
function checkVolumes(spec, bad) {
	const seenBy = { host: ["recorder"], rules: ["recorder"], spool: ["recorder", "shipper"], nats: ["shipper"], pods: ["recorder", "pods"], token: ["pods"] };
	const volumes = spec.volumes.map(v => v.name);

	for (const v of volumes) {
		const users = spec.containers.filter(c => c.volumeMounts.some(m => m.name === v)).map(c => c.name);
		if (!seenBy[v] || !same(users, seenBy[v]))
			bad.push(`volume ${v}: seen by ${users}`);
	}
	for (const c of spec.containers)
		for (const m of c.volumeMounts) {
			const writes = m.name === "spool" || (m.name === "pods" && c.name === "pods");
			if (!volumes.includes(m.name))
				bad.push(`${c.name}: no volume ${m.name}`);
			if (!writes !== (m.readOnly === true))
				bad.push(`${c.name}: may ${m.readOnly ? "not write" : "write"} ${m.name}`);
			if (m.name === "host" && m.mountPropagation !== "HostToContainer")
				bad.push(`${c.name}: does not see what is mounted later`);
		}
	for (const v of spec.volumes)
		for (const mode of [v.secret?.defaultMode, v.projected?.defaultMode])
			if (mode !== undefined && mode !== 0o440)
				bad.push(`volume ${v.name}: mode ${mode.toString(8)}`);
}

function checkDaemonSet(o, { name, values }, bad) {
	const spec = o.spec.template.spec, names = spec.containers.map(c => c.name), recorder = spec.containers[0];
	const wanted = ["recorder", ...(values.shipper.enabled ? ["shipper"] : []), ...(values.pods.enabled ? ["pods"] : [])];
	const annotation = o.spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/recorder"];
	const byAnnotation = annotation === "unconfined", byField = recorder.securityContext.appArmorProfile?.type === "Unconfined";

	if (!same(names, wanted))
		bad.push(`containers: ${names}`);
	if (spec.hostPID !== true || spec.hostIPC || spec.hostNetwork !== values.hostNetwork || spec.initContainers)
		bad.push("pod: hostPID, hostIPC, hostNetwork or initContainers");
	if (spec.automountServiceAccountToken !== false)
		bad.push("pod: a token is mounted into each container");
	if (spec.securityContext.seccompProfile.type !== "RuntimeDefault")
		bad.push("pod: seccomp");
	if (byAnnotation !== name.startsWith("older") || byField !== name.startsWith("newer"))
		bad.push("recorder: AppArmor");
	for (const [k, v] of Object.entries(o.spec.selector.matchLabels))
		if (o.spec.template.metadata.labels[k] !== v)
			bad.push(`selector: ${k} is no label of the pods`);
	spec.containers.forEach(c => checkContainer(c, values, bad));
	checkVolumes(spec, bad);
}

function checkTogether(objects, values, bad) {
	const of = kind => objects.filter(o => o.kind === kind), [set] = of("DaemonSet"), [account] = of("ServiceAccount");
	const [role] = of("ClusterRole"), [binding] = of("ClusterRoleBinding"), [rules] = of("ConfigMap");
	const spec = set?.spec.template.spec, volume = spec?.volumes.find(v => v.name === "rules");

	if (!set || spec.serviceAccountName !== account?.metadata.name || account.automountServiceAccountToken !== false)
		bad.push("the pods have no account of their own, or it mounts tokens");
	if (!!role !== values.pods.enabled || !!binding !== values.pods.enabled)
		bad.push("role or binding without linx-pods, or the other way round");
	if (role && JSON.stringify(role.rules) !== '[{"apiGroups":[""],"resources":["pods"],"verbs":["list","watch"]}]')
		bad.push(`role: ${JSON.stringify(role.rules)}`);
	if (binding && (binding.roleRef.name !== role.metadata.name || binding.subjects.length !== 1 ||
			binding.subjects[0].name !== account.metadata.name || binding.subjects[0].namespace !== account.metadata.namespace))
		bad.push("binding: another role or account");
	if (volume?.configMap.name !== (values.rulesConfigMap || rules?.metadata.name))
		bad.push("rules: the volume has another ConfigMap");
}

function problems(combination) {
	const { objects, values } = combination, bad = [];
	for (const o of objects) {
		if (!models[o.kind]) {
			bad.push(`kind ${o.kind}`);
			continue;
		}
		try {
			new models[o.kind](o).validate();
		} catch (e) {
			bad.push(`${o.kind}: ${e.message}`);
		}
		namesOf(o, join(modules, "kubernetes-models", `${KINDS[o.kind]}.d.ts`), o.kind, bad);
	}
	if (!bad.length) {
		objects.filter(o => o.kind === "DaemonSet").forEach(o => checkDaemonSet(o, combination, bad));
		checkTogether(objects, values, bad);
	}
	return bad;
}

// ---- what has to be noticed

const pod = set => set.spec.template.spec;
const BROKEN = [
	["hostPID is a text", s => { pod(s).hostPID = "yes"; }, /hostPID must be boolean/],
	["no selector", s => { delete s.spec.selector; }, /selector/],
	["a misspelt field", s => { pod(s).hostPid = true; }, /hostPid: no such field/],
	["a misspelt field further down", s => { pod(s).containers[0].securityContext.capabilites = {}; }, /capabilites: no such field/],
	["a number of bytes that is none", s => { pod(s).containers[0].resources = { limits: { memory: "much" } }; }, /memory/],
	["another capability", s => { pod(s).containers[0].securityContext.capabilities.add.push("SYS_ADMIN"); }, /recorder: capabilities/],
	["one capability less", s => { pod(s).containers[0].securityContext.capabilities.add.pop(); }, /recorder: capabilities/],
	["a capability of another container", s => { pod(s).containers[1].securityContext.capabilities.add = ["BPF"]; }, /shipper: capabilities/],
	["privileged", s => { pod(s).containers[0].securityContext.privileged = true; }, /privileged/],
	["a root that can be written", s => { delete pod(s).containers[1].securityContext.readOnlyRootFilesystem; }, /root can be written/],
	["the host's files can be written", s => { delete pod(s).containers[0].volumeMounts[0].readOnly; }, /may write host/],
	["the token of another container", s => { pod(s).containers[0].volumeMounts.push({ name: "token", mountPath: "/t", readOnly: true }); }, /volume token/],
	["a password", s => { pod(s).containers[1].command.push("nats://a:b@c"); }, /a secret in its arguments/],
	["a seed", s => { pod(s).containers[1].command.push("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"); }, /a secret in its arguments/],
	["a secret in the environment", s => { pod(s).containers[1].env = [{ name: "SEED", value: "x" }]; }, /environment/],
	["AppArmor's default profile", s => { delete pod(s).containers[0].securityContext.appArmorProfile; }, /AppArmor/],
	["a role for secrets", (s, o) => { o.find(i => i.kind === "ClusterRole").rules[0].resources.push("secrets"); }, /role/],
];

// ---- combinations

const seen = new Map(); // path of a value, and the forms that it had

/* Notes the values of a combination: each value of the chart has to be tried in two forms at least. */
function note(value, path) {
	if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length)
		Object.entries(value).forEach(([name, inner]) => note(inner, `${path}.${name}`));
	else
		seen.set(path, (seen.get(path) ?? new Set()).add(JSON.stringify(value)));
}

let good = 0, refused = 0, failed = 0, first;
for await (const line of createInterface({ input: process.stdin })) {
	const c = JSON.parse(line);
	note(c.values, "");
	const mustFail = /pod-network-loopback(?!.* no-metrics)|no-server|password|without-files|two-places|certificate-without/.test(c.name);
	const bad = c.error ? [] : problems(c);
	if (!!c.error !== mustFail)
		bad.push(c.error ?? "it should have been refused");
	if (c.error && !/: (nats|metrics|recorder)\.[A-Za-z]+[^\n]*$/.test(c.error))
		bad.push(`no line that names a value: ${c.error}`);
	if (bad.length) {
		failed++;
		console.log(`${c.name}: ${bad.join("; ")}`);
	} else if (c.error) {
		refused++;
	} else {
		good++;
		first ??= c;
	}
}
const whole = [...seen.keys()].filter(path => [...seen.keys()].every(other => !other.startsWith(`${path}.`)));
for (const path of whole)
	if (seen.get(path).size < 2 && !/resources|nodeSelector|rules\.|nnotations\.|Labels\.|affinity/.test(path)) {
		failed++;
		console.log(`values${path}: tried in one form alone`);
	}
for (const [name, change, expected] of first ? BROKEN : []) {
	const c = structuredClone(first);
	change(c.objects.find(o => o.kind === "DaemonSet"), c.objects);
	const bad = problems(c).join("; ");
	if (!expected.test(bad)) {
		failed++;
		console.log(`not noticed: ${name}: ${bad}`);
	}
}
console.log(`${good} combinations are valid, ${refused} are refused, ${failed} problems; ${BROKEN.length} changes have to be noticed`);
process.exit(failed || !good ? 1 : 0);
