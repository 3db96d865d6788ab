import { variableReferences } from '../asl/variable-references.ts';
import type { EpochMs } from '../data/instant.ts';
import type { Ids, StoredMachine } from '../runner/ports.ts';
import { settingsOf } from './machine-settings.ts';

/** An instant as AWS JSON 1.0 has it: seconds since 1970, with milliseconds behind the point. */
export const epochSeconds = (instant: EpochMs): number => instant / 1000;

/** A UUID, version 4 by its form: what AWS makes of names, revisions and requests that nobody named. */
export function newUuid(ids: Ids): string {
  const hex = ids.next();
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The members that every description of a machine has. */
export function machineFacts(machine: StoredMachine) {
  const { arn, name, definition, roleArn } = machine;
  const { logging, tracing } = settingsOf(machine);
  return {
    stateMachineArn: arn,
    name,
    definition,
    roleArn,
    loggingConfiguration: logging,
    tracingConfiguration: tracing,
    encryptionConfiguration: AWS_OWNED_KEY,
    ...shownRevision(machine),
  };
}

/** What a description has beside when all of the data is asked for, and in place of it when none is. */
export function machineData({ definition }: StoredMachine, includedData: 'ALL_DATA' | 'METADATA_ONLY' = 'ALL_DATA') {
  if (includedData === 'METADATA_ONLY') return { definition: '{}' };
  const references = variableReferences(definition);
  return Object.keys(references).length === 0 ? {} : { variableReferences: references };
}

/** What AWS encrypts with when nothing else was asked for. */
export const AWS_OWNED_KEY = { type: 'AWS_OWNED_KEY' };

/** AWS shows a revision once there was an update. */
export const shownRevision = ({ revisionId, updatedAt }: Pick<StoredMachine, 'revisionId' | 'updatedAt'>) =>
  updatedAt === undefined ? {} : { revisionId };
