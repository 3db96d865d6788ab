import * as z from 'zod/mini';
import { readyArm } from '../ports/arms.ts';
import { digest, epoch, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { serveRoute } from '../ports/serve-route.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ service: serviceName, release: digest, epoch });

export type PromoteReleaseInput = z.output<typeof input>;

/** The route's version once the release is its stable arm. */
export interface PromoteReleaseOutput {
  readonly version: number;
}

/**
 * Makes the candidate the stable release: first for the target, which from then on refuses to retire it, then for the
 * router, where its instances become the stable arm in one change. Safe to repeat, also half-way.
 * @throws StepFailure `Pointsman.NotReady` when no instance of the release is ready
 * @throws StepFailure `Pointsman.NotServed`, `Pointsman.RouteChanged`: repeat
 * @throws StepFailure `Pointsman.LeaseLost`, `Pointsman.RouterUnreachable`
 */
export const promoteRelease: StepFunction<
  PromoteReleaseInput,
  PromoteReleaseOutput,
  Pick<Ports, 'router' | 'target'>
> = {
  name: 'promote-release',
  read: reader('promote-release', input),
  async run({ service, release, epoch }, { router, target }) {
    const arm = readyArm(await target.observe(service), release);
    if (arm.upstreams.length === 0)
      throw new StepFailure(
        'Pointsman.NotReady',
        `${service}: asked to promote ${release}, which has no ready instance`,
      );
    await target.promote(service, release, epoch);
    const wanted = { stable: arm, candidate: undefined, candidatePercent: 0 };
    const { version } = await serveRoute(router, service, epoch, wanted);
    return { version };
  },
};
