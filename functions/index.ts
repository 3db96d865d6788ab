import { acquireLease } from './acquire-lease/handler.ts';
import { checkIn } from './check-in/handler.ts';
import { checkReady } from './check-ready/handler.ts';
import { copyBackup } from './copy-backup/handler.ts';
import { destroyRestore } from './destroy-restore/handler.ts';
import { expireBackups } from './expire-backups/handler.ts';
import { inspectRestore } from './inspect-restore/handler.ts';
import { judgeCanary } from './judge-canary/handler.ts';
import { markPoint } from './mark-point/handler.ts';
import { noteProof } from './note-proof/handler.ts';
import { observeService } from './observe-service/handler.ts';
import { pinBackup } from './pin-backup/handler.ts';
import { planBackup } from './plan-backup/handler.ts';
import { planRestore } from './plan-restore/handler.ts';
import type { Ports } from './ports/ports.ts';
import { promoteRelease } from './promote-release/handler.ts';
import { recordRelease } from './record-release/handler.ts';
import { recordRun } from './record-run/handler.ts';
import { releaseLease } from './release-lease/handler.ts';
import { resolveImage } from './resolve-image/handler.ts';
import { restoreBackup } from './restore-backup/handler.ts';
import { retireReleases } from './retire-releases/handler.ts';
import { sendNotice } from './send-notice/handler.ts';
import { shiftTraffic } from './shift-traffic/handler.ts';
import { startCandidate } from './start-candidate/handler.ts';
import { takeBackup } from './take-backup/handler.ts';
import { verifyBackup } from './verify-backup/handler.ts';
import type { Call, StepFunction } from './step-function.ts';

/** A step function whose types are behind it: unknown in, plain JSON out. */
interface ListedFunction {
  readonly name: string;
  /** Ports it uses; a host may leave the others out. */
  readonly needs: readonly (keyof Ports)[];
  /** @throws StepFailure, `Pointsman.BadInput` for input that it cannot read */
  readonly invoke: (raw: unknown, ports: Ports, call: Call) => Promise<unknown>;
}

/** Every step function by name, the name of its folder and of `${name}` in workflows. */
export const stepFunctions: ReadonlyMap<string, ListedFunction> = new Map(
  [
    listed(acquireLease, 'leases'),
    listed(checkIn, 'leases', 'orders'),
    listed(checkReady, 'target', 'clock', 'orders'),
    listed(copyBackup, 'backups'),
    listed(destroyRestore, 'backups', 'catalog'),
    listed(expireBackups, 'backups', 'catalog', 'plans', 'leases', 'clock'),
    listed(inspectRestore, 'backups'),
    listed(judgeCanary, 'router', 'clock'),
    listed(markPoint, 'store', 'backups', 'catalog'),
    listed(noteProof, 'catalog', 'clock'),
    listed(observeService, 'target', 'router', 'ledger'),
    listed(pinBackup, 'catalog'),
    listed(planBackup, 'plans', 'store', 'backups', 'catalog', 'leases', 'clock'),
    listed(planRestore, 'backups', 'catalog', 'plans'),
    listed(promoteRelease, 'router', 'target'),
    listed(recordRelease, 'ledger', 'clock'),
    listed(recordRun, 'clock', 'plans', 'runs'),
    listed(releaseLease, 'leases'),
    listed(resolveImage, 'images'),
    listed(restoreBackup, 'backups'),
    listed(retireReleases, 'router', 'target'),
    listed(sendNotice, 'notifier'),
    listed(shiftTraffic, 'router', 'target'),
    listed(startCandidate, 'target'),
    listed(takeBackup, 'backups'),
    listed(verifyBackup, 'backups', 'catalog', 'clock'),
  ].map((each) => [each.name, each]),
);

/** The compiler checks that the ports named are the ports that `run` takes. */
function listed<Input, Output, Name extends keyof Ports>(
  { name, read, run }: StepFunction<Input, Output, Pick<Ports, Name>>,
  ...needs: readonly Name[]
): ListedFunction {
  return { name, needs, invoke: async (raw, ports, call) => run(read(raw), ports, call) };
}
