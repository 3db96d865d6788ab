// npm run verdict -- [--recordings FOLDER] [--host NAME …] [--only TEXT] [--every N]: whether every host does the same.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { firstDifference } from './compare.ts';
import { hosts } from './hosts.ts';
import { dealt, type Said, selectedPlays, selectedRecordings } from './part.ts';
import type { Trace } from './play.ts';
import { playParts } from './play-parts.ts';
import type { RecordingVerdict } from './recordings.ts';
import { FEATURES } from './support.ts';

const { values: asked } = parseArgs({
  options: {
    recordings: { type: 'string' },
    host: { type: 'string', multiple: true },
    only: { type: 'string', default: '' },
    /** One of so many disturbed runs, and of the recordings without functions. */
    every: { type: 'string', default: '1' },
    support: { type: 'string', default: '.pointsman/verdict/support.json' },
  },
});
const from = performance.now();
const selection = { only: asked.only, every: Number(asked.every) };
const unknown = asked.host?.find((name) => !hosts.some((host) => host.name === name));
if (unknown !== undefined || !(selection.every >= 1)) {
  console.error(
    unknown === undefined
      ? `--every is a number from 1, not ${asked.every}`
      : `there is no host ${unknown}; there are ${hosts.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
const [local, ...others] = hosts.filter(({ name }, i) => i === 0 || asked.host?.includes(name) !== false);
if (local === undefined) throw new Error('there is no host to compare with');
const wanted = [local, ...others];
const plays = selectedPlays(selection).map(({ id }) => id);
const { recordings: folder } = asked;
const recordings = folder === undefined ? [] : selectedRecordings(folder, selection);
if (plays.length + recordings.length === 0) {
  console.error(`nothing is compared: no run of a workflow has "${asked.only}" in its name`);
  process.exit(2);
}

/** Parts of about the same length: Google Cloud's host takes as long as the others together. */
const HANDS = 4;
const parts = wanted.toReversed().flatMap(({ name: host }) => {
  const hands = dealt(recordings, HANDS);
  return dealt(plays, HANDS).map((some, hand) => ({
    host,
    plays: some,
    recordings: folder === undefined ? undefined : { folder, ids: hands[hand] ?? [] },
    support: hand === 0,
  }));
});

const left = wanted.length * (plays.length + recordings.length);
let heard = 0;
const traces = new Map<string, Trace>();
const verdicts = new Map<string, RecordingVerdict>();
const support: Record<string, Readonly<Record<string, string>>> = {};
await playParts(parts, (host: string, said: Said) => {
  if (said.kind !== 'support' && ++heard % 100 === 0) console.error(`${heard} of ${left} runs`);
  if (said.kind === 'trace') traces.set(`${host} ${said.id}`, said.trace);
  else if (said.kind === 'recording') verdicts.set(`${host} ${said.id}`, said.verdict);
  else support[host] = said.answers;
});

const differences: string[] = [];
for (const id of plays) {
  const ours = traces.get(`${local.name} ${id}`);
  if (ours === undefined || ours.status === 'RUNNING') differences.push(`${id}\n    it does not end on ${local.name}`);
  // What is equal to the first is equal to each other.
  for (const { name } of others) {
    const theirs = traces.get(`${name} ${id}`);
    const difference = ours && theirs ? firstDifference(ours, theirs) : 'that one of them was not played';
    if (difference !== undefined) differences.push(`${id}\n    ${local.name} and ${name} differ in ${difference}`);
  }
}
console.log('hosts');
for (const { name, what } of wanted) console.log(`  ${name.padEnd(8)}${what}`);
console.log(`\nworkflows: ${plays.length} runs on each of ${wanted.length} hosts, ${differences.length} differences`);

for (const { name } of folder === undefined ? [] : wanted) {
  const found = recordings.map((id) => [id, verdicts.get(`${name} ${id}`)] as const);
  const count = (kind: RecordingVerdict['kind']) => found.filter(([, verdict]) => verdict?.kind === kind).length;
  const refused = new Set(found.flatMap(([, verdict]) => (verdict?.kind === 'refused' ? [verdict.reason] : [])));
  console.log(
    `recordings of AWS on ${name}: ${count('same')} the same, ${count('different')} different, ${count('refused')} refused at creation`,
  );
  for (const reason of refused) console.log(`    ${reason}`);
  for (const [id, verdict] of found)
    if (verdict === undefined) differences.push(`${id}\n    it was not played on ${name}`);
    else if (verdict.kind === 'different')
      differences.push(`${id}\n    AWS and ${name} differ in ${verdict.difference}`);
}

const row = (first: string, cells: readonly string[]) =>
  (first.padEnd(34) + cells.map((cell) => cell.padEnd(9)).join('')).trimEnd();
const names = wanted.map(({ name }) => name);
const shown = (host: string, feature: string) => (support[host]?.[feature] === 'yes' ? 'yes' : 'refused');
console.log(`\n${row('', names)}`);
for (const feature of FEATURES)
  console.log(
    row(
      feature,
      names.map((name) => shown(name, feature)),
    ),
  );
mkdirSync(dirname(asked.support), { recursive: true });
writeFileSync(asked.support, `${JSON.stringify(support, null, 2)}\n`);
console.log(`\nin the hosts' own words: ${asked.support}`);

for (const difference of differences) console.log(`\n${difference}`);
const seconds = ((performance.now() - from) / 1000).toFixed(0);
console.log(`\n${differences.length === 0 ? 'PASS' : 'FAIL'}: ${differences.length} differences, ${seconds} s`);
process.exitCode = differences.length === 0 ? 0 : 1;
