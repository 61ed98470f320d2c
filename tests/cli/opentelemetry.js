// SPDX-License-Identifier: LGPL-2.1-or-later
// Encodes alerts by OpenTelemetry's own encoder, and compares the requests with those that linxcap has posted.
// usage: node opentelemetry.js ALERTS REQUESTS      ALERTS: lines of JSON; REQUESTS: the requests, one after the other
'use strict';
const assert = require('assert');
const fs = require('fs');
const { JsonLogsSerializer } = require('@opentelemetry/otlp-transformer');

const severities = { Emergency: 21, Alert: 19, Critical: 18, Error: 17, Warning: 13, Notice: 10, Informational: 9, Debug: 5 };

// A time as OpenTelemetry has it: seconds, and nanoseconds of the second.
function time(text) {
	const [, second, fraction] = /^(.*)\.([0-9]{9})Z$/.exec(text);
	return [Date.parse(second + 'Z') / 1000, Number(fraction)];
}

function encode(alert, version) {
	return JSON.parse(Buffer.from(JsonLogsSerializer.serializeRequest([{
		resource: { attributes: { 'host.name': alert.hostname, 'service.name': 'linx' } },
		instrumentationScope: { name: 'linx', version },
		hrTime: time(alert.time),
		hrTimeObserved: time(alert.time),
		severityNumber: severities[alert.priority],
		severityText: alert.priority,
		body: alert.output,
		attributes: { rule: alert.rule, source: alert.source, tags: alert.tags, ...alert.output_fields },
		droppedAttributesCount: 0,
	}])).toString());
}

// JavaScript rounds integers of more than 53 bits, so these are compared as rounded numbers.
function rounded(request) {
	return JSON.parse(JSON.stringify(request), (key, value) => key === 'intValue' ? Number(value) : value);
}

const alerts = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n').map(JSON.parse);
const requests = JSON.parse('[' + fs.readFileSync(process.argv[3], 'utf8').replace(/}{"resourceLogs"/g, '},{"resourceLogs"') + ']');
assert.strictEqual(requests.length, alerts.length);
alerts.forEach((alert, i) => {
	const version = requests[i].resourceLogs[0].scopeLogs[0].scope.version;

	assert.match(version, /^[0-9.]+$/);
	assert.deepStrictEqual(rounded(requests[i]), rounded(encode(alert, version)));
});
