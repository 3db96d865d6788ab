// What a state, and an iteration of a Map, asks of each host's services: `node test/hosts/operations/run.ts`. Counted on a model of the
// Durable extension and on emulators of Firestore and Cloud Tasks; numbers, no times. bench/hosts/README.md tells what they mean.
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import { testClock } from '../../support/test-clock.ts';
import { startAzureHost } from '../azure/azure-host.ts';
import { startGcpHost } from '../gcp/start-gcp-host.ts';
import { countedStore } from './counted-store.ts';
import { type Shape, shapes, WORK } from './shapes.ts';

type Counts = Readonly<Record<string, number>>;

const HOUR_MS = 3_600_000;
const call = (operation: string, body: object) =>
  new Request('https://host.example/', {
    method: 'POST',
    headers: { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  });

/** Of a whole execution. */
async function onAzure(definition: object): Promise<Counts> {
  const counts = { reads: 0, writes: 0 };
  const host = await startAzureHost({
    clock: testClock(),
    store: countedStore(memoryExecutionStore(), counts),
    functions: new Map([[WORK, async () => 1]]),
    sweepEveryMs: 24 * HOUR_MS,
  });
  const ask = async (operation: string, body: object) =>
    (await (await host.api(call(operation, body))).json()) as Record<string, string>;
  const created = { name: 'm', definition: JSON.stringify(definition), roleArn: 'arn:aws:iam::1:role/r' };
  const { stateMachineArn } = await ask('CreateStateMachine', created);
  Object.assign(counts, { reads: 0, writes: 0 });
  const { executionArn = '' } = await ask('StartExecution', { stateMachineArn, input: '{}' });
  const isOver = async () => (await ask('DescribeExecution', { executionArn }))['status'] !== 'RUNNING';
  let asked = 0;
  await host.until(async () => {
    if ([...host.model.instances.values()].some(({ status }) => status !== 'Completed')) return false;
    asked++;
    return isOver();
  });
  const { turns, activities } = host.model.counts;
  host.end();
  return { reads: counts.reads - asked, writes: counts.writes, turns, activities };
}

async function onGoogleCloud(definition: object): Promise<Counts> {
  const host = await startGcpHost({ definitions: { m: definition }, functions: { work: async () => 1 } });
  const before = host.meter();
  const sum = (writes: ReadonlyMap<string, number>) => writes.values().reduce((all, each) => all + each, 0);
  const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';
  await host.call('StartExecution', { stateMachineArn, name: 'run', input: '{}' });
  await host.settled();
  const after = host.meter();
  const tasks = host.tasks().created;
  await host.end();
  return { reads: after.reads - before.reads, writes: sum(after.writes) - sum(before.writes), tasks };
}

/** Per state or iteration, between two sizes. */
function between(small: Counts, large: Counts, more: number): string {
  const cells = Object.keys(large).map(
    (name) => `${name} ${(((large[name] ?? 0) - (small[name] ?? 0)) / more).toFixed(1)}`,
  );
  return cells.join(', ');
}

async function table(host: string, run: (definition: object) => Promise<Counts>): Promise<void> {
  console.log(`${host}, for each state or iteration`);
  for (const shape of shapes) for (const line of await linesOf(shape, run)) console.log(`  ${line}`);
}

async function linesOf({ name, sizes, definition }: Shape, run: (definition: object) => Promise<Counts>) {
  const counts: Counts[] = [];
  for (const size of sizes) counts.push(await run(definition(size)));
  return sizes.slice(1).map((size, i) => {
    const [from = 0, small = {}, large = {}] = [sizes[i], counts[i], counts[i + 1]];
    return `${name.padEnd(20)} ${`${from} to ${size}`.padEnd(10)} ${between(small, large, size - from)}`;
  });
}

process.env['METADATA_SERVER_DETECTION'] = 'none';
await table('Azure', onAzure);
await table('Google Cloud', onGoogleCloud);
process.exit(0); // clients of clouds may hold a process open
