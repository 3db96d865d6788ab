// A process of its own that sends a constant number of requests each second, whether or not the earlier ones were
// answered, and counts every answer. Arguments: URL, requests per second, requests at most. It is forked: `Play` messages
// come in, `Report` messages go out, and it ends with the process that forked it.
import { Agent, request } from 'node:http';
import type { Play, Report } from './load-process.ts';
import { merge, type Tally } from './tally.ts';

const [, , url = '', perSecond = '0', atMost = '0'] = process.argv;
const answerWithinMs = 10_000;
const inFlightAtMost = 1_000;
const agent = new Agent({ keepAlive: true, scheduling: 'fifo' });

let scene: Omit<Play, 'kind'> = { act: 0, hostAlive: true };
let stopping = false;
let sent = 0;
let inFlight = 0;
let news: Tally[] = [];

const startedAt = performance.now();
const sender = setInterval(sendDue, 5);
const reporter = setInterval(report, 250);

process.on('message', (message: Play | { kind: 'stop' }) => {
  if (message.kind === 'play') scene = { act: message.act, hostAlive: message.hostAlive };
  else stopping = true;
});
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {}); // the process that forked it decides when it ends

function sendDue(): void {
  const due = Math.floor(((performance.now() - startedAt) * Number(perSecond)) / 1000);
  const missing = stopping ? 0 : Math.min(due, Number(atMost)) - sent;
  for (let i = 0; i < missing; i += 1) send();
  if (inFlight > 0 || (!stopping && sent < Number(atMost))) return;
  clearInterval(sender);
  clearInterval(reporter);
  report();
  process.send?.({ kind: 'done' } satisfies Report, () => process.disconnect());
}

function send(): void {
  sent += 1;
  const about = { second: Math.floor(Date.now() / 1000), ...scene };
  const end = (version: string | null, outcome: string) => news.push({ ...about, version, outcome, requests: 1 });
  if (inFlight >= inFlightAtMost) return void end(null, 'not sent');

  inFlight += 1;
  const outgoing = request(url, { agent, timeout: answerWithinMs }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', outgoingFailed);
    answer.on('end', () => {
      inFlight -= 1;
      end(versionIn(Buffer.concat(chunks).toString()), String(answer.statusCode));
    });
  });
  let failed = false;
  outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer'), { code: 'timeout' })));
  outgoing.on('error', outgoingFailed);
  outgoing.end();

  function outgoingFailed({ code, message }: NodeJS.ErrnoException): void {
    if (failed) return; // a broken answer is told twice
    failed = true;
    inFlight -= 1;
    end(null, code ?? message);
  }
}

/** Null when the answer is not the shop's. */
function versionIn(body: string): string | null {
  try {
    const { version } = JSON.parse(body) as { version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}

function report(): void {
  if (news.length > 0) process.send?.({ kind: 'news', tallies: merge(news) } satisfies Report);
  news = [];
}
