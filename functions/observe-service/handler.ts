import * as z from 'zod/mini';
import { digest, instant, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Digest } from '../ports/release.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  /** The release that is to be deployed. */
  release: digest,
  /** When that was asked for. */
  requestedAt: instant,
});

export type ObserveServiceInput = z.output<typeof input>;

export interface ObserveServiceOutput {
  /** The release last promoted; null before the first. */
  readonly stable: Digest | null;
  /** True when stable runs alone and gets every request: nothing of another rollout is left. */
  readonly settled: boolean;
  /** Why an earlier rollout took this very release back, unless it was promoted since; null when none did. */
  readonly takenBack: string | null;
  /** Execution of a deployment that was asked for later and has already ended; null when there is none. */
  readonly newer: string | null;
}

/** How far back a decision counts. */
const recordsRead = 100;

/** What a deployment decides by: what runs, what is served, and what became of deployments before. Only reads. */
export const observeService: StepFunction<
  ObserveServiceInput,
  ObserveServiceOutput,
  Pick<Ports, 'target' | 'router' | 'ledger'>
> = {
  name: 'observe-service',
  read: reader('observe-service', input),
  async run({ service, release, requestedAt }, { target, router, ledger }) {
    const [state, route, records] = await Promise.all([
      target.observe(service),
      router.observe(service),
      ledger.list(service, recordsRead),
    ]);
    const { stable = null, candidate, instances } = state;
    // Newest first: what was decided last about this release is what counts.
    const decided = records.find(
      (record) => record.release === release && (record.outcome === 'promoted' || record.outcome === 'taken-back'),
    );
    const newer = records.find((record) => record.outcome === 'promoted' && record.requestedAt > requestedAt);
    return {
      stable,
      settled:
        candidate === undefined &&
        route.candidate === undefined &&
        (route.stable?.release ?? null) === stable &&
        instances.every((instance) => instance.release === stable),
      takenBack: decided?.outcome === 'taken-back' ? decided.reason : null,
      newer: newer?.execution ?? null,
    };
  },
};
