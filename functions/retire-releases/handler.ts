import * as z from 'zod/mini';
import { digest, epoch, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Route } from '../ports/traffic-router.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  /** Releases that stay; all others go. */
  keep: z.array(digest),
  /** Ends instances even while they answer requests: for connections that never close. */
  evenInFlight: z._default(z.boolean(), false),
  epoch,
});

export type RetireReleasesInput = z.output<typeof input>;

/** Releases that are gone now. */
export interface RetireReleasesOutput {
  readonly retired: readonly string[];
}

/**
 * Ends every release of a service but those to keep, also what a rollout left that died. Nothing ends before the
 * router, read back, sends it no request and it has answered those it had. Safe to repeat; call until it succeeds.
 * @throws StepFailure `Pointsman.StillServed` when the router sends requests to one: shift traffic away first
 * @throws StepFailure `Pointsman.StillDraining` while one answers requests: ask again, or with `evenInFlight`
 * @throws StepFailure `Pointsman.StillStopping` while instances are ending: ask again
 * @throws StepFailure `Pointsman.LeaseLost`, `Pointsman.RouterUnreachable`, `Pointsman.LastCapacity`
 */
export const retireReleases: StepFunction<
  RetireReleasesInput,
  RetireReleasesOutput,
  Pick<Ports, 'router' | 'target'>
> = {
  name: 'retire-releases',
  read: reader('retire-releases', input),
  async run({ service, keep, evenInFlight, epoch }, { router, target }) {
    const before = await target.observe(service);
    const all = new Set([...(before.candidate ? [before.candidate] : []), ...before.instances.map((i) => i.release)]);
    const leaving = [...all].filter((release) => !keep.includes(release));
    if (leaving.length === 0) return { retired: [] };
    const [route, counters] = await Promise.all([router.observe(service), router.counters(service)]);
    for (const release of leaving) {
      const share = shareOf(route, release);
      if (share > 0)
        throw new StepFailure(
          'Pointsman.StillServed',
          `${service}: asked to retire ${release}, which is served ${share} %; shift its traffic away first`,
        );
      const inFlight = counters.find((each) => each.release === release)?.inFlight ?? 0;
      if (inFlight > 0 && !evenInFlight)
        throw new StepFailure(
          'Pointsman.StillDraining',
          `${service}: ${release} gets no request any more and is still answering ${inFlight}`,
        );
    }
    for (const release of leaving) await target.retire(service, release, epoch);
    const { instances } = await target.observe(service);
    const left = instances.filter((instance) => leaving.includes(instance.release));
    if (left.length === 0) return { retired: leaving };
    const names = left.map(({ id, detail }) => `${id} (${detail})`).join(', ');
    throw new StepFailure('Pointsman.StillStopping', `${service}: asked to end and not gone yet: ${names}`);
  },
};

function shareOf({ stable, candidate, candidatePercent }: Route, release: string): number {
  if (candidate?.release === release) return candidatePercent;
  return stable?.release === release ? 100 - candidatePercent : 0;
}
