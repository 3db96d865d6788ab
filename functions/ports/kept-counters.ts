import type { ReleaseCounters, RouteChange } from './traffic-router.ts';

const newest = 10;

/** The releases that keep their counters, of those seen, oldest first. What every router has in common. Pure. */
export function keptCounters<C extends Pick<ReleaseCounters, 'release' | 'inFlight'>>(
  seen: readonly C[],
  { stable, candidate }: Pick<RouteChange, 'stable' | 'candidate'>,
): readonly C[] {
  const routed = [stable?.release, candidate?.release];
  return seen.filter(
    ({ release, inFlight }, at) => at >= seen.length - newest || inFlight > 0 || routed.includes(release),
  );
}
