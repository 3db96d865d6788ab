import { virtualTime } from '../../../adapters/local/host/host-time.ts';
import type { Fetch } from '../../../adapters/local/host/listen.ts';
import { virtualClock } from '../../../adapters/local/virtual-clock.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { HistoryEvent } from '../../../engine/core/history.ts';
import { historyLines } from '../../support/history-lines.ts';
import type { OpenedHost, OpenHost } from '../hosts.ts';
import { CHILD, mockedFunctions } from './mocked-functions.ts';
import { ACCOUNT, definitionOf, functionArn, machineArn, type Play, REGION, workflows } from './workflow-plays.ts';

/** What a run came to, without what differs from run to run. */
export interface Trace {
  readonly status: string;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly lines: readonly (readonly string[])[];
  /** What the host could not settle by itself. */
  readonly problems: readonly string[];
}

/** Real time for a run that does not end. */
const PATIENCE_MS = 120_000;

/** So that what chance decides, such as the jitter of a Retry, is the same on every host. */
const SAME_IDS = { next: () => '0'.repeat(32) };

type Answer = Readonly<Record<string, unknown>>;

/** Runs a play on a host of its own, through its Step Functions API. */
export async function play(run: Play, open: OpenHost): Promise<Trace> {
  const { given, workflow } = run;
  const from = given.startedAt === undefined ? Date.UTC(2026, 0, 1) : Date.parse(given.startedAt);
  const clock = virtualClock(from);
  const time = virtualTime(from, clock);
  const problems: string[] = [];
  let host: OpenedHost | undefined;
  const states = () => {
    if (host === undefined) throw new Error('the host is not open');
    return host.store;
  };
  const functions = mockedFunctions(run, clock, states);
  host = await open({
    clock,
    time,
    functions,
    ids: SAME_IDS,
    onProblem: (problem, thrown) => void problems.push(`${problem}: ${String(thrown)}`),
  });
  try {
    const call = caller(host.api({ region: REGION, account: ACCOUNT }));
    const release = clock.hold();
    const whole = definitionOf(workflow);
    for (const name of workflows.filter((name) => name === workflow || whole.includes(`"${machineArn(name)}"`))) {
      const definition = name === workflow ? whole : STAND_IN;
      await call('CreateStateMachine', { name, definition, roleArn: `arn:aws:iam::${ACCOUNT}:role/machine` });
    }
    const started = await call('StartExecution', {
      stateMachineArn: machineArn(workflow),
      name: 'verdict',
      input: JSON.stringify(given.input),
    });
    const executionArn = String(started['executionArn']);
    if (given.stop !== undefined) {
      const { afterSeconds, ...failure } = given.stop;
      clock.at(
        toEpochMs(clock.now() + afterSeconds * 1000),
        () => void call('StopExecution', { executionArn, ...failure }),
      );
    }
    release();
    let ended = await end(call, executionArn);
    for (const seconds of given.redrivesAfterSeconds ?? []) {
      await new Promise<void>((resolve) => void clock.at(toEpochMs(clock.now() + seconds * 1000), resolve));
      await call('RedriveExecution', { executionArn });
      ended = await end(call, executionArn);
    }
    const history = await historyOf(call, executionArn);
    const text = (name: string) => (typeof ended[name] === 'string' ? withoutInstants(ended[name]) : undefined);
    return {
      status: String(ended['status']),
      output: text('output'),
      error: text('error'),
      cause: text('cause'),
      lines: historyLines(history),
      problems,
    };
  } finally {
    time.close();
    await host.close();
  }
}

/** What a child workflow is here: it ends as the state that started it is mocked. */
const STAND_IN = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'End',
  States: {
    End: { Type: 'Task', Resource: functionArn(CHILD), Arguments: '{% $states.context.Execution.Id %}', End: true },
  },
});

function caller(fetch: Fetch): (operation: string, params: object) => Promise<Answer> {
  return async (operation, params) => {
    const request = new Request('http://host.test/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` },
      body: JSON.stringify(params),
    });
    const response = await fetch(request);
    const answer = (await response.json()) as Answer;
    if (!response.ok) throw new Error(`${operation} was refused: ${JSON.stringify(answer)}`);
    return answer;
  };
}

type Call = ReturnType<typeof caller>;

async function end(call: Call, executionArn: string): Promise<Answer> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; ) {
    const described = await call('DescribeExecution', { executionArn });
    if (described['status'] !== 'RUNNING') return described;
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }
  return { status: 'RUNNING' };
}

async function historyOf(call: Call, executionArn: string): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (let nextToken: unknown; ; ) {
    const page = await call('GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
      ...(nextToken ? { nextToken } : {}),
    });
    events.push(...(page['events'] as readonly HistoryEvent[]));
    nextToken = page['nextToken'];
    if (nextToken === undefined) return events;
  }
}

const withoutInstants = (text: string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b1[67]\d{11}\b/g, 'INSTANT');
