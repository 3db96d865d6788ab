import { isObject, type Json, own } from '../../engine/data/json.ts';
import { type CaseStep, textOf } from './case.ts';
import { ACCOUNT, type CaseHost } from './case-host.ts';
import type { Client } from './client.ts';
import { startHelper } from './helpers.ts';
import type { LoggedEvent } from './log-groups.ts';
import { otherService } from './other-services.ts';
import { type Answer, resolveSymbol, substituteSymbols, SYMBOL } from './symbols.ts';

/** A place where a case is played: its host, the clients of its accounts, and what its steps came to. */
export interface Stage {
  readonly host: CaseHost;
  client(account: string): Client;
  /** Aborted when the case is over. */
  readonly over: AbortSignal;
  readonly answers: Map<number, Answer>;
  /** What a step that is not listed came to: the execution's own. */
  readonly unlisted: () => Answer | undefined;
  /** Keys of what the recording SDK refused by itself: whether a host takes such a call says nothing. */
  readonly clientSide: readonly string[];
  /** What went wrong beside the comparison. */
  readonly problems: string[];
  /** Lets time go on while `work` waits. */
  released<T>(work: () => Promise<T>): Promise<T>;
}

/** A step whose answer is compared: the recorded key and what it is now. */
export interface Matched {
  readonly key: string;
  readonly value: unknown;
}

/** Plays the steps in order and gives what is to be compared. Steps of a thread go on beside the others. */
export async function runSteps(steps: readonly CaseStep[], stage: Stage): Promise<readonly Matched[]> {
  const threads = new Map<string, Promise<unknown>>();
  const uncertain = clientSideCalls(steps, stage.clientSide);
  const matched: Matched[] = [];
  for (const step of steps) {
    if (step.match !== undefined) {
      await Promise.all(threads.values()); // what is compared may come from any of them
      matched.push({ key: step.match, value: matchedValue(step, stage) });
    } else if (step.thread === undefined || step.thread === false) await runStep(step, stage, uncertain);
    else {
      const thread = String(step.thread);
      const before = threads.get(thread) ?? Promise.resolve();
      threads.set(
        thread,
        before.then(() => stage.released(() => runStep(step, stage, uncertain))),
      );
    }
  }
  await Promise.all(threads.values());
  return matched;
}

/** The numbers of the calls whose answers are compared under these keys only. */
function clientSideCalls(steps: readonly CaseStep[], keys: readonly string[]): ReadonlySet<number> {
  const values = steps.flatMap(({ match, value }) =>
    match !== undefined && keys.includes(match) ? [value ?? null] : [],
  );
  const symbols = JSON.stringify(values).match(SYMBOL) ?? [];
  return new Set(symbols.map((symbol) => Number.parseInt(symbol.slice(2), 10)));
}

/** @throws Error when a call is refused that AWS took, or taken that AWS refused, or not known at all */
async function runStep(step: CaseStep, stage: Stage, uncertain: ReadonlySet<number>): Promise<void> {
  const params = substituteSymbols(step.params ?? {}, (symbol) => resolve(symbol, stage)) as Json;
  const answer = await answerOf({ ...step, params }, stage);
  stage.answers.set(step.n, answer);
  if (uncertain.has(step.n)) return;
  const isUnknown = answer.kind === 'refused' && answer.code.startsWith('UnknownOperation');
  if (answer.kind === 'refused' && (isUnknown || step.expectError !== true))
    throw new Error(`${answer.operation} was refused: ${answer.code}: ${answer.message}`);
  if (answer.kind === 'value' && step.expectError === true) throw new Error(`${step.call} was taken, AWS refused it`);
}

async function answerOf(step: CaseStep & { readonly params: Json }, stage: Stage): Promise<Answer> {
  const { call, service, params, account = ACCOUNT } = step;
  const { host, over, problems } = stage;
  if (step.wait !== undefined) return { kind: 'value', value: await waitFor(step.wait, params, stage) };
  if (step.helper !== undefined) {
    const world = { host, client: stage.client(account), over, onProblem: (problem: string) => problems.push(problem) };
    return { kind: 'value', value: startHelper(step.helper, params, world) };
  }
  if (service === 'sqs' && step.poll === true) await settle(stage); // what is on its way arrives
  if (call === undefined || service !== undefined)
    return {
      kind: 'value',
      value: await otherService(service ?? 'fixture', call ?? step.fixture ?? '', params, stage),
    };
  if (step.paginate === true) return { kind: 'value', value: await allPages(stage.client(account), call, params) };
  if (WAITS.has(call)) return stage.released(() => callOnce(stage, account, call, params));
  return step.poll === true ? pollUntilTaken(stage, account, call, params) : callOnce(stage, account, call, params);
}

/** Calls whose answer itself waits for time to pass. */
const WAITS = new Set(['StartSyncExecution', 'GetActivityTask']);

async function callOnce(stage: Stage, account: string, call: string, params: Json): Promise<Answer> {
  const answer = await stage.client(account).call(call, params, stage.over);
  if (call === 'GetActivityTask') stage.host.taskTaken();
  return answer;
}

const POLLS = 50;

async function pollUntilTaken(stage: Stage, account: string, call: string, params: Json): Promise<Answer> {
  let answer = await callOnce(stage, account, call, params);
  for (let polls = 1; answer.kind === 'refused' && polls < POLLS; polls++) {
    await stage.released(() => pause(1));
    answer = await callOnce(stage, account, call, params);
  }
  return answer;
}

