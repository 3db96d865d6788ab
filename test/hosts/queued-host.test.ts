import { describe, expect, it } from 'vitest';
import { openLocalHost } from './local-host.ts';
import { openQueuedHost } from './queued-host.ts';
import { firstDifference } from './verdict/compare.ts';
import { play } from './verdict/play.ts';
import { workflowPlays } from './verdict/workflow-plays.ts';

// One of so many: `npm run verdict` plays them all, on the hosts of the clouds.
const plays = workflowPlays().filter((_, i) => i % 6 === 0);

describe('a runner that lives from notice to notice', () => {
  it.each(plays)('does what the local host does: $id', async (each) => {
    const [local, queued] = [await play(each, openLocalHost), await play(each, openQueuedHost)];

    expect(local.status).not.toBe('RUNNING');
    expect(firstDifference(local, queued)).toBeUndefined();
  });
});
