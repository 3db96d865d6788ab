import { describe, expect, it } from 'vitest';
import type { Route } from '../../../functions/ports/traffic-router.ts';
import { pickAnother, pickUpstream, routingTable, type RoutingTable } from './routing-table.ts';

const route: Route = {
  service: 'web',
  version: 1,
  epoch: 1,
  stable: { release: 'old', upstreams: ['http://s1', 'http://s2'] },
  candidate: { release: 'new', upstreams: ['http://c1', 'http://c2'] },
  candidatePercent: 50,
};
const now = 1_000;

describe('routingTable', () => {
  it('takes the instances of an arm in turns', () => {
    const table = routingTable({ ...route, candidatePercent: 0 }, new Map(), 0);

    expect(take(table, 4)).toEqual(['http://s1', 'http://s2', 'http://s1', 'http://s2']);
  });

  it('passes over an ejected instance until its time is up', () => {
    const table = routingTable({ ...route, candidatePercent: 0 }, new Map(), 0);
    upstream(table, 'stable', 0).ejectedUntil = now + 1;

    expect(take(table, 3)).toEqual(['http://s2', 'http://s2', 'http://s2']);
    expect(take(table, 2, now + 1)).toEqual(['http://s1', 'http://s2']);
  });

  it('keeps the share of an arm whose instances are all ejected', () => {
    const table = routingTable(route, new Map(), 0);
    for (const i of [0, 1]) upstream(table, 'candidate', i).ejectedUntil = now + 1;

    expect(take(table, 4)).toEqual(['http://s1', 'http://c1', 'http://s2', 'http://c2']);
  });

  it('has no upstream when nothing is routed', () => {
    const table = routingTable(
      { ...route, stable: undefined, candidate: undefined, candidatePercent: 0 },
      new Map(),
      0,
    );

    expect(pickUpstream(table, now)).toBeUndefined();
  });

  it('tries again on the same arm first, then on the other one, then nowhere', () => {
    const table = routingTable(route, new Map(), 0);
    const tried = [upstream(table, 'candidate', 0)];
    const order: (string | undefined)[] = [];
    for (let next = pickAnother(table, tried, now); next; next = pickAnother(table, tried, now)) {
      order.push(next.url);
      tried.push(next);
    }

    expect(order).toEqual(['http://c2', 'http://s1', 'http://s2']);
  });

  it.each([
    [0, 'stable', 'http://s2'],
    [100, 'candidate', 'http://c2'],
  ] as const)('with %i %% never tries again on the arm without a share', (candidatePercent, arm, only) => {
    const table = routingTable({ ...route, candidatePercent }, new Map(), 0);
    const tried = [upstream(table, arm, 0)];
    const next = pickAnother(table, tried, now);

    expect(next?.url).toBe(only);
    expect(pickAnother(table, [...tried, upstream(table, arm, 1)], now)).toBeUndefined();
  });

  it('keeps counting an instance that comes back', () => {
    const tallies = new Map();
    const before = routingTable(route, tallies, 0);
    routingTable({ ...route, candidate: undefined, candidatePercent: 0 }, tallies, 0);
    const after = routingTable(route, tallies, 0);

    expect(upstream(after, 'candidate', 0)).toBe(upstream(before, 'candidate', 0));
  });
});

const take = (table: RoutingTable, count: number, at = now) =>
  Array.from({ length: count }, () => pickUpstream(table, at)?.url);

function upstream(table: RoutingTable, arm: 'stable' | 'candidate', index: number) {
  const found = table[arm].upstreams[index];
  if (!found) throw new Error(`no instance ${index} in ${arm}`);
  return found;
}
