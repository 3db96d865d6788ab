import { type Tally, count } from './tally.ts';

/** What the router said it sends to the new release, at a moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0–100. */
  readonly percent: number;
}

/** The new release's share of the traffic in one second. */
export interface Weight {
  /** Whole seconds since the act began. */
  readonly second: number;
  /** 0–100. */
  readonly percent: number;
  /** `answers`: the host was dead, so this is what the load saw. */
  readonly from: 'router' | 'answers';
}

/**
 * A weight for each second of an act: what the router said last, and for the seconds in which the host was dead, so that
 * nobody could ask, what the answers show.
 */
export function weightsBySecond(
  act: {
    readonly from: number;
    readonly to: number;
    readonly version: string;
    readonly hostDead: { readonly from: number; readonly to: number } | null;
  },
  samples: readonly Sample[],
  tallies: readonly Tally[],
): Weight[] {
  const seconds = Math.max(1, Math.ceil((act.to - act.from) / 1000));
  return Array.from({ length: seconds }, (_, second): Weight => {
    const [start, end] = [act.from + second * 1000, act.from + (second + 1) * 1000];
    const isDead = act.hostDead !== null && act.hostDead.from < end && act.hostDead.to > start;
    const said = samples.findLast(({ at }) => at < end);
    if (said && (!isDead || said.at >= start)) return { second, percent: said.percent, from: 'router' };
    const answers = tallies.filter((tally) => tally.second === Math.floor(start / 1000) && tally.version !== null);
    const [all, fresh] = [count(answers), count(answers.filter(({ version }) => version === act.version))];
    const percent = all.requests === 0 ? (said?.percent ?? 0) : (100 * fresh.requests) / all.requests;
    return { second, percent, from: isDead ? 'answers' : 'router' };
  });
}

/** One character a weight: `·` for nothing, then blocks that grow; at most `columns`, by leaving out. */
export function sparkline(weights: readonly Weight[], columns: number): string {
  return thinned(weights, columns)
    .map(({ percent }) => (percent <= 0 ? '·' : ('▁▂▃▄▅▆▇█'[Math.min(7, Math.floor((percent / 100) * 7.99))] ?? '█')))
    .join('');
}

/** `×` under each second in which the host was dead. Empty when it never was. */
export function deadline(weights: readonly Weight[], columns: number): string {
  return thinned(weights, columns)
    .map(({ from }) => (from === 'answers' ? '×' : ' '))
    .join('')
    .trimEnd();
}

/** `0 → 10 → 50 → 100 %`: the weights that the router said, each as often as it changed. */
export function weightPath(weights: readonly Weight[]): string {
  const said = weights.flatMap(({ percent, from }) => (from === 'router' ? [percent] : []));
  return `${said.filter((percent, index) => percent !== said[index - 1]).join(' → ')} %`;
}

const thinned = (weights: readonly Weight[], columns: number): readonly Weight[] => {
  const step = Math.max(1, weights.length / columns);
  const kept = Math.min(weights.length, columns);
  return Array.from({ length: kept }, (_, index) => weights[Math.floor(index * step)]).filter(
    (weight) => weight !== undefined,
  );
};
