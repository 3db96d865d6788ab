import { describe, expect, it } from 'vitest';
import { watchReadiness } from './readiness-watch.ts';

const readiness = (failing: readonly string[], seconds: number | null = null) => ({
  verdict: failing.length === 0 ? 'ready' : 'not-ready',
  checks: ['replication', 'backups'].map((name) => ({
    name,
    status: failing.includes(name) ? 'fail' : 'pass',
    evidence: `seen of ${name}`,
  })),
  forecast: { seconds, text: `fail over now: about ${seconds} s` },
  plan: { objectives: { rtoSeconds: 60 } },
});

function watched() {
  const told: string[] = [];
  let next: unknown = readiness([]);
  const watch = watchReadiness({
    groups: async () => ['shop'],
    now: () => 1,
    check: async ({ mode }) => (mode === 'failover' ? next : readiness([])),
    tell: (line, isGood) => told.push(`${isGood ? '+' : '-'} ${line}`),
  });
  const look = async (found: unknown) => {
    next = found;
    await watch.round();
    return told.splice(0);
  };
  return { watch, look };
}

describe('watchReadiness', () => {
  it('tells once when a check begins to fail, and when it ceases', async () => {
    const { watch, look } = watched();

    expect(await look(readiness([]))).toEqual([]);
    expect(await look(readiness(['backups']))).toEqual(['- shop: failover: backups fails: seen of backups']);
    expect(await look(readiness(['backups']))).toEqual([]);
    expect(await look(readiness([]))).toEqual(['+ shop: failover: backups is well again']);
    await watch.stop();
  });

  it('tells when it would take longer than planned', async () => {
    const { watch, look } = watched();

    expect(await look(readiness([], 59))).toEqual([]);
    expect(await look(readiness([], 61))).toEqual(['- shop: failover: fail over now: about 61 s; planned are 60 s']);
    await watch.stop();
  });

  it('keeps the newest look, and goes on after one that failed', async () => {
    const { watch, look } = watched();
    expect(watch.latest('shop')).toBeNull();
    await look(readiness([]));

    expect(await look('nonsense')).toEqual([expect.stringContaining('shop cannot be looked at')]);
    expect(watch.latest('shop')?.failover.verdict).toBe('ready');
    await watch.stop();
  });
});
