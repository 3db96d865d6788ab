import type { RecoveryRun } from '../ports/recovery/recovery-runs.ts';
import type { Facts } from './facts.ts';
import type { ExposureNow, Forecast } from './readiness.ts';

const MEASURED = 10;

/** What it would take and lose to do it now, from what such runs took here and from what is missing at the candidate. */
export function forecastOf({ mode, runs, exposure, candidates }: Facts): Forecast {
  const kinds: readonly RecoveryRun['kind'][] = mode === 'failover' ? ['failover', 'failover-drill'] : ['switchover'];
  const taken = runs
    .filter(({ kind, outcome }) => kinds.includes(kind) && outcome === 'done')
    .flatMap(({ rtoSeconds }) => rtoSeconds?.actual ?? [])
    .slice(0, MEASURED)
    .toSorted((a, b) => a - b);
  const seconds = taken[Math.floor(taken.length / 2)] ?? null;
  const verb = { switchover: 'switch over', failover: 'fail over', failback: 'fail back' }[mode];
  const time = seconds === null ? 'nobody measured how long it takes' : `about ${rounded(seconds)} s`;
  const loss = mode === 'failover' ? lossInWords(exposure) : 'loses nothing';
  const text = candidates.length === 0 ? `${verb} now: nobody can take over` : `${verb} now: ${time}, ${loss}`;
  return { seconds, runs: taken.length, exposure: mode === 'failover' ? exposure : null, text };
}

function lossInWords(exposure: ExposureNow | null): string {
  if (exposure === null) return 'what it loses cannot be told';
  const { bytes, commits, seconds } = exposure;
  if (bytes === '0') return 'loses nothing';
  return commits === null
    ? `loses ${bytes} bytes (${rounded(seconds)} s)`
    : `loses ${commits} commit${commits === 1 ? '' : 's'}`;
}

const rounded = (seconds: number): string =>
  (seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)).replace(/\.0$/, '');
