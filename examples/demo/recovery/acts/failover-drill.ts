import { readGroup } from '../recovery-api.ts';
import { group, play, promise } from '../stage.ts';
import type { Act } from './act.ts';

/** The same failover on copies that no client reaches. */
export const failoverDrill: Act = {
  title: '6 failover drill',
  async play(stage) {
    const before = stage.writer.acks.length;
    const run = await play(stage, 'drill', group, '--what', 'failover');
    const { site } = await readGroup(stage.endpoint, group);
    const written = stage.writer.acks.length - before;
    const { planned, actual } = run.rtoSeconds ?? {};
    return {
      runs: [run],
      found: [
        promise(
          'the rehearsal took over within the planned time',
          run.outcome === 'done' && actual != null && planned !== undefined && actual <= planned,
          `${run.outcome}; planned ${planned ?? '–'} s, actual ${actual ?? '–'} s`,
        ),
        promise(
          'clients noticed nothing',
          site === 'north' && written > 0,
          `writes go to ${site}; ${written} rows were acknowledged meanwhile`,
        ),
      ],
    };
  },
};
