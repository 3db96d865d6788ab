// A small service to release. How it behaves is said by the release.json beside it:
//   version       answered to every request
//   errorRate     share of the requests to / that are answered with 500, from 0 to 1
//   latencyMs     how long a request to / takes
//   readyAfterMs  how long after its start /healthz begins to answer 200; 0 when missing
//   crash         true: it exits with code 1 instead of starting
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const release = JSON.parse(readFileSync(new URL('release.json', import.meta.url), 'utf8'));
const { version, errorRate, latencyMs, readyAfterMs = 0, crash = false } = release;
const { HOST = '127.0.0.1', PORT = '8080' } = process.env;

if (crash) {
  console.error(`shop ${version} cannot start: release.json says crash`);
  process.exit(1);
}

let requests = 0;
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    answer(response, performance.now() >= readyAfterMs ? 200 : 503, 'health');
    return;
  }
  requests += 1;
  const status = isNextError(requests) ? 500 : 200;
  setTimeout(() => answer(response, status, 'shop'), latencyMs);
});
server.keepAliveTimeout = 65_000; // longer than the proxy in front keeps a connection, so that it never picks a closed one
server.listen(Number(PORT), HOST, () => console.log(`shop ${version} listens on ${HOST}:${server.address().port}`));

// No new connections; requests already here are answered, and the process ends by itself after the last one.
process.on('SIGTERM', () => server.close(() => console.log(`shop ${version} answered ${requests} requests and ends`)));

/** Spreads errors evenly, so that every run of a demonstration is the same: at 0.1 every tenth request fails. */
function isNextError(count) {
  return Math.floor(count * errorRate + 1e-9) > Math.floor((count - 1) * errorRate + 1e-9);
}

function answer(response, status, service) {
  if (!server.listening) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ service, version, ok: status === 200 })}\n`);
}
