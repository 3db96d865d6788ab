import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { StepFunction } from '../../../functions/step-function.ts';
import { type FakeAws, startFakeAws } from '../../../test/support/aws/fake-aws.ts';
import { lambdaHandler } from './lambda-handler.ts';

let fake: FakeAws;
beforeAll(async () => {
  fake = await startFakeAws();
});
afterAll(() => fake.stop());

const NOW = Date.UTC(2026, 10, 27);
const lines: Record<string, unknown>[] = [];
beforeEach(() => void lines.splice(0));

type Echo = StepFunction<{ readonly say: string }, unknown, { readonly voice: (text: string) => Promise<string> }>;

const echo: Echo = {
  name: 'echo',
  read(raw) {
    const say = typeof raw === 'object' && raw !== null && 'say' in raw ? raw.say : undefined;
    if (typeof say !== 'string') throw new StepFailure('Pointsman.BadInput', 'echo: say: expected string');
    return { say };
  },
  run: async ({ say }, { voice }, { key }) => ({ said: await voice(say), key }),
};

function handlerOf(voice: (text: string) => Promise<string>, opens = vi.fn(), environment: NodeJS.ProcessEnv = {}) {
  return lambdaHandler(
    echo,
    {
      voice() {
        opens();
        return voice;
      },
    },
    {
      environment: { POINTSMAN_STAGE: 'dev', POINTSMAN_TABLE: 'control', ...fake.environment, ...environment },
      clock: { now: () => NOW },
      log: (line) => void lines.push(JSON.parse(line)),
    },
  );
}

const context = { functionName: 'pointsman-dev-echo', awsRequestId: 'request-1' };
const withKey = (key: string) => ({ ...context, clientContext: { custom: { 'pointsman.key': key } } });

describe('lambdaHandler', () => {
  it('reads the input, runs, and logs a line without input or output', async () => {
    const handler = handlerOf(async (text) => text.toUpperCase());

    expect(await handler({ say: 'hi', owner: 'arn:aws:states:eu-west-1:1:execution:deploy:x' }, context)).toEqual({
      said: 'HI',
      key: 'request-1',
    });
    expect(lines).toEqual([
      {
        level: 'info',
        time: '2026-11-27T00:00:00.000Z',
        stage: 'dev',
        function: 'echo',
        outcome: 'succeeded',
        durationMs: 0,
        requestId: 'request-1',
        execution: 'arn:aws:states:eu-west-1:1:execution:deploy:x',
        isCold: true,
      },
    ]);
  });

  it('fails with the name of the failure, before a port is opened for an input that is none', async () => {
    const opens = vi.fn();
    const handler = handlerOf(async (text) => text, opens);

    await expect(handler({}, context)).rejects.toMatchObject({ name: 'Pointsman.BadInput' });
    expect(opens).not.toHaveBeenCalled();
    expect(lines).toMatchObject([
      { outcome: 'failed', error: 'Pointsman.BadInput', message: 'echo: say: expected string' },
    ]);
  });

  it('opens ports once, and again after they could not be opened', async () => {
    const opens = vi.fn().mockImplementationOnce(() => {
      throw new StepFailure('Pointsman.NotConfigured', 'not yet');
    });
    const handler = handlerOf(async (text) => text, opens);

    await expect(handler({ say: 'hi' }, context)).rejects.toMatchObject({ name: 'Pointsman.NotConfigured' });
    await handler({ say: 'hi' }, context);
    await handler({ say: 'hi' }, context);
    expect(opens).toHaveBeenCalledTimes(2);
  });

  it('tells the trace that X-Ray gave the call', async () => {
    const environment = {
      _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    };
    await handlerOf(async (text) => text, vi.fn(), environment)({ say: 'hi' }, context);

    expect(lines).toMatchObject([{ trace: '1-5759e988-bd862e3fe1be46a994272793' }]);
  });

  it('answers the same for every repetition of a key, and runs once', async () => {
    const voice = vi.fn(async (text: string) => text);
    const handler = handlerOf(voice);
    const first = await handler({ say: 'one' }, withKey('a/1'));

    expect(await handler({ say: 'two' }, withKey('a/1'))).toEqual(first);
    expect(await handler({ say: 'two' }, withKey('a/2'))).toMatchObject({ said: 'two' });
    expect(voice).toHaveBeenCalledTimes(2);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['succeeded', 'repeated', 'succeeded']);
  });

  it('runs again with the key of a call that failed', async () => {
    const voice = vi.fn(async (text: string) => text).mockRejectedValueOnce(new Error('no voice'));
    const handler = handlerOf(voice);

    await expect(handler({ say: 'hi' }, withKey('b/1'))).rejects.toThrow('no voice');
    expect(await handler({ say: 'hi' }, withKey('b/1'))).toMatchObject({ said: 'hi' });
  });

  it('refuses a repetition while the call runs', async () => {
    let answer: (text: string) => void = () => {};
    const handler = handlerOf(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const first = handler({ say: 'hi' }, withKey('c/1'));
    await vi.waitUntil(() => fake.calls.at(-1) === 'DynamoDB_20120810.PutItem');

    await expect(handler({ say: 'hi' }, withKey('c/1'))).rejects.toMatchObject({ name: 'Pointsman.StillRunning' });
    answer('done');
    expect(await first).toMatchObject({ said: 'done' });
  });

  it('remembers nothing for a caller without keys', async () => {
    const before = fake.calls.length;
    await handlerOf(async (text) => text)({ say: 'hi' }, context);

    expect(fake.calls.length).toBe(before);
  });

  it('keeps credentials out of the log', async () => {
    const handler = handlerOf(
      async () => {
        throw new Error('refused: token "t0p secret"');
      },
      vi.fn(),
      { AWS_SESSION_TOKEN: 't0p secret' },
    );

    await expect(handler({ say: 'hi' }, context)).rejects.toThrow();
    expect(JSON.stringify(lines)).not.toContain('t0p secret');
    expect(lines).toMatchObject([{ message: 'refused: token "[secret]"' }]);
  });

  it('fails before Lambda ends it', async () => {
    const handler = handlerOf(() => new Promise(() => {}));

    await expect(handler({ say: 'hi' }, { ...context, getRemainingTimeInMillis: () => 500 })).rejects.toMatchObject({
      name: 'Pointsman.TimedOut',
      message: 'echo has used up its time without an answer',
    });
  });
});
