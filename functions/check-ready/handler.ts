import * as z from 'zod/mini';
import { digest, epoch, instant, owner, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Instance } from '../ports/release.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  release: digest,
  instances: z.int().check(z.gte(1)),
  /** After this moment waiting is over. */
  readyBy: instant,
  owner,
  epoch,
});

export type CheckReadyInput = z.output<typeof input>;

/**
 * Succeeds when `instances` copies of the candidate are ready. Those that exited are started again as long as the target
 * does that. The failures' messages name what an unready instance says of itself, and its last log lines.
 * @throws StepFailure `Pointsman.NotReady`: ask again
 * @throws StepFailure `Pointsman.Aborted`: a person ordered `owner`, the execution that holds the lease, to give up
 * @throws StepFailure `Pointsman.NeverReady`: not ready, and `readyBy` has passed
 * @throws StepFailure `Pointsman.CandidateCrashed`: the target gave up on an instance
 * @throws StepFailure `Pointsman.LeaseLost`, `Pointsman.BadImage`, `Pointsman.CandidateExists`
 */
export const checkReady: StepFunction<
  CheckReadyInput,
  { readonly ready: number },
  Pick<Ports, 'clock' | 'orders' | 'target'>
> = {
  name: 'check-ready',
  read: reader('check-ready', input),
  async run({ service, release, instances: wanted, readyBy, owner, epoch }, { target, clock, orders }) {
    // What is left exited by a call that replaces what exited will not be started again.
    const started = ownOf(await target.startCandidate(service, release, wanted, epoch), release);
    const now = ownOf(await target.observe(service), release);
    const ready = now.filter(({ phase }) => phase === 'ready').length;
    const given = await orders.read(owner);
    if (given?.order === 'abort') throw new StepFailure('Pointsman.Aborted', `aborted by ${given.by}: ${given.reason}`);
    if (ready >= wanted) return { ready };
    const count = `${ready} of ${wanted} instances`;
    const found = `${service}: ${count} of ${release} are ready`;
    if (started.some(({ phase }) => phase === 'exited'))
      throw new StepFailure('Pointsman.CandidateCrashed', `${found}; ${excuse(started, 'exited')}`);
    if (clock.now() >= readyBy)
      throw new StepFailure('Pointsman.NeverReady', `${found} and the time for it is over; ${excuse(now, 'starting')}`);
    throw new StepFailure('Pointsman.NotReady', `${count} are ready; ${excuse(now, 'starting', '')}`);
  },
};

const ownOf = ({ instances }: { readonly instances: readonly Instance[] }, release: string) =>
  instances.filter((instance) => instance.release === release);

function excuse(instances: readonly Instance[], phase: Instance['phase'], silence = '; it logged nothing'): string {
  const culprit =
    instances.find((instance) => instance.phase === phase) ?? instances.find((each) => each.phase !== 'ready');
  if (!culprit) return 'the others are gone';
  const log = culprit.lastLogLines.length === 0 ? silence : `; its last lines:\n${culprit.lastLogLines.join('\n')}`;
  return `${culprit.id}: ${culprit.detail}${log}`;
}
