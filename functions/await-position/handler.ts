import * as z from 'zod/mini';
import { instant, owner, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { SiteName } from '../ports/recovery/position.ts';
import { groupName, position, siteName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  /** Any one of them is enough. */
  sites: z.array(siteName).check(z.minLength(1)),
  /** null where the platform shows none: then the stop of the primary sees to it. */
  position: z.nullable(position),
  /** After this moment waiting is over. */
  deadline: instant,
  /** The execution that people give orders to. */
  owner,
});

export type AwaitPositionInput = z.output<typeof input>;

const POLL_MS = 2000;

/**
 * Succeeds with the first site that has applied everything up to `position`; asks for at most 2 s, so that no waiting state
 * stands in a write outage.
 * @throws StepFailure `Pointsman.CatchingUp`: ask again
 * @throws StepFailure `Pointsman.TooLate`: not there, and the deadline has passed
 * @throws StepFailure `Pointsman.Aborted`, `Pointsman.Escalated`: a person said so while it was not there
 */
export const awaitPosition: StepFunction<
  AwaitPositionInput,
  { readonly site: SiteName },
  Pick<Ports, 'clock' | 'orders' | 'store'>
> = {
  name: 'await-position',
  read: reader('await-position', input),
  async run({ group, sites, position, deadline, owner }, { clock, orders, store }) {
    const [first = ''] = sites;
    if (position === null) return { site: first };
    const asked = sites.map(async (site) => {
      if (await store.reached(group, site, position, POLL_MS)) return site;
      throw new Error(`${site} has not applied everything up to ${position.branch}/${position.offset}`);
    });
    try {
      return { site: await Promise.any(asked) };
    } catch (thrown) {
      const problems = thrown instanceof AggregateError ? thrown.errors : [thrown];
      const found = problems
        .map((problem) => (problem instanceof Error ? problem.message : String(problem)))
        .join('; ');
      const given = await orders.read(owner);
      const said = `${given?.by}: ${given?.reason}`;
      if (given?.order === 'abort') throw new StepFailure('Pointsman.Aborted', `aborted by ${said}; ${found}`);
      if (given?.order === 'escalate') throw new StepFailure('Pointsman.Escalated', `escalated by ${said}; ${found}`);
      if (clock.now() >= deadline) throw new StepFailure('Pointsman.TooLate', `the time for it is over: ${found}`);
      throw new StepFailure('Pointsman.CatchingUp', found);
    }
  },
};
