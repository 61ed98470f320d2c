// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the folder of --rows and the lines of --format json with DuckDB, and compares the sums of a hash over all columns of
// all rows. Compares also the size of each file with that of the file which DuckDB writes with the same rows, columns,
// row groups and compression.
// usage: node duckdb.js MODULES LINES DIR
'use strict';
const fs = require('fs');
const [modules, lines, dir] = process.argv.slice(2);
const { DuckDBInstance } = require(`${modules}/@duckdb/node-api`);

const get = key => `json_extract_string(o, '$.${key}')`;
// Text that can stand in an object with its state.
const text = key => `case when json_type(o, '$.${key}') = 'OBJECT' then ${get(key + '.value')} else ${get(key)} end`;
// What the line of a process says of its container, and rows repeat in each row of the process.
const known = key => `json_extract_string(info, '$.${key}')`;
const name = 'args.filename';
const ofCall = expression => `case when ${get('kind')} = 'syscall' then ${expression} end`;
const expected = {
	kind: get('kind'),
	dir: get('dir'),
	cpu: `${get('cpu')}::UINTEGER`,
	seq: `${get('seq')}::UBIGINT`,
	time: `${get('time_ns')}::BIGINT`,
	pid: `${get('pid')}::UINTEGER`,
	tid: `${get('tid')}::UINTEGER`,
	ppid: `${get('ppid')}::UINTEGER`,
	uid: `${get('uid')}::UINTEGER`,
	comm: get('comm'),
	exe: text('exe'),
	cmdline: text('cmdline'),
	container: 'home',
	container_name: known('name'),
	namespace: known('pod_namespace'),
	pod: known('pod_name'),
	workload_kind: known('pod_workload_kind'),
	workload: known('pod_workload'),
	labels: "nullif(json_extract(info, '$.pod_labels')::VARCHAR, 'null')",
	call: ofCall(get('syscall')),
	abi: ofCall(get('abi')),
	ret: ofCall(`${get('ret')}::BIGINT`),
	errno: ofCall(get('errno')),
	duration: ofCall(`${get('duration_ns')}::UBIGINT`),
	path: ofCall(`regexp_replace(${text(name)}, '//+', '/')`),
	flags: ofCall("json_extract(o, '$.flags')::VARCHAR"),
	states: `nullif('{' || concat_ws(',', case when ${known('pod_incomplete')} = 'true' then '"labels":{"state":"truncated","len":null}' end,
		${ofCall(`case when json_type(o, '$.${name}') = 'OBJECT' then '"path":' || json_object('state', ${get(name + '.state')}, 'len', json_extract(o, '$.${name}.len'))::VARCHAR end`)}) || '}', '{}')`,
	args: `case when ${get('kind')} = 'syscall' then json_extract(o, '$.args') else json_extract(o, '$') end::VARCHAR`,
};
// Both sides get JSON by DuckDB's writer, so that ways to escape a character do not count.
const found = { time: 'epoch_ns(time)' };
for (const key of ['flags', 'states', 'args', 'labels'])
	found[key] = `json_extract(${key}::JSON, '$')::VARCHAR`;

async function main() {
	const db = await DuckDBInstance.create(':memory:');
	const c = await db.connect();
	const one = async sql => (await c.runAndReadAll(sql)).getRowsJson()[0];
	await c.run('set threads = 1');
	await c.run(`create view l as select json as o, json_extract_string(json, '$.pid') as pid from read_json_objects('${lines}', format = 'newline_delimited', maximum_object_size = 100000000)`);
	await c.run(`create table processes as select pid, any_value(${get('container_info.id')}) as home, any_value(json_extract(o, '$.container_info')) as info
		from l where ${get('kind')} = 'task' group by pid`);
	await c.run('create view j as select o, home, info from l left join processes using (pid)');
	await c.run(`create view p as select * from read_parquet('${dir}/**/*.parquet', hive_partitioning = false)`);
	const columns = Object.keys(expected);
	const sums = list => 'count(*), ' + list.map((_, i) => `sum(hash(${list[i]}, cpu, seq)::HUGEINT)`).join(', ') +
		`, sum(hash(${list.join(', ')})::HUGEINT)`;
	const rows = await one(`select ${sums(columns)} from (select ${columns.map(k => `${found[k] || k} as ${k}`).join(', ')} from p)`);
	const json = await one(`select ${sums(columns)} from (select ${columns.map(k => `${expected[k]} as ${k}`).join(', ')} from j)`);
	['rows', ...columns, 'all columns'].forEach((what, i) => {
		if (rows[i] !== json[i])
			throw new Error(`${what}: the rows have ${rows[i]}, JSON ${json[i]}`);
	});
	const [keys, machines] = await one('select count(distinct (machine, session, cpu, seq, part)), count(distinct (machine, session)) from p');
	if (keys !== rows[0] || machines !== '1')
		throw new Error(`${keys} keys of ${rows[0]} rows, ${machines} sessions`);
	for (const [file] of (await c.runAndReadAll(`select file from glob('${dir}/**/*.parquet')`)).getRowsJson()) {
		for (const version of ['V1', 'V2']) {
			await c.run(`copy (select * from read_parquet('${file}', hive_partitioning = false)) to 'duck.parquet'
				(format parquet, compression zstd, compression_level 3, row_group_size 64000, parquet_version ${version})`);
			const [ours, theirs] = [file, 'duck.parquet'].map(f => fs.statSync(f).size);
			console.log(`${rows[0]} rows: ${ours} bytes, DuckDB ${version} ${theirs}`);
			if (ours > theirs && rows[0] > 64000)
				throw new Error(`${file}: ${ours} bytes, DuckDB's own ${theirs}`);
		}
	}
}

main().catch(e => { console.log(String(e.message).slice(0, 1000)); process.exit(1); });
