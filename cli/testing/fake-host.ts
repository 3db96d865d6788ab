import type { FakeWorld } from './fake-io.ts';
import type { TestEvent } from './fake-history.ts';

type Body = object;
/** An answer with a status of its own. */
export interface Refused {
  readonly status: number;
  readonly body: Body;
}

export interface FakeExecution {
  readonly arn: string;
  readonly events: readonly TestEvent[];
  readonly definition?: object;
  /** Further fields of DescribeExecution. */
  readonly detail?: object;
}

export interface FakeHostOptions {
  /** Histories that become visible as time passes: each event from its timestamp on. */
  readonly executions?: readonly FakeExecution[];
  /** Answers to `GET /services/shop` and the like, under `/pointsman/v1`. */
  readonly own?: Readonly<Record<string, Body | Refused | ((body: unknown, now: number) => Body | Refused)>>;
  /** Answers to operations of Step Functions, before the built-in ones. */
  readonly wire?: Readonly<Record<string, Body | Refused>>;
  /** The host does not answer between these instants. */
  readonly away?: { readonly from: number; readonly until: number };
}

/** A host in memory. `requests` tells what it was asked: `ListExecutions {"stateMachineArn":…}`. */
export function fakeHost(options: FakeHostOptions): { fetch: NonNullable<FakeWorld['fetch']>; requests: string[] } {
  const requests: string[] = [];
  return {
    requests,
    async fetch(request, clock) {
      const now = clock();
      const { pathname } = new URL(request.url);
      const text = await request.text();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (options.away && now >= options.away.from && now < options.away.until)
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:7400') });
      if (pathname === '/') {
        const operation = request.headers.get('x-amz-target')?.replace('AWSStepFunctions.', '') ?? '';
        requests.push(`${operation} ${text}`);
        return respond(
          options.wire?.[operation] ?? stepFunctions(operation, body as Query, options.executions ?? [], now),
        );
      }
      const asked = `${request.method} ${pathname.replace('/pointsman/v1', '')}`;
      requests.push(`${asked} ${text}`.trim());
      const answer = options.own?.[asked] ?? {
        status: 404,
        body: { error: { code: 'NotFound', message: `there is no ${asked}` } },
      };
      return respond(typeof answer === 'function' ? answer(body, now) : answer);
    },
  };
}

const respond = (answer: Body | Refused): Response =>
  'status' in answer && 'body' in answer && typeof answer.status === 'number'
    ? Response.json(answer.body, { status: answer.status })
    : Response.json(answer);

interface Query {
  readonly executionArn?: string;
  readonly stateMachineArn?: string;
  readonly reverseOrder?: boolean;
  readonly maxResults?: number;
  readonly nextToken?: string;
}

function stepFunctions(
  operation: string,
  query: Query,
  executions: readonly FakeExecution[],
  now: number,
): Body | Refused {
  const machines = [...new Set(executions.map(({ arn }) => machineOf(arn)))];
  if (operation === 'ListStateMachines')
    return {
      stateMachines: machines.map((arn) => ({
        stateMachineArn: arn,
        name: arn.split(':').at(-1),
        type: 'STANDARD',
        creationDate: 0,
      })),
    };
  if (operation === 'ListExecutions')
    return {
      executions: executions
        .filter(({ arn }) => machineOf(arn) === query.stateMachineArn)
        .map((each) => describe(each, now)),
    };
  const execution = executions.find(({ arn }) => arn === query.executionArn);
  if (execution === undefined)
    return {
      status: 400,
      body: {
        __type: 'com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist',
        message: `Execution Does Not Exist: '${query.executionArn}'`,
      },
    };
  switch (operation) {
    case 'DescribeExecution':
      return describe(execution, now);
    case 'DescribeStateMachineForExecution':
      return { name: 'any', definition: JSON.stringify(execution.definition ?? {}) };
    case 'GetExecutionHistory': {
      const visible = execution.events.filter(({ timestamp }) => timestamp <= now);
      const ordered = query.reverseOrder ? visible.toReversed() : visible;
      const [from, size] = [Number(query.nextToken ?? 0), query.maxResults ?? 100];
      const events = ordered.slice(from, from + size).map((event) => ({ ...event, timestamp: event.timestamp / 1000 }));
      return { events, ...(from + size < ordered.length && { nextToken: String(from + size) }) };
    }
    case 'StopExecution':
      return { stopDate: now / 1000 };
    default:
      return { status: 400, body: { __type: 'UnknownOperationException', message: operation } };
  }
}

function describe({ arn, events, detail }: FakeExecution, now: number): Body {
  const end = events.findLast(
    ({ timestamp, type }) => timestamp <= now && /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(type),
  );
  const status = { ExecutionSucceeded: 'SUCCEEDED', ExecutionFailed: 'FAILED', ExecutionTimedOut: 'TIMED_OUT' }[
    end?.type ?? ''
  ];
  return {
    executionArn: arn,
    stateMachineArn: machineOf(arn),
    name: arn.split(':').at(-1),
    status: end === undefined ? 'RUNNING' : (status ?? 'ABORTED'),
    startDate: (events[0]?.timestamp ?? now) / 1000,
    ...(end && { stopDate: end.timestamp / 1000 }),
    ...detail,
  };
}

const machineOf = (executionArn: string): string =>
  executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, -1).join(':');