async function allPages(client: Client, call: string, params: Json): Promise<unknown[]> {
  const pages: unknown[] = [];
  for (let nextToken: unknown; ; ) {
    const answer = await client.call(call, {
      ...(isObject(params) ? params : {}),
      ...(nextToken ? { nextToken } : {}),
    });
    if (answer.kind === 'refused') throw new Error(`${call} was refused: ${answer.code}: ${answer.message}`);
    pages.push(answer.value);
    nextToken = (answer.value as { readonly nextToken?: string }).nextToken;
    if (nextToken === undefined || nextToken === null) return pages;
  }
}

export const resolve = (symbol: string, stage: Stage): unknown =>
  resolveSymbol(symbol, (n) => stage.answers.get(n) ?? stage.unlisted());

/**
 * What is compared. Lists that a test made itself stand in the recording as `[]`: what was logged, or else what it
 * picked from the newest listing. Of messages that a test received one after the other, the first one stands for all.
 */
function matchedValue({ match = '', value, n }: CaseStep, stage: Stage): unknown {
  if (Array.isArray(value) && match.includes('logged')) return stage.host.logs.events();
  if (Array.isArray(value) && value.length === 1 && FIRST_MESSAGE.test(JSON.stringify(value)))
    return allMessages(String(value[0]), stage);
  if (!Array.isArray(value) || value.length > 0) return substituteSymbols(value, (symbol) => resolve(symbol, stage));
  return new Computed([...stage.answers].filter(([at]) => at < n).map(([, answer]) => answer));
}

const FIRST_MESSAGE = /^\["\$\{\d+\.Messages\[0\][^"]*"\]$/;

function allMessages(symbol: string, stage: Stage): readonly unknown[] {
  const received = resolve(symbol.replace(/\.Messages.*\}$/, '.Messages}'), stage);
  const count = Array.isArray(received) ? received.length : 0;
  return Array.from({ length: count }, (_, i) => resolve(symbol.replace('[0]', `[${i}]`), stage));
}

/** Stands for a list that the recorded test picked from the answers before; the items of the newest listing. */
export class Computed {
  readonly items: readonly unknown[];

  constructor(answers: readonly Answer[]) {
    const values = answers.map((answer) => (answer.kind === 'value' ? [answer.value].flat() : []));
    const listings = values.map((pages) =>
      pages.flatMap((page) =>
        Object.values(page ?? {})
          .filter(Array.isArray)
          .flat(),
      ),
    );
    this.items = listings.findLast((items) => items.length > 0) ?? [];
  }
}

const ENDS = /terminat|success|succeed|fail|abort|timed?_?out|stopped|ended|complete|finish/;
/** Real time, after which an execution that does not end is given up. */
const PATIENCE_MS = 4_000;

/** What tests wait for because AWS is slow to show it holds here at once; only the end of an execution needs time. */
async function waitFor(what: string, params: Json, stage: Stage): Promise<unknown> {
  const given = isObject(params) ? params : {};
  if (what === 'execution_logs') return waitForLogs(textOf(params, 'logGroupName'), stage);
  const args = own(given, 'args');
  const arn = own(given, 'execution_arn') ?? (Array.isArray(args) ? args[0] : undefined);
  if (typeof arn !== 'string' || !/^execution|^await_execution/.test(what) || what.includes('logs')) return {};
  if (!ENDS.test(what)) return settle(stage);
  return waitForEnd(arn, stage);
}

/** The description of an execution that has ended, or of one that nothing here will end any more. */
export async function waitForEnd(executionArn: string, stage: Stage): Promise<unknown> {
  const client = stage.client(ACCOUNT);
  const until = Date.now() + PATIENCE_MS;
  let isIdle = false;
  for (let wait = 0; ; wait = Math.min(wait + 1, 10)) {
    const answer = await client.call('DescribeExecution', { executionArn }, stage.over);
    if (answer.kind === 'refused') throw new Error(`DescribeExecution was refused: ${answer.code}: ${answer.message}`);
    const { status } = answer.value as { readonly status?: string };
    if (status !== 'RUNNING' || isIdle || Date.now() > until) return answer.value;
    await stage.released(async () => {
      const idle = stage.host.clock.idle().then(() => (isIdle = true));
      await Promise.race([idle, pause(wait)]);
    });
  }
}

/** What is logged when an execution has ended, or when nothing here will log more. */
async function waitForLogs(group: string, stage: Stage): Promise<readonly LoggedEvent[]> {
  const until = Date.now() + PATIENCE_MS;
  let isIdle = false;
  for (let wait = 0; ; wait = Math.min(wait + 1, 10)) {
    const events = stage.host.logs.events(group);
    const hasEnded = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '');
    if (hasEnded || isIdle || Date.now() > until) return events;
    await stage.released(async () => {
      const idle = stage.host.clock.idle().then(() => (isIdle = true));
      await Promise.race([idle, pause(wait)]);
    });
  }
}

/** Lets the host do what it can without time passing. */
export async function settle({ host: { clock } }: Stage): Promise<object> {
  const release = clock.hold();
  await pause(20);
  release();
  return {};
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void (milliseconds === 0 ? setImmediate(resolve) : setTimeout(resolve, milliseconds)));
