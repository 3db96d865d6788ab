import type { Arm, Route, RouteChange } from './traffic-router.ts';

/** What becomes of a change: the next route, or the failure that `TrafficRouter.change` throws for it. */
type RouteDecision =
  | { readonly kind: 'changed'; readonly route: Route }
  | {
      readonly kind: 'refused';
      readonly name: 'Pointsman.BadRoute' | 'Pointsman.LeaseLost' | 'Pointsman.RouteChanged';
      readonly message: string;
    };

/** The rules of `TrafficRouter.change` for one route, in the order bad route, lost lease, changed route. Pure. */
export function changedRoute(
  current: Route,
  expectedVersion: number,
  epoch: number,
  { stable, candidate, candidatePercent }: RouteChange,
): RouteDecision {
  const { service } = current;
  const problem = routeProblem({ stable, candidate, candidatePercent });
  if (problem) return { kind: 'refused', name: 'Pointsman.BadRoute', message: `${service}: ${problem}` };
  if (epoch < current.epoch) {
    const message = `${service}: a change of epoch ${epoch} came after one of epoch ${current.epoch}; the lease is held by somebody else now`;
    return { kind: 'refused', name: 'Pointsman.LeaseLost', message };
  }
  if (expectedVersion !== current.version) {
    const message = `${service}: expected version ${expectedVersion}, the route is at ${current.version}; observe it and decide again`;
    return { kind: 'refused', name: 'Pointsman.RouteChanged', message };
  }
  const route = { service, version: current.version + 1, epoch, stable, candidate, candidatePercent };
  return { kind: 'changed', route };
}

/** The route of a service nobody has routed yet. */
export const unrouted = (service: string): Route => ({
  service,
  version: 0,
  epoch: 0,
  stable: undefined,
  candidate: undefined,
  candidatePercent: 0,
});

/** Why a route cannot be served, for people; undefined when it can. */
function routeProblem({ stable, candidate, candidatePercent }: RouteChange): string | undefined {
  const hundredths = candidatePercent * 100;
  if (!(candidatePercent >= 0 && candidatePercent <= 100))
    return `asked for ${candidatePercent} % to the candidate, a share is from 0 to 100`;
  if (Math.abs(hundredths - Math.round(hundredths)) > 1e-6)
    return `asked for ${candidatePercent} % to the candidate, a share has steps of 0.01`;
  if (candidatePercent > 0 && !serves(candidate))
    return `asked for ${candidatePercent} % to the candidate, which has no upstream`;
  // Without a stable arm and without a share nothing is served yet, or not any more: the service answers 503.
  const stableIsNeeded = stable !== undefined || candidatePercent > 0;
  if (candidatePercent < 100 && stableIsNeeded && !serves(stable))
    return `asked for ${100 - candidatePercent} % to the stable arm, which has no upstream`;
  const bad = [...(stable?.upstreams ?? []), ...(candidate?.upstreams ?? [])].find((url) => !isHttpBase(url));
  return bad === undefined ? undefined : `${bad} is no upstream; one looks like http://127.0.0.1:8080`;
}

const serves = (arm: Arm | undefined): boolean => arm !== undefined && arm.upstreams.length > 0;

function isHttpBase(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && url.search === '' && url.hash === '';
}
