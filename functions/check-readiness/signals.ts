import type { Facts } from './facts.ts';

/** A sign that the primary is lost. */
interface Signal {
  readonly name: 'own-look' | 'stream' | 'endpoint';
  readonly evidence: string;
}

/**
 * Independent signs that the primary is lost: what we see, what its standbys see, what clients see. A standby that is
 * slow, or a network that fails us alone, gives one of them.
 */
export function signalsOf({ primary, state, endpoint, now }: Facts): readonly Signal[] {
  const name = primary?.site ?? 'the primary';
  const signals: Signal[] = [];
  if (primary !== undefined && primary.reach !== 'answers')
    signals.push({ name: 'own-look', evidence: `${name} is ${primary.reach}` });
  const followers = state.sites.filter(
    ({ role, reach, follows }) => role === 'standby' && reach === 'answers' && follows === primary?.site,
  );
  if (followers.length > 0 && followers.every(({ stream }) => stream !== 'flowing'))
    signals.push({
      name: 'stream',
      evidence: `${followers.map(({ site }) => site).join(', ')} no longer gets its changes`,
    });
  if (!(endpoint instanceof Error) && endpoint.failingSince !== undefined)
    signals.push({
      name: 'endpoint',
      evidence: `clients have not been connected through for ${((now - endpoint.failingSince) / 1000).toFixed(1)} s`,
    });
  return signals;
}

/** Two signs at least, and one of them our own look: a failover away from a primary that answers is a person's decision. */
export const isLost = (signals: readonly Signal[]): boolean =>
  signals.length >= 2 && signals.some(({ name }) => name === 'own-look');
