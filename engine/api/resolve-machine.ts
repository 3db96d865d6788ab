import { randomnessOf } from '../core/randomness.ts';
import type { Ids, MachineArn, StoredAlias, StoredMachine, StoredVersion } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { isVersion, readQualifiedArn } from './read-arn.ts';

type Store = StepFunctionsApiOptions['store'];

/** A machine as an ARN names it, in the revision that the ARN stands for. */
export interface ResolvedMachine {
  readonly machine: StoredMachine;
  readonly version?: StoredVersion;
  readonly alias?: StoredAlias;
}

/** The newest revision. @throws ApiError `StateMachineDoesNotExist` */
export async function mustExist(store: Store, arn: MachineArn): Promise<StoredMachine> {
  const machine = await store.machine(arn);
  if (machine === undefined) throw noMachine(arn);
  return machine;
}

/**
 * What the ARN of a machine, a version or an alias stands for. An alias chooses one of its versions by chance, by weight.
 * @throws ApiError `StateMachineDoesNotExist`, `InvalidArn`
 */
export async function resolveMachine(store: Store, ids: Ids, arn: string): Promise<ResolvedMachine> {
  const { machineArn, qualifier } = readQualifiedArn(arn);
  const newest = await store.machine(machineArn);
  if (newest === undefined) throw noMachine(arn);
  if (qualifier === undefined) return { machine: newest };
  if (isVersion(qualifier)) return inVersion(store, newest, arn, arn);
  const alias = await store.catalog.aliases.get(arn);
  if (alias === undefined) throw noMachine(arn);
  return { ...(await inVersion(store, newest, chosenVersion(alias, ids), arn)), alias };
}

async function inVersion(store: Store, newest: StoredMachine, versionArn: string, asked: string) {
  const version = await store.catalog.versions.get(versionArn);
  if (version === undefined) throw noMachine(asked);
  const machine =
    version.revisionId === newest.revisionId ? newest : await store.machine(newest.arn, version.revisionId);
  if (machine === undefined) throw new Error(`the store does not have revision ${version.revisionId} of ${versionArn}`);
  return { machine, version };
}

function chosenVersion({ routes }: StoredAlias, ids: Ids): string {
  const [first, second] = routes;
  if (first === undefined) throw new Error('an alias without a version');
  if (second === undefined) return first.versionArn;
  return randomnessOf(ids.next()).number() * 100 < first.weight ? first.versionArn : second.versionArn;
}

const noMachine = (arn: string) => new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
