import { noon } from './fake-io.ts';

/** An event as the runner stores it: milliseconds. */
export type TestEvent = {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  readonly [details: `${string}EventDetails`]: object;
};

/** `[seconds after noon, type, details, previous id]`; the event before is the previous one when it is not given. */
export type Row = readonly [seconds: number, type: string, details?: object | undefined, previous?: number];

/** A history from rows, ids counted from 1, details under the key that AWS gives them. */
export const history = (...rows: readonly Row[]): TestEvent[] =>
  rows.map(([seconds, type, details, previous], index) => ({
    id: index + 1,
    previousEventId: previous ?? index,
    timestamp: noon + seconds * 1000,
    type,
    ...(details && { [detailsKey(type)]: details }),
  }));

function detailsKey(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

const arn = (kind: string, name: string): string => `arn:aws:${kind}:us-east-1:000000000000:${name}`;
export const functionArn = (name: string): string => arn('lambda', `function:${name}`);
export const executionArn = (machine: string, name: string): string => arn('states', `execution:${machine}:${name}`);

/** A call of a step function that succeeds within half a second, in four events. */
export const called = (seconds: number, state: string, name: string, input: object, output: object): Row[] => [
  [seconds, 'TaskStateEntered', { name: state, input: '{}' }],
  [seconds, 'LambdaFunctionScheduled', { resource: functionArn(name), input: JSON.stringify(input) }],
  [seconds + 0.5, 'LambdaFunctionSucceeded', { output: JSON.stringify(output) }],
  [seconds + 0.5, 'TaskStateExited', { name: state, output: '{}' }],
];

/** What the judge answers after `requests` requests. */
export const judged = (verdict: string, reason: string, requests: number, errors: number, more: number | null) => ({
  verdict,
  reason,
  more: more === null ? null : { requests: more, seconds: 10 },
  memory: { evidence: { candidate: { errors: { trials: requests, hits: errors } } } },
});
