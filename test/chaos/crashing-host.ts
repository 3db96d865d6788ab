import { appendFileSync } from 'node:fs';
import { randomIds } from '../../adapters/local/random-ids.ts';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { systemClock } from '../../adapters/local/system-clock.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import { isObject, type Json } from '../../engine/data/json.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import type { ExecutionStore } from '../../engine/runner/ports.ts';
import { functionArn, mustRead } from '../support/run-machine.ts';
import { crashMachines } from './crash-machine.ts';

// A host that kills itself: `node crashing-host.ts MACHINE DATABASE CALLS POINT`. It goes on with the execution in DATABASE, or
// starts it, notes every call of a function in CALLS, and dies by SIGKILL at the POINT-th moment it passes: before a
// commit, after it (before its effects), before a function's work and after it. POINT 0 never comes.
const [name = '', database = '', calls = '', point = '0'] = process.argv.slice(2);
const machine = crashMachines[name];
if (machine === undefined) throw new Error(`there is no machine ${name}`);

let passed = 0;
function moment(): void {
  if (++passed === Number(point)) process.kill(process.pid, 'SIGKILL');
}

const sqlite = sqliteExecutionStore(database);
const store: ExecutionStore = {
  ...sqlite,
  async create(summary, first) {
    moment();
    const answer = await sqlite.create(summary, first);
    moment();
    return answer;
  },
  async commit(arn, version, change) {
    moment();
    const answer = await sqlite.commit(arn, version, change);
    moment();
    return answer;
  },
};

const work = async (called: string, input: Json, key: string): Promise<Json> => {
  appendFileSync(calls, `${JSON.stringify({ name: called, key })}\n`);
  moment();
  const attempt = isObject(input) ? Number(input['attempt']) : 0;
  if (called === 'flaky' && attempt < 2) throw new Error(`attempt ${attempt} fails`);
  moment();
  return isObject(input) ? (input['value'] ?? null) : input;
};

const dispatcher = inProcessTaskDispatcher({
  functions: new Map(
    ['steady', 'flaky'].map((name) => [
      functionArn(name),
      (input: Json, call: { readonly key: string }) => work(name, input, call.key),
    ]),
  ),
  concurrency: 4,
  clock: systemClock,
  log: (message, { key }) => console.error(message, key),
});

const runner = createRunner({
  store,
  dispatcher,
  clock: systemClock,
  ids: randomIds,
  machineOf: ({ definition }) => mustRead(definition),
  onProblem: (problem, arn, thrown) => console.error(problem, arn, thrown),
});

await store.putMachine(machine);
await runner.recover();
const { execution } = await runner.start({ machine, name: 'run', input: '{"items":[1,2,3,4,5,6]}' });
const keepAlive = setInterval(() => undefined, 1000); // its timers alone do not keep a process
const { output } = await runner.ended(execution.arn);
// Executions of a Map Run that failed may still be stopped.
while ((await Array.fromAsync(sqlite.outbox())).length > 0) await new Promise(setImmediate);
clearInterval(keepAlive);
await runner.settled();
await runner.close();
sqlite.close();
console.log(JSON.stringify({ moments: passed, output: JSON.parse(output ?? 'null') }));
