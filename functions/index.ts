import { acquireLease } from './acquire-lease/handler.ts';
import { awaitPosition } from './await-position/handler.ts';
import { checkApproval } from './check-approval/handler.ts';
import { checkIn } from './check-in/handler.ts';
import { checkReadiness } from './check-readiness/handler.ts';
import { checkReady } from './check-ready/handler.ts';
import { checkReplication } from './check-replication/handler.ts';
import { chooseCandidate } from './choose-candidate/handler.ts';
import { copyBackup } from './copy-backup/handler.ts';
import { destroyRestore } from './destroy-restore/handler.ts';
import { endDrill } from './end-drill/handler.ts';
import { expireBackups } from './expire-backups/handler.ts';
import { fenceSite } from './fence-site/handler.ts';
import { findLostWrites } from './find-lost-writes/handler.ts';
import { followSite } from './follow-site/handler.ts';
import { freezeSite } from './freeze-site/handler.ts';
import { inspectRestore } from './inspect-restore/handler.ts';
import { judgeCanary } from './judge-canary/handler.ts';
import { markPoint } from './mark-point/handler.ts';
import { noteProof } from './note-proof/handler.ts';
import { observeService } from './observe-service/handler.ts';
import { pinBackup } from './pin-backup/handler.ts';
import { planBackup } from './plan-backup/handler.ts';
import { planRestore } from './plan-restore/handler.ts';
import { pointWrites } from './point-writes/handler.ts';
import type { Ports } from './ports/ports.ts';
import { probeSite } from './probe-site/handler.ts';
import { promoteRelease } from './promote-release/handler.ts';
import { promoteSite } from './promote-site/handler.ts';
import { rebuildSite } from './rebuild-site/handler.ts';
import { recordRelease } from './record-release/handler.ts';
import { recordRun } from './record-run/handler.ts';
import { releaseLease } from './release-lease/handler.ts';
import { resolveImage } from './resolve-image/handler.ts';
import { restoreBackup } from './restore-backup/handler.ts';
import { retireReleases } from './retire-releases/handler.ts';
import { returnWrites } from './return-writes/handler.ts';
import { sendNotice } from './send-notice/handler.ts';
import { shiftTraffic } from './shift-traffic/handler.ts';
import { stageDrill } from './stage-drill/handler.ts';
import { startCandidate } from './start-candidate/handler.ts';
import type { Call, StepFunction } from './step-function.ts';
import { stopSite } from './stop-site/handler.ts';
import { takeBackup } from './take-backup/handler.ts';
import { verifyBackup } from './verify-backup/handler.ts';

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
    listed(awaitPosition, 'clock', 'orders', 'store'),
    listed(checkApproval, 'clock'),
    listed(checkIn, 'leases', 'orders'),
    listed(checkReadiness, 'catalog', 'clock', 'endpoint', 'leases', 'plans', 'runs', 'store'),
    listed(checkReady, 'target', 'clock', 'orders'),
    listed(checkReplication, 'clock', 'store'),
    listed(chooseCandidate, 'plans', 'store'),
    listed(copyBackup, 'backups'),
    listed(destroyRestore, 'backups', 'catalog'),
    listed(endDrill, 'store'),
    listed(expireBackups, 'backups', 'catalog', 'plans', 'leases', 'clock'),
    listed(fenceSite, 'clock', 'store'),
    listed(findLostWrites, 'runs', 'store'),
    listed(followSite, 'store'),
    listed(freezeSite, 'store'),
    listed(inspectRestore, 'backups'),
    listed(judgeCanary, 'router', 'clock'),
    listed(markPoint, 'store', 'backups', 'catalog'),
    listed(noteProof, 'catalog', 'clock'),
    listed(observeService, 'target', 'router', 'ledger'),
    listed(pinBackup, 'catalog'),
    listed(planBackup, 'plans', 'store', 'backups', 'catalog', 'leases', 'clock'),
    listed(planRestore, 'backups', 'catalog', 'plans'),
    listed(pointWrites, 'clock', 'endpoint'),
    listed(probeSite, 'clock', 'store'),
    listed(promoteRelease, 'router', 'target'),
    listed(promoteSite, 'store'),
    listed(rebuildSite, 'store'),
    listed(recordRelease, 'ledger', 'clock'),
    listed(recordRun, 'clock', 'plans', 'runs'),
    listed(releaseLease, 'leases'),
    listed(resolveImage, 'images'),
    listed(restoreBackup, 'backups'),
    listed(retireReleases, 'router', 'target'),
    listed(returnWrites, 'clock', 'endpoint', 'store'),
    listed(sendNotice, 'notifier'),
    listed(shiftTraffic, 'router', 'target'),
    listed(stageDrill, 'endpoint', 'store'),
    listed(startCandidate, 'target'),
    listed(stopSite, 'store'),
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
