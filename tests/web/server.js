// SPDX-License-Identifier: LGPL-2.1-or-later
// node's http, port 8004. Each request is a line of /tmp/log/8004.
const fs = require('fs');
const http = require('http');

const log = fs.openSync('/tmp/log/8004', 'a');

function answer(req, res) {
	const path = req.url.split('?')[0];
	const file = '/tmp/www' + path;

	if (path === '/none')
		return res.writeHead(204).end();
	if (path === '/moved')
		return res.writeHead(301, { Location: '/index.html' }).end();
	if (path === '/chunks') {
		for (let i = 0; i < 5; i++)
			res.write('HTTP/1.1 500 in a chunk\r\n'.repeat(i + 1));
		return res.end();
	}
	if (path.startsWith('/proxy/') || (req.method !== 'GET' && req.method !== 'HEAD'))
		return res.end('done\n');
	if (!fs.existsSync(file))
		return res.writeHead(404).end('none\n');
	if (req.headers['if-modified-since'])
		return res.writeHead(304).end();
	res.setHeader('Content-Length', fs.statSync(file).size);
	fs.createReadStream(file).pipe(res);
}

const server = http.createServer((req, res) => {
	res.on('close', () => fs.writeSync(log,
		`${req.method} ${req.url.split('?')[0]} ${req.headers.host || '-'} ${res.statusCode}\n`));
	req.on('end', () => answer(req, res)).resume();
});

// An upgrade to a protocol that echoes.
server.on('upgrade', (req, socket) => {
	socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
	fs.writeSync(log, `${req.method} ${req.url} ${req.headers.host} 101\n`);
	socket.pipe(socket);
});
server.keepAliveTimeout = 60000;
server.listen(8004, '127.0.0.1', 512);
