// SPDX-License-Identifier: LGPL-2.1-or-later
// node as a client of the server at a port, over connections that it keeps; of port 8004 an upgrade, too.
// usage: client.js PORT
const http = require('http');

const port = Number(process.argv[2]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 5 });

function ask(method, path, body) {
	return new Promise((done, failed) => {
		const req = http.request({ port, host: '127.0.0.1', agent, method, path }, (res) => res.on('end', done).resume());
		req.on('error', failed).end(body);
	});
}

function upgrade() {
	return new Promise((done, failed) => {
		const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
		const req = http.request({ port, host: '127.0.0.1', path: '/upgrade', headers });
		req.on('upgrade', (res, socket) => {
			socket.on('data', () => socket.end()).on('close', done);
			socket.write('GET /no HTTP/1.1\r\n\r\n');
		});
		req.on('error', failed).end();
	});
}

async function main() {
	await Promise.all(Array.from({ length: 30 }, () => ask('GET', '/index.html')));
	await ask('HEAD', '/index.html');
	await ask('GET', '/large');
	await ask('POST', '/proxy/node', 'n'.repeat(100000));
	if (port === 8004)
		await upgrade();
	agent.destroy();
}

main();
