// node play-part.ts, with a part on its input: plays it, and says what came of it, a line of JSON for each.
import { json } from 'node:stream/consumers';
import { hostNamed } from './hosts.ts';
import type { Part, Said } from './part.ts';
import { play } from './play.ts';
import { playRecordings } from './recordings.ts';
import { answersOf } from './support.ts';
import { workflowPlays } from './workflow-plays.ts';

const part = (await json(process.stdin)) as Part;
const open = await hostNamed(part.host).load();
const say = (said: Said) => void process.stdout.write(`${JSON.stringify(said)}\n`);

const wanted = new Set(part.plays);
for (const each of workflowPlays())
  if (wanted.has(each.id)) say({ kind: 'trace', id: each.id, trace: await play(each, open) });
if (part.recordings !== undefined)
  for await (const [id, verdict] of playRecordings(part.recordings.folder, new Set(part.recordings.ids), open))
    say({ kind: 'recording', id, verdict });
if (part.support) say({ kind: 'support', answers: await answersOf(open) });
process.stdout.write('', () => process.exit(0)); // clients of clouds may hold a process open
