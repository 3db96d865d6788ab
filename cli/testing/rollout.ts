import type { FakeExecution, FakeHostOptions } from './fake-host.ts';
import { called, executionArn, history, judged, type Row } from './fake-history.ts';
import { noon } from './fake-io.ts';

export const deployArn = executionArn('deploy', 'shop-1');
export const canaryArn = executionArn('canary', 'shop-1-canary');

const stable = `sha256:${'a'.repeat(64)}`;
const candidate = `sha256:${'b'.repeat(64)}`;

const startedCanary: Row[] = [
  [1, 'TaskStateEntered', { name: 'Canary', input: '{}' }],
  [1, 'TaskScheduled', { resourceType: 'states', resource: 'startExecution.sync:2', parameters: '{}' }],
  [
    1,
    'TaskSubmitted',
    { resourceType: 'states', resource: 'startExecution.sync:2', output: JSON.stringify({ ExecutionArn: canaryArn }) },
  ],
];

const wait = (seconds: number): Row[] => [[seconds, 'WaitStateEntered', { name: 'Let requests come', input: '{}' }]];
const waited = (seconds: number): Row[] => [[seconds, 'WaitStateExited', { name: 'Let requests come', output: '{}' }]];
const shift = (seconds: number, percent: number) =>
  called(seconds, `Shift to ${percent}`, 'shift-traffic', { percent }, { percent, version: 2 });
const judge = (seconds: number, percent: number, verdict: ReturnType<typeof judged>) =>
  called(seconds, 'Judge', 'judge-canary', { percent }, verdict);

/** A rollout of 30 s whose canary is judged `safe` or `bad` in the end. */
export function rollout(verdict: 'safe' | 'bad'): FakeExecution[] {
  const isSafe = verdict === 'safe';
  const canary = history(
    [1, 'ExecutionStarted', { input: '{}' }],
    ...shift(1, 10),
    ...wait(2),
    ...waited(7),
    ...judge(7, 10, judged('need-more', 'too few requests', 140, 2, 20)),
    ...wait(8),
    ...waited(13),
    ...judge(13, 10, judged('need-more', 'too few requests', 150, 2, 10)),
    ...wait(14),
    ...waited(19),
    ...judge(
      19,
      10,
      isSafe
        ? judged('safe', 'fails under 1 % of its requests', 400, 2, null)
        : judged('bad', 'fails more than stable: 10 % errors against 0.1 % of stable', 400, 40, null),
    ),
    ...shift(20, isSafe ? 100 : 0),
    [
      21,
      isSafe ? 'ExecutionSucceeded' : 'ExecutionFailed',
      isSafe ? { output: '{}' } : { error: 'Pointsman.TakenBack', cause: 'fails more than stable' },
    ],
  );
  const deploy = history(
    [0, 'ExecutionStarted', { input: '{}' }],
    ...called(0, 'Resolve the image', 'resolve-image', {}, { image: 'shop:v2', release: candidate }),
    ...startedCanary,
    ...(isSafe
      ? ([
          [22, 'TaskSucceeded', { output: '{}' }],
          [22, 'TaskStateExited', { name: 'Canary', output: '{}' }],
          [30, 'ExecutionSucceeded', { output: '{"outcome":"promoted"}' }],
        ] satisfies Row[])
      : ([
          [22, 'TaskFailed', { error: 'States.TaskFailed', cause: 'fails more than stable' }],
          [22, 'TaskStateExited', { name: 'Canary', output: '{}' }],
          [
            30,
            'ExecutionFailed',
            { error: 'Pointsman.TakenBack', cause: 'fails more than stable:\n10 % errors against 0.1 %' },
          ],
        ] satisfies Row[])),
  );
  const definition = {
    StartAt: 'Let requests come',
    States: { 'Let requests come': { Type: 'Wait', Seconds: 5, End: true } },
  };
  return [
    { arn: deployArn, events: deploy },
    { arn: canaryArn, events: canary, definition },
  ];
}

const counted = (release: string, requests: number, errors: number, abandoned: number) => ({
  release,
  requests,
  errors,
  abandoned,
  inFlight: 1,
  latency: { boundsMs: [], counts: [], waiting: [] },
  upstreams: [],
});
const instance = (id: string, release: string, phase: string, detail: string, lastLogLines: string[] = []) => ({
  id,
  release,
  url: 'http://127.0.0.1:41234',
  phase,
  detail,
  lastLogLines,
});
const record = (outcome: string, reason: string, image: string, release: string, execution: string, at: number) => ({
  service: 'shop',
  release,
  image,
  outcome,
  reason,
  execution,
  at,
});

/** `GET /services/shop`: a rollout runs until `endsAt`, and is then recorded as `outcome`. */
export const shopStatus = (now: number, endsAt: number, outcome: string, reason: string) => {
  const isOver = now >= endsAt;
  const first = record(
    'promoted',
    'first release',
    'shop:v1',
    stable,
    executionArn('deploy', 'shop-0'),
    noon - 3_600_000,
  );
  return {
    service: 'shop',
    url: 'http://127.0.0.1:8080',
    route: {
      service: 'shop',
      version: 7,
      epoch: 2,
      stable: { release: stable, upstreams: ['http://127.0.0.1:41230'] },
      candidate: isOver ? null : { release: candidate, upstreams: ['http://127.0.0.1:41234'] },
      candidatePercent: isOver ? 0 : 10,
    },
    counters: [counted(stable, 12_345, 3, 0), counted(candidate, 140, 2, 5)],
    stable,
    candidate: isOver ? null : candidate,
    instances: [
      instance('shop-a1', stable, 'ready', 'readiness answered 200'),
      ...(isOver
        ? []
        : [
            instance('shop-b1', candidate, 'ready', 'readiness answered 200'),
            instance('shop-b2', candidate, 'starting', 'readiness answered 503', ['connecting…', 'no database']),
          ]),
    ],
    lease: { name: 'shop', owner: deployArn, epoch: 2, expiresAt: endsAt },
    rollout: isOver
      ? null
      : {
          executionArn: deployArn,
          image: 'shop:v2',
          release: candidate,
          startedAt: noon,
          waitingFor: 'Let requests come: a timer',
          since: noon + 2000,
        },
    releases: isOver ? [record(outcome, reason, 'shop:v2', candidate, deployArn, endsAt), first] : [first],
  };
};

/** A host on which that rollout runs. */
export const shopHost = (verdict: 'safe' | 'bad', more: FakeHostOptions = {}): FakeHostOptions => ({
  executions: rollout(verdict),
  ...more,
  own: {
    'GET /services/shop': (_, now) =>
      shopStatus(
        now,
        noon + 30_000,
        verdict === 'safe' ? 'promoted' : 'taken-back',
        verdict === 'safe' ? 'fails under 1 %' : 'fails more than stable',
      ),
    ...more.own,
  },
});
