import { StepFailure } from '../../../functions/step-failure.ts';

/** Nothing was done: the same call may be made again. */
const THROTTLED = /^(Throttl|RequestLimitExceeded|TooManyRequests|PriorRequestNotComplete|SlowDown)/;
/** It is busy with something else, or its state has not settled: look, and ask again. */
const BUSY =
  /^(InvalidDB(Instance|Cluster|Snapshot|ClusterSnapshot)State|InvalidGlobalClusterState|DBUpgradeDependencyFailure)/;
const DENIED =
  /^(AccessDenied|UnauthorizedOperation|NotAuthorized|OptInRequired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|ExpiredToken|MissingAuthenticationToken|CredentialsProviderError)/;

/** The name of a fault without its ending: the SDK and the wire do not agree on it. */
export const faultName = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.name.replace(/(Fault|Exception)$/, '') : String(thrown);

export const isFault = (thrown: unknown, ...names: readonly string[]): boolean => names.includes(faultName(thrown));

/** Whether the platform answered that it did nothing; otherwise the outcome of a change is unknown. */
export const isRefusal = (thrown: unknown): boolean => {
  const status = statusOf(thrown);
  return (status !== undefined && status >= 400 && status < 500) || THROTTLED.test(faultName(thrown));
};

/** Whether it was refused for what is going on; that may be the very thing that was asked for before. */
export const isBusy = (thrown: unknown): boolean => BUSY.test(faultName(thrown));

/**
 * A fault of the platform as a workflow may name it: `Pointsman.StillWorking` for what passes by itself or whose outcome
 * must be looked at (each call looks first, so a region that is gone is found then), `Pointsman.SiteUnreachable` when it does not
 * answer a look, `Pointsman.AccessDenied`,
 * `Pointsman.KeyUnavailable`, `Pointsman.QuotaExceeded`, `Pointsman.NoCapacity`; `Pointsman.Refused` for all others.
 */
export function asFailure(thrown: unknown, asked: string, kind: 'change' | 'look' = 'change'): StepFailure {
  if (thrown instanceof StepFailure) return thrown;
  const fault = faultName(thrown);
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const failure = (name: string, what: string) =>
    new StepFailure(`Pointsman.${name}`, `${asked}: ${what}; ${fault}: ${said}`, { cause: thrown });
  if (THROTTLED.test(fault)) return failure('StillWorking', 'throttled, nothing was done');
  if (BUSY.test(fault)) return failure('StillWorking', 'its state does not allow it now');
  if (DENIED.test(fault)) return failure('AccessDenied', 'the credentials in use may not do that');
  if (/^KMS|KMSKeyNotAccessible/.test(fault))
    return failure('KeyUnavailable', 'the KMS key cannot be used in that region');
  if (/QuotaExceeded|LimitExceeded/.test(fault)) return failure('QuotaExceeded', 'a quota of the account is used up');
  if (/Insufficient\w*Capacity/.test(fault)) return failure('NoCapacity', 'the region has none of that class left');
  const status = statusOf(thrown);
  if (status !== undefined && status < 500) return failure('Refused', 'the platform refuses');
  if (kind === 'change') return failure('StillWorking', 'the outcome is unknown; look again');
  return failure('SiteUnreachable', 'the region did not answer');
}

function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('$metadata' in thrown)) return undefined;
  const metadata = thrown.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** What the platform cannot do at all. */
export const notOffered = (asked: string, why: string): StepFailure =>
  new StepFailure('Pointsman.NotOffered', `${asked}: ${why}`);

/** Something goes on; the same call will find it further. */
export const stillWorking = (what: string): StepFailure => new StepFailure('Pointsman.StillWorking', what);

/** Gives undefined for one fault that is no failure: something is not there, or is there already. Every other stays. */
export const absent =
  (name: string) =>
  (thrown: unknown): undefined => {
    if (!isFault(thrown, name)) throw thrown;
  };

/** What is there already is no failure: a repetition asks for the same deterministic identifier. */
export const unlessThere = (call: Promise<void>): Promise<void> =>
  call.catch((thrown: unknown) => {
    if (
      !isFault(
        thrown,
        'DBSnapshotAlreadyExists',
        'DBClusterSnapshotAlreadyExists',
        'DBInstanceAlreadyExists',
        'DBClusterAlreadyExists',
      )
    )
      throw thrown;
  });
