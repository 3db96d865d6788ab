import type { Json } from '../../engine/data/json.ts';
import type { Case, Recordings } from './case.ts';
import { ACCOUNT, type CaseHost, openCaseHost, REGION } from './case-host.ts';
import type { OpenHost } from '../hosts/hosts.ts';
import { openLocalHost } from '../hosts/local-host.ts';
import type { Client } from './client.ts';
import { asOf } from './as-of.ts';
import { executionDifferences } from './compare-execution.ts';
import { exceptions } from './exceptions.ts';
import { type Bindings, mismatch } from './mismatch.ts';
import { normalise } from './normalise.ts';
import { Computed, type Matched, resolve, runSteps, settle, type Stage, waitForEnd } from './run-steps.ts';
import type { Answer } from './symbols.ts';

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly difference: string }
  | { readonly kind: 'not-applicable'; readonly reason: string };

/** Where cases are played: an HTTP server that answers with the host of the case in hand, and clients of it. */
export interface Theatre {
  /** Puts a host behind the server. */
  serve(host: CaseHost): void;
  client(account: string): Client;
}

/** Plays one case against a host of its own, over HTTP, and compares. */
export async function runCase(
  recorded: Case,
  behaviours: Recordings['behaviours'],
  theatre: Theatre,
  open: OpenHost = openLocalHost,
): Promise<Outcome> {
  const excused = excuse(recorded);
  if (excused !== undefined) return { kind: 'not-applicable', reason: excused };
  const host = await openCaseHost(recorded, behaviours, open);
  theatre.serve(host);
  const over = new AbortController();
  let release = host.clock.hold();
  let started: Answer | undefined;
  const stage: Stage = {
    host,
    client: theatre.client,
    over: over.signal,
    answers: new Map(),
    unlisted: () => started,
    clientSide: recorded.clientSide ?? [],
    problems: [],
    async released(work) {
      release();
      try {
        return await work();
      } finally {
        release = host.clock.hold();
      }
    },
  };
  try {
    const playing =
      recorded.kind === 'execution'
        ? playExecution(recorded, stage, (answer) => (started = answer))
        : runSteps(recorded.steps ?? [], stage).then((matched) => compareMatched(recorded, matched, stage));
    const differences = await Promise.race([playing, givenUp(over.signal)]);
    const [difference] = [...differences, ...stage.problems.slice(0, differences.length), ...host.problems];
    return difference === undefined ? { kind: 'passed' } : { kind: 'failed', difference };
  } catch (thrown) {
    const refusal = String(thrown instanceof Error ? thrown.message : thrown);
    const refused = refusedIntegration(refusal);
    if (refused !== undefined) return { kind: 'not-applicable', reason: `refused at creation by name: ${refused}` };
    return { kind: 'failed', difference: [refusal, ...stage.problems, ...host.problems].join('; ') };
  } finally {
    over.abort();
    release();
    await host.close();
  }
}

/** Real time for a case, so that one which hangs does not hold up the others. */
const PATIENCE_MS = 15_000;

const givenUp = (over: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    over.addEventListener('abort', () => clearTimeout(timer));
  });

function excuse({ id, recordedOn, incomplete, kind, expected, clientSide = [], steps = [] }: Case): string | undefined {
  if (Object.hasOwn(exceptions, id)) return `exception: ${exceptions[id]}`;
  if (recordedOn === 'LocalStack') return 'recorded on LocalStack, not on AWS';
  if (Object.keys(expected).length === 0) return 'the recording holds nothing to compare';
  if (Object.keys(expected).every((key) => clientSide.includes(key))) return 'only refusals of the recording SDK';
  if (incomplete !== undefined && kind !== 'execution' && !steps.some(({ match }) => match !== undefined))
    return 'the recording stopped before anything was compared';
  return undefined;
}

/** The integration of another service that a refused creation names, as the issue wants it. */
function refusedIntegration(refusal: string): string | undefined {
  if (!/^(CreateStateMachine|UpdateStateMachine) was refused: InvalidDefinition/.test(refusal)) return undefined;
  const named = /The service integration '([\w:.-]+)' is not offered here/.exec(refusal)?.[1];
  return named === undefined || /^(states|lambda):/.test(named) ? undefined : named;
}

