import { StepFailure } from '../step-failure.ts';
import { sameArm } from './arms.ts';
import type { ServiceName } from './release.ts';
import type { Route, RouteChange, TrafficRouter } from './traffic-router.ts';

/**
 * Makes the router serve `wanted` and reads back that it does. A route that is so already is written all the same
 * while it carries an older epoch: the first write of a new lease holder shuts the holders before it out.
 * @throws StepFailure `Pointsman.NotServed` when the router took the change and serves something else
 * @throws StepFailure `Pointsman.RouteChanged`, `Pointsman.LeaseLost`, `Pointsman.BadRoute`, `Pointsman.RouterUnreachable`
 */
export async function serveRoute(
  router: TrafficRouter,
  service: ServiceName,
  epoch: number,
  wanted: RouteChange,
): Promise<Route> {
  const before = await router.observe(service);
  if (before.epoch === epoch && serves(before, wanted)) return before;
  await router.change(service, before.version, epoch, wanted);
  const after = await router.observe(service);
  if (serves(after, wanted)) return after;
  throw new StepFailure(
    'Pointsman.NotServed',
    `${service}: asked for ${inWords(wanted)}, the router serves ${inWords(after)}; observe it and decide again`,
  );
}

const serves = (route: Route, wanted: RouteChange): boolean =>
  route.candidatePercent === wanted.candidatePercent &&
  sameArm(route.stable, wanted.stable) &&
  sameArm(route.candidate, wanted.candidate);

const inWords = ({ stable, candidate, candidatePercent }: RouteChange): string =>
  candidate
    ? `${candidatePercent} % to ${candidate.release}, the rest to ${stable?.release ?? 'nothing'}`
    : `all to ${stable?.release ?? 'nothing'}`;
