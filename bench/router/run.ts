/**
 * What a request costs through the router, against a bare node:http reverse proxy (the floor) and against none.
 * `node bench/router/run.ts [rounds] [seconds]` (7 and 1); loopback only. The three are measured in turns, round by
 * round, because a machine's speed drifts over a run; ratios are taken within a round.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { measure, type Measured } from './measure.ts';

const [rounds = 7, seconds = 1] = process.argv.slice(2).map(Number);
const connections = 32;

const instance = await start('instance');
const floor = await start('floor', instance.url);
const router = await start('router', instance.url);
const rivals = [
  { name: 'direct', url: instance.url },
  { name: 'node:http proxy', url: floor.url },
  { name: 'router', url: router.url },
];

console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${connections} keep-alive connections, GET, 1 kB answers`,
);
console.log(`${rounds} rounds of ${seconds} s each, after a warm-up of 1 s each\n`);
for (const { url } of rivals) await measure(url, connections, 1);
const all: Measured[][] = [];
for (let round = 1; round <= rounds; round++) {
  const measured: Measured[] = [];
  for (const { name, url } of rivals) {
    const one = await measure(url, connections, seconds);
    print(`round ${round}  ${name}`, one);
    measured.push(one);
  }
  all.push(measured);
}
console.log();
compare('router / node:http proxy', 2, 1);
compare('router / direct', 2, 0);
for (const { child } of [instance, floor, router]) child.disconnect();

/** Each in its own process, as in production: else they would share the load generator's only thread. */
async function start(role: string, upstream = '') {
  const child = fork(new URL('serve.ts', import.meta.url), [role, upstream]);
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

function print(label: string, { perSecond, p50Ms, p99Ms, failures }: Measured): void {
  const figures = `${Math.round(perSecond)} requests/s  p50 ${p50Ms.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms`;
  console.log(`${label.padEnd(26)} ${figures}${failures > 0 ? `  ${failures} FAILED` : ''}`);
}

/** The median over the rounds of the ratio within a round, with the lowest and the highest. */
function compare(label: string, ours: number, rival: number): void {
  const figure = (read: (measured: Measured) => number) => {
    const ratios = all
      .flatMap(({ [ours]: a, [rival]: b }) => (a && b ? [read(a) / read(b)] : []))
      .sort((a, b) => a - b);
    const at = (index: number) => (ratios[index] ?? NaN).toFixed(2);
    return `${at(Math.floor(ratios.length / 2))} (${at(0)}–${at(ratios.length - 1)})`;
  };
  const [perSecond, p50, p99] = [figure((m) => m.perSecond), figure((m) => m.p50Ms), figure((m) => m.p99Ms)];
  console.log(`${label.padEnd(26)} requests/s ${perSecond}  p50 ${p50}  p99 ${p99}`);
}
