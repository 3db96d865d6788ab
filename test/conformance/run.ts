// npm run conformance -- FOLDER [--area A] [--id I] [--json] [--floor]: plays recordings of AWS against a host here.
import { parseArgs } from 'node:util';
import { readRecordings } from './case.ts';
import { FLOOR } from './floor.ts';
import { openTheatre } from './open-theatre.ts';
import { belowFloor, missedTargets, type Played, reportText } from './report.ts';
import { runCase } from './run-case.ts';

const USAGE = 'npm run conformance -- FOLDER [--area TEXT] [--id TEXT] [--tier N] [--json] [--floor]';

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    area: { type: 'string' },
    id: { type: 'string' },
    tier: { type: 'string' },
    json: { type: 'boolean' },
    /** Fails below what passed before, not below what has to pass. */
    floor: { type: 'boolean' },
  },
});
const [folder] = positionals;
if (folder === undefined || positionals.length > 1) {
  console.error(USAGE);
  process.exit(2);
}

const from = performance.now();
const { cases, behaviours } = readRecordings(folder);
const wanted = cases.filter(
  ({ area, id, tier }) =>
    area.includes(asked.area ?? '') && id.includes(asked.id ?? '') && (asked.tier ?? String(tier)) === String(tier),
);
const theatre = await openTheatre();

const played: Played[] = [];
for (const recorded of wanted) played.push({ recorded, outcome: await runCase(recorded, behaviours, theatre) });
await theatre.close();

const seconds = (performance.now() - from) / 1000;
const isWhole = wanted.length === cases.length;
const missed = asked.floor === true && isWhole ? belowFloor(played, FLOOR) : missedTargets(played);
if (asked.json === true)
  console.log(
    JSON.stringify(
      played.map(({ recorded: { id, area, tier }, outcome }) => ({ id, area, tier, ...outcome })),
      null,
      1,
    ),
  );
else console.log(reportText(played, seconds));
for (const line of missed) console.error(line);
process.exitCode = missed.length === 0 ? 0 : 1;