async function playExecution(
  recorded: Case,
  stage: Stage,
  onStarted: (answer: Answer) => void,
): Promise<readonly string[]> {
  const { transforms = [], setup = [], type = 'STANDARD', functions: _, ...rest } = recorded;
  // What the test did after the execution is not needed to compare it, and its answers are no more than symbols.
  await runSteps(
    setup.filter(({ service, call }) => service === undefined || !/^(Get|Head|List|Receive)/.test(call ?? '')),
    stage,
  );
  const definition = rest.definitionText ?? JSON.stringify(rest.definition);
  const input = rest.inputText ?? JSON.stringify(rest.input ?? {});
  const client = stage.client(ACCOUNT);
  const call = async (operation: string, params: object) => {
    const answer = await client.call(operation, params, stage.over);
    if (answer.kind === 'refused') throw new Error(`${operation} was refused: ${answer.code}: ${answer.message}`);
    return answer.value as { readonly [key: string]: string | undefined };
  };
  const { machineName: name = 'machine', executionName } = rest;
  const { stateMachineArn } = await call('CreateStateMachine', { name, definition, type, roleArn: roleOf(recorded) });
  const start = { stateMachineArn, input, ...(executionName === undefined ? {} : { name: executionName }) };
  const started =
    rest.sync === true
      ? await stage.released(() => call('StartSyncExecution', start))
      : await call('StartExecution', start);
  onStarted({ kind: 'value', value: started });
  const { executionArn } = started;
  if (executionArn === undefined) throw new Error('the answer has no executionArn');
  const resolveText = (symbol: string) => String(resolve(symbol, stage));
  if (rest.sync === true) {
    const { events: __, ...expected } = recorded.expected;
    const { ResponseMetadata: ___, ...describe } = started;
    return executionDifferences({ ...recorded, expected }, { describe, events: [] }, resolveText);
  }
  if (recorded.expected['status'] === 'RUNNING') await settle(stage);
  else await waitForEnd(executionArn, stage);
  const { ResponseMetadata: ___, ...describe } = await call('DescribeExecution', { executionArn });
  const events: object[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await call('GetExecutionHistory', { executionArn, ...(nextToken === undefined ? {} : { nextToken }) });
    events.push(...((page['events'] as unknown as readonly object[] | undefined) ?? []));
    nextToken = page['nextToken'];
    if (nextToken === undefined) break;
  }
  return executionDifferences({ ...recorded, transforms }, { describe, events }, resolveText);
}

/** The role that the recording shows under another name is found by that name. */
function roleOf({ expected, transforms = [] }: Case): string {
  const events = expected['events'];
  const [first] = Array.isArray(events) ? events : [];
  const shown = (first as { executionStartedEventDetails?: { roleArn?: string } } | undefined)
    ?.executionStartedEventDetails?.roleArn;
  const found = transforms.find(([kind, , replacement]) => kind === 'regex' && replacement === shown);
  return found?.[1] ?? `arn:aws:iam::${ACCOUNT}:role/sfn_role_${REGION}`;
}

function compareMatched(recorded: Case, matched: readonly Matched[], stage: Stage): readonly string[] {
  const { expected, recordedDate, transforms = [], clientSide = [] } = recorded;
  const bound: Bindings = new Map();
  return matched.flatMap(({ key, value }) => {
    const wanted = expected[key];
    if (wanted === undefined || clientSide.includes(key)) return [];
    const normal = (actual: unknown) =>
      asOf(
        recordedDate,
        normalise(actual, transforms, (symbol) => String(resolve(symbol, stage))),
      );
    const difference =
      value instanceof Computed
        ? missingItem(wanted, normal(value.items), key, bound)
        : mismatch(wanted, normal(value), key, bound);
    return difference === undefined ? [] : [difference];
  });
}

/** Each recorded item has to be among the listed ones; which of them the test picked, the recording does not say. */
function missingItem(wanted: Json, listed: Json, key: string, bound: Bindings): string | undefined {
  if (!Array.isArray(wanted) || !Array.isArray(listed)) return mismatch(wanted, listed, key, bound);
  for (const [i, item] of wanted.entries()) {
    const found = listed.find((other: Json) => mismatch(item, other, key, new Map(bound)) === undefined);
    if (found === undefined) return `${key}[${i}]: nothing listed is like ${JSON.stringify(item)}`;
    mismatch(item, found, key, bound);
  }
  return undefined;
}
