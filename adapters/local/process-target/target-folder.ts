import { join } from 'node:path';
import type { Digest, ServiceName } from '../../../functions/ports/release.ts';
import { StepFailure } from '../../../functions/step-failure.ts';

/** Where the target keeps what; `folder` absolute. */
export function targetFolder(folder: string) {
  return {
    folder,
    states: join(folder, 'services'),
    stateFile: (service: ServiceName) => join(folder, 'services', `${checkedName(service)}.json`),
    releases: (service: ServiceName) => join(folder, 'releases', checkedName(service)),
    releaseFolder: (service: ServiceName, release: Digest) =>
      join(folder, 'releases', checkedName(service), hexOf(release)),
    logFile: (instance: string) => join(folder, 'logs', `${instance}.log`),
  };
}
export type TargetFolder = ReturnType<typeof targetFolder>;

/** The name of a release's folder. @throws StepFailure `Pointsman.BadImage` when it is no digest */
export function hexOf(release: Digest): string {
  if (/^sha256:[0-9a-f]{64}$/.test(release)) return release.slice('sha256:'.length);
  throw new StepFailure(
    'Pointsman.BadImage',
    `release: found ${JSON.stringify(release)}; wanted sha256: and 64 hexadecimal digits`,
  );
}

// names become file names
function checkedName(service: ServiceName): ServiceName {
  if (/^[a-z0-9-]{1,40}$/.test(service)) return service;
  throw new StepFailure(
    'Pointsman.BadInput',
    `service: found ${JSON.stringify(service)}; wanted 1 to 40 lower-case letters, digits and -`,
  );
}
