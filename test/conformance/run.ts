// npm run conformance -- FOLDER [--area A] [--id I] [--json] [--floor]: plays recordings of AWS against a host here.
import { parseArgs } from 'node:util';
import { type Fetch, listen } from '../../adapters/local/host/listen.ts';
import { readRecordings } from './case.ts';
import { ACCOUNT, REGION } from './case-host.ts';
import { createClient, type Client } from './client.ts';
import { FLOOR } from './floor.ts';
import { belowFloor, missedTargets, type Played, reportText } from './report.ts';
import { runCase, type Theatre } from './run-case.ts';

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
let fetchAs: (account: string) => Fetch = () => () => new Response(null, { status: 503 });
const accountOf = (request: Request) => /^\/accounts\/(\d+)/.exec(new URL(request.url).pathname)?.[1] ?? ACCOUNT;
const server = await listen((request) => fetchAs(accountOf(request))(request), '127.0.0.1', 0);
const clients = new Map<string, Client>();
const theatre: Theatre = {
  serve: (host) => void (fetchAs = host.fetch),
  client(account) {
    const client = clients.get(account) ?? createClient(`${server.url}/accounts/${account}`, REGION);
    clients.set(account, client);
    return client;
  },
};

const played: Played[] = [];
for (const recorded of wanted) played.push({ recorded, outcome: await runCase(recorded, behaviours, theatre) });
for (const client of clients.values()) client.close();
await server.close();

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
