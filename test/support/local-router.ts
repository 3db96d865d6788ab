import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { ReleaseCounters } from '../../functions/ports/traffic-router.ts';
import type { ForwardingOptions } from '../../adapters/local/router/request-forwarder.ts';
import { openRouter, type Router } from '../../adapters/local/router/router.ts';

/** A router inside the test's process with one service, `web`, for tests of the data path. */
export interface TestRouter extends AsyncDisposable {
  readonly router: Router;
  /** Where clients reach the service. */
  readonly url: string;
  /** Routes to these instances; `candidatePercent` is 0 without candidates. */
  route(stable: readonly string[], candidate?: readonly string[], candidatePercent?: number): Promise<void>;
  /** Counters of `old`, the stable release, or of `new`, once `holds` is true of them. */
  counters(release: 'old' | 'new', holds: (counters: ReleaseCounters) => boolean): Promise<ReleaseCounters>;
}

export async function testRouter(options: ForwardingOptions = {}): Promise<TestRouter> {
  const folder = await mkdtemp(join(tmpdir(), 'router-'));
  const router = await openRouter(folder, options);
  const url = await router.publish('web', 0);
  return {
    router,
    url,
    async route(stable, candidate = [], candidatePercent = 0) {
      await router.change('web', (await router.observe('web')).version, 1, {
        stable: { release: 'old', upstreams: stable },
        candidate: candidate.length > 0 ? { release: 'new', upstreams: candidate } : undefined,
        candidatePercent,
      });
    },
    counters: async (release, holds) => {
      const find = async () => (await router.counters('web')).find((counters) => counters.release === release);
      const found = await eventually(find, (counters) => counters !== undefined && holds(counters));
      if (!found) throw new Error(`no counters of ${release}`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      await router.close();
      await rm(folder, { recursive: true });
    },
  };
}
