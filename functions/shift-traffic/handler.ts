import * as z from 'zod/mini';
import { readyArm } from '../ports/arms.ts';
import { digest, epoch, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { TargetState } from '../ports/release-target.ts';
import { serveRoute } from '../ports/serve-route.ts';
import type { Arm } from '../ports/traffic-router.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  /** null: nothing was ever promoted. */
  stable: z.nullable(digest),
  candidate: digest,
  /** Share of the requests that the candidate is to get. */
  percent: z.number().check(z.gte(0), z.lte(100)),
  /** Candidate instances that must be ready before it gets any. */
  instances: z.int().check(z.gte(1)),
  epoch,
});

export type ShiftTrafficInput = z.output<typeof input>;

/** As the router serves it, read back. */
export interface ShiftTrafficOutput {
  readonly percent: number;
  readonly version: number;
}

/**
 * Sends `percent` of a service's requests to the candidate and the rest to stable, each to the instances that are ready
 * now. At 0 the router forgets the candidate. Resolves when that is what the router serves. Safe to repeat.
 * @throws StepFailure `Pointsman.NotReady` when the candidate is to get requests before all its instances are ready
 * @throws StepFailure `Pointsman.NoCapacity` when stable is to get requests and has no ready instance
 * @throws StepFailure `Pointsman.NotServed`, `Pointsman.RouteChanged`: observe and decide again, that is, repeat
 * @throws StepFailure `Pointsman.LeaseLost`, `Pointsman.RouterUnreachable`
 */
export const shiftTraffic: StepFunction<ShiftTrafficInput, ShiftTrafficOutput, Pick<Ports, 'router' | 'target'>> = {
  name: 'shift-traffic',
  read: reader('shift-traffic', input),
  async run({ service, stable, candidate, percent, instances, epoch }, { router, target }) {
    const state = await target.observe(service);
    const route = await serveRoute(router, service, epoch, {
      stable: stable === null ? undefined : stableArm(state, stable, percent),
      candidate: percent === 0 ? undefined : candidateArm(state, candidate, percent, instances),
      candidatePercent: percent,
    });
    return { percent: route.candidatePercent, version: route.version };
  },
};

function stableArm(state: TargetState, stable: string, percent: number): Arm {
  const arm = readyArm(state, stable);
  if (percent < 100 && arm.upstreams.length === 0)
    throw new StepFailure(
      'Pointsman.NoCapacity',
      `${state.service}: asked to send ${100 - percent} % to ${stable}, which has no ready instance; traffic stays where it is`,
    );
  return arm;
}

function candidateArm(state: TargetState, candidate: string, percent: number, wanted: number): Arm {
  const arm = readyArm(state, candidate);
  if (arm.upstreams.length < wanted)
    throw new StepFailure(
      'Pointsman.NotReady',
      `${state.service}: asked to send ${percent} % to ${candidate}, of which ${arm.upstreams.length} of ${wanted} instances are ready`,
    );
  return arm;
}
