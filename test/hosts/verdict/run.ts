// npm run verdict -- [--recordings FOLDER] [--host NAME …] [--only TEXT]: whether every host does the same.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { hosts } from './hosts.ts';
import { playRecordings } from './recordings.ts';
import { supportOf } from './support.ts';
import { firstDifference } from './compare.ts';
import { play, type Trace } from './play.ts';
import { workflowPlays } from './workflow-plays.ts';

const { values: asked } = parseArgs({
  options: {
    recordings: { type: 'string' },
    host: { type: 'string', multiple: true },
    only: { type: 'string', default: '' },
    support: { type: 'string', default: '.pointsman/verdict/support.json' },
  },
});
const wanted = hosts.filter(({ name }) => name === 'local' || asked.host === undefined || asked.host.includes(name));
const [local, ...others] = wanted;
if (local === undefined) throw new Error('there is no local host to compare with');

const from = performance.now();
const differences: string[] = [];
const plays = workflowPlays().filter(({ id }) => id.includes(asked.only));
for (const each of plays) {
  const traces = new Map<string, Trace>();
  for (const { name, open } of wanted) traces.set(name, await play(each, open));
  // Pairwise: what is equal to the local host's is equal to each other's.
  for (const { name } of others) {
    const [ours, theirs] = [traces.get(local.name), traces.get(name)];
    const difference = ours && theirs && firstDifference(ours, theirs);
    if (difference !== undefined) differences.push(`${each.id}\n    ${local.name} and ${name} differ in ${difference}`);
  }
  if (traces.get(local.name)?.status === 'RUNNING') differences.push(`${each.id}\n    it does not end`);
}
const seconds = () => `${((performance.now() - from) / 1000).toFixed(1)} s`;
const named = wanted.map(({ name, what }) => `  ${name.padEnd(8)}${what}`).join('\n');
console.log(`hosts\n${named}\n`);
console.log(`workflows: ${plays.length} runs on each of ${wanted.length} hosts, ${differences.length} differences`);

if (asked.recordings !== undefined)
  for (const host of wanted) {
    const { passed, failed, refused, first } = await playRecordings(asked.recordings, host, asked.only);
    console.log(
      `recordings of AWS on ${host.name}: ${passed} the same, ${failed.length} different, ${refused} refused at creation (${first})`,
    );
    differences.push(...failed.map((line) => `${host.name}: ${line}`));
  }

const support = await supportOf(wanted);
mkdirSync(dirname(asked.support), { recursive: true });
writeFileSync(asked.support, `${JSON.stringify(support.byHost, null, 2)}\n`);
console.log(`\n${support.table}\n\nwritten to ${asked.support}`);

for (const difference of differences) console.log(`\n${difference}`);
console.log(`\n${differences.length === 0 ? 'PASS' : 'FAIL'} in ${seconds()}`);
process.exitCode = differences.length === 0 ? 0 : 1;
