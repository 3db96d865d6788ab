import * as z from 'zod/mini';
import { instant, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { siteIn } from '../ports/recovery/candidates.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { GroupState } from '../ports/recovery/replicated-store.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  leader: siteName,
  /** Sites that must follow it. */
  sites: z.array(siteName),
  /** After this moment waiting is over. */
  deadline: instant,
});

export type CheckReplicationInput = z.output<typeof input>;

export interface CheckReplicationOutput {
  /** When it was so, milliseconds since 1970. */
  readonly at: number;
  /** Dangers that the sites show of themselves, in words: an archive that fails, a slot that fills a disk. */
  readonly warnings: readonly string[];
}

/**
 * Succeeds when every site follows the leader, gets its changes and has applied what the leader had a moment ago.
 * @throws StepFailure `Pointsman.NotReplicating`: ask again
 * @throws StepFailure `Pointsman.NeverReplicated`: not so, and the deadline has passed
 */
export const checkReplication: StepFunction<
  CheckReplicationInput,
  CheckReplicationOutput,
  Pick<Ports, 'clock' | 'store'>
> = {
  name: 'check-replication',
  read: reader('check-replication', input),
  async run({ group, leader, sites, deadline }, { clock, store }) {
    const state = await store.observe(group);
    const end = siteIn(state, leader)?.received;
    const problems = sites.flatMap((site) => problemOf(state, site, leader));
    const applying = problems.length > 0 || end === undefined ? [] : sites.map((site) => ({ site, end }));
    for (const { site, end } of applying)
      if (!(await store.reached(group, site, end, 1000))) problems.push(`${site} has not applied what ${leader} has`);
    if (problems.length === 0) {
      const warnings = state.sites.flatMap(({ site, warnings: each }) => each.map((warning) => `${site}: ${warning}`));
      return { at: clock.now(), warnings };
    }
    const name = clock.now() >= deadline ? 'Pointsman.NeverReplicated' : 'Pointsman.NotReplicating';
    throw new StepFailure(name, `${group}: ${problems.join('; ')}`);
  },
};

function problemOf(state: GroupState, name: string, leader: string): readonly string[] {
  const site = siteIn(state, name);
  if (site === undefined) return [`there is no site ${name}`];
  if (site.reach !== 'answers') return [`${name} is ${site.reach}`];
  if (site.role !== 'standby' || site.follows !== leader) return [`${name} does not follow ${leader}`];
  return site.stream === 'flowing' ? [] : [`the stream to ${name} is ${site.stream}`];
}
