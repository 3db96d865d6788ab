import { afterEach, describe, expect, it } from 'vitest';
import { FIRESTORE_PACE } from '../../../adapters/gcp/firestore/paced-commits.ts';
import { virtualClock } from '../../../adapters/local/virtual-clock.ts';
import { paths } from '../../../adapters/gcp/firestore/execution-store/paths.ts';
import { type GcpHost, functionArn, machineArn, startGcpHost } from './start-gcp-host.ts';

const hosts: GcpHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.end();
});

const wide = {
  QueryLanguage: 'JSONata',
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Items: '{% [1..$states.input.width] %}',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Work',
        States: { Work: { Type: 'Task', Resource: functionArn('work'), End: true } },
      },
      Output: 'done',
      End: true,
    },
  },
};

async function run(width: number) {
  const clock = virtualClock(Date.UTC(2026, 0, 1));
  /** Of each document, when it was written. */
  const times = new Map<string, number[]>();
  const host = await startGcpHost({
    clock,
    definitions: { wide },
    functions: { work: async () => 'ok' },
    wrapDocuments: (documents) => ({
      ...documents,
      async write(writes) {
        const answer = await documents.write(writes);
        if (answer === 'refused') return answer;
        for (const { path } of writes) times.set(path, [...(times.get(path) ?? []), clock.now()]);
        return answer;
      },
    }),
  });
  hosts.push(host);
  const input = JSON.stringify({ width });
  const { executionArn } = await host.call('StartExecution', {
    stateMachineArn: machineArn('wide'),
    name: 'run',
    input,
  });
  await host.settled();
  const arn = String(executionArn);
  const summary = await host.store.summary(arn);
  const meter = host.meter();
  return { summary, meter, head: times.get(paths.execution(arn)) ?? [] };
}

const hottest = (writes: ReadonlyMap<string, number>) =>
  [...writes].sort(([, a], [, b]) => b - a).map(([path]) => path);

describe('a wide Map on Google Cloud', () => {
  it('writes no document more often than a burst and then once a second: the head of the parent and its Map Run', async () => {
    const { summary, meter, head } = await run(120);
    expect(summary?.status).toBe('SUCCEEDED');

    const [created = 0, ...commits] = head;
    expect(commits.length).toBeGreaterThan(20);
    expect(commits.length).toBeLessThan(120);
    for (const [i, at] of commits.entries()) {
      const since = (at - created) / FIRESTORE_PACE.intervalMs;
      expect(i + 1).toBeLessThanOrEqual(FIRESTORE_PACE.burst + since);
    }
    const [first = '', second = '', third = ''] = hottest(meter.writes);
    expect(new Set([first, second].map((path) => path.split('/')[0]))).toEqual(new Set(['executions', 'mapRuns']));
    expect(meter.writes.get(third)).toBeLessThan(10);
  });

  it('costs each item about the same however wide it is', async () => {
    const cost = ({ meter }: Awaited<ReturnType<typeof run>>) =>
      meter.reads + meter.deletes + meter.writes.values().reduce((sum, each) => sum + each, 0);
    const [small, large] = [await run(10), await run(40)];
    expect(cost(large) / 40).toBeLessThan(1.5 * (cost(small) / 10));
  });
});
