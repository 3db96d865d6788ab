import type { EpochMs } from '../data/instant.ts';
import type { Ids, StoredMachine } from '../runner/ports.ts';

/** An instant as AWS JSON 1.0 has it: seconds since 1970, with milliseconds behind the point. */
export const epochSeconds = (instant: EpochMs): number => instant / 1000;

/** A UUID, version 4 by its form: what AWS makes of names, revisions and requests that nobody named. */
export function newUuid(ids: Ids): string {
  const hex = ids.next();
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The members that every description of a machine has. */
export const machineFacts = ({ arn, name, definition, roleArn, revisionId, updatedAt }: StoredMachine) => ({
  stateMachineArn: arn,
  name,
  definition,
  roleArn,
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
  ...shownRevision({ revisionId, updatedAt }),
});

/** AWS shows a revision once there was an update. */
export const shownRevision = ({ revisionId, updatedAt }: Pick<StoredMachine, 'revisionId' | 'updatedAt'>) =>
  updatedAt === undefined ? {} : { revisionId };
