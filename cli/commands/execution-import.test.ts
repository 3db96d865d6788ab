import { describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { fakeIo } from '../testing/fake-io.ts';

const folder = '/home/operator/shop';
const definition = (next: string) =>
  JSON.stringify({
    StartAt: 'Call',
    States: {
      Call: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'verify' },
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, MaxAttempts: 2 }],
        OutputPath: '$.Payload',
        Next: next,
      },
      Good: { Type: 'Succeed' },
      ...(next === 'Good' ? {} : { [next]: { Type: 'Pass', Result: 'other', Next: 'Good' } }),
    },
  });

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 12, 0, seconds)).toISOString();
const service = { resourceType: 'lambda', resource: 'invoke' };
const scheduled = { ...service, region: 'eu-central-1', parameters: '{"FunctionName":"verify"}' };
const output = '{"Payload":{"ok":true}}';

/** As `aws stepfunctions get-execution-history` prints it: the second attempt succeeds. */
const history = JSON.stringify({
  events: [
    {
      timestamp: at(0),
      type: 'ExecutionStarted',
      id: 1,
      previousEventId: 0,
      executionStartedEventDetails: { input: '{"a":1}', roleArn: 'arn:r' },
    },
    {
      timestamp: at(0),
      type: 'TaskStateEntered',
      id: 2,
      previousEventId: 0,
      stateEnteredEventDetails: { name: 'Call', input: '{"a":1}' },
    },
    { timestamp: at(0), type: 'TaskScheduled', id: 3, previousEventId: 2, taskScheduledEventDetails: scheduled },
    { timestamp: at(0), type: 'TaskStarted', id: 4, previousEventId: 3, taskStartedEventDetails: service },
    {
      timestamp: at(1),
      type: 'TaskFailed',
      id: 5,
      previousEventId: 4,
      taskFailedEventDetails: { ...service, error: 'Busy', cause: 'wait' },
    },
    { timestamp: at(3), type: 'TaskScheduled', id: 6, previousEventId: 5, taskScheduledEventDetails: scheduled },
    { timestamp: at(3), type: 'TaskStarted', id: 7, previousEventId: 6, taskStartedEventDetails: service },
    {
      timestamp: at(4),
      type: 'TaskSucceeded',
      id: 8,
      previousEventId: 7,
      taskSucceededEventDetails: { ...service, output },
    },
    {
      timestamp: at(4),
      type: 'TaskStateExited',
      id: 9,
      previousEventId: 8,
      stateExitedEventDetails: { name: 'Call', output: '{"ok":true}' },
    },
    {
      timestamp: at(4),
      type: 'SucceedStateEntered',
      id: 10,
      previousEventId: 9,
      stateEnteredEventDetails: { name: 'Good', input: '{"ok":true}' },
    },
    {
      timestamp: at(4),
      type: 'SucceedStateExited',
      id: 11,
      previousEventId: 10,
      stateExitedEventDetails: { name: 'Good', output: '{"ok":true}' },
    },
    {
      timestamp: at(4),
      type: 'ExecutionSucceeded',
      id: 12,
      previousEventId: 11,
      executionSucceededEventDetails: { output: '{"ok":true}' },
    },
  ],
});

/** The first attempt fails for good; a minute later somebody redrives the execution, and the second succeeds. */
const redriven = (() => {
  const [started, entered, scheduledFirst, startedFirst, failed, ...rest] = JSON.parse(history).events;
  const down = { error: 'Down', cause: 'wait' };
  const before = [
    started,
    entered,
    scheduledFirst,
    startedFirst,
    { ...failed, taskFailedEventDetails: { ...service, ...down } },
    { timestamp: at(1), type: 'ExecutionFailed', id: 6, previousEventId: 5, executionFailedEventDetails: down },
    {
      timestamp: at(61),
      type: 'ExecutionRedriven',
      id: 7,
      previousEventId: 6,
      executionRedrivenEventDetails: { redriveCount: 1 },
    },
  ];
  const after = rest.map((event: { readonly id: number; readonly previousEventId: number }) => ({
    ...event,
    timestamp: at(61),
    id: event.id + 2,
    previousEventId: event.previousEventId + 2,
  }));
  return JSON.stringify({ events: [...before, ...after] });
})();

async function load(files: { readonly [name: string]: string }, ...more: readonly string[]) {
  const io = fakeIo({
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])),
  });
  const code = await runCli(['execution', 'import', 'h.json', '--definition', 'm.json', ...more], io);
  return { code, io, out: io.out(), err: io.err() };
}

describe('pointsman execution import', () => {
  it('replays a history to the same end in the same time', async () => {
    const { code, out } = await load({ 'h.json': history, 'm.json': definition('Good') });

    expect(code).toBe(0);
    expect(out).toBe(
      ['replay  the same end', 'status  SUCCEEDED', 'took    4.0 s of virtual time, 2 states, 12 events', ''].join(
        '\n',
      ),
    );
  });

  it('saves it as a case that passes', async () => {
    const files = { 'h.json': history, 'm.json': definition('Good') };
    const { io } = await load(files, '--save', 'cases/busy.yaml');
    const saved = io.written.get(`${folder}/cases/busy.yaml`) ?? '';
    const again = fakeIo({ files: { [`${folder}/m.json`]: files['m.json'], [`${folder}/cases/busy.yaml`]: saved } });

    expect(saved).toContain('error: Busy');
    expect(await runCli(['machine', 'test', 'm.json', '--cases', 'cases'], again)).toBe(0);
  });

  it('replays a redriven execution, of which only what failed runs again', async () => {
    const { code, out } = await load({ 'h.json': redriven, 'm.json': definition('Good') }, '--json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'SUCCEEDED',
      seconds: 61,
      case: { redrivesAfterSeconds: [60], expect: { status: 'SUCCEEDED', path: ['Call', 'Good'] } },
    });
    expect(JSON.parse(out)).not.toHaveProperty('difference');
  });

  it('tells the first difference and leaves with 3 when the machine goes elsewhere', async () => {
    const { code, out } = await load({ 'h.json': history, 'm.json': definition('Detour') });

    expect(code).toBe(3);
    expect(out).toContain('another end');
    expect(out).toContain('recorded  #10 SucceedStateEntered');
    expect(out).toContain('replayed  #10 PassStateEntered');
  });

  it('gives the case and the difference as JSON', async () => {
    const { out } = await load({ 'h.json': history, 'm.json': definition('Good') }, '--json');

    expect(JSON.parse(out)).toMatchObject({
      isSame: true,
      case: {
        startedAt: '2026-05-01T12:00:00.000Z',
        mocks: { Call: [{ errorOutput: { error: 'Busy' }, afterSeconds: 1 }, { result: { Payload: { ok: true } } }] },
        expect: { status: 'SUCCEEDED', output: { ok: true }, path: ['Call', 'Good'] },
      },
    });
  });

  it.each([
    ['{}', 'it is no history'],
    [history.replace('ExecutionStarted"', 'ExecutionGoesOn"'), 'not ExecutionStarted'],
    [history.replace('ExecutionSucceeded"', 'PassStateEntered"'), 'the execution had not ended'],
    [history.replace('"input":"{\\"a\\":1}",', ''), 'exported without data'],
    [history.replace('TaskStarted"', 'MapRunStarted"'), 'it ran a distributed Map'],
    [redriven.replace('TaskStateEntered"', 'MapStateEntered"'), 'it was redriven inside a Parallel or Map'],
  ])('says why %.40s… cannot be replayed', async (text, why) => {
    const { code, err } = await load({ 'h.json': text, 'm.json': definition('Good') });

    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});
