import { describe, expect, it } from 'vitest';
import { asFailure, faultName, isRefusal } from './faults.ts';

const fault = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error('as the platform says it'), { name, $metadata: { httpStatusCode } });

describe('asFailure', () => {
  it.each([
    ['Throttling', 400, 'StillWorking'],
    ['RequestLimitExceeded', 503, 'StillWorking'],
    ['InvalidDBInstanceStateFault', 400, 'StillWorking'],
    ['InvalidGlobalClusterStateFault', 400, 'StillWorking'],
    ['InternalFailure', 500, 'StillWorking'],
    ['TimeoutError', undefined, 'StillWorking'],
    ['AccessDenied', 403, 'AccessDenied'],
    ['CredentialsProviderError', undefined, 'AccessDenied'],
    ['ExpiredTokenException', 400, 'AccessDenied'],
    ['KMSKeyNotAccessibleFault', 400, 'KeyUnavailable'],
    ['SnapshotQuotaExceededFault', 400, 'QuotaExceeded'],
    ['InsufficientDBInstanceCapacityFault', 400, 'NoCapacity'],
    ['DBSubnetGroupNotFoundFault', 404, 'Refused'],
  ])('calls %s (%s) Pointsman.%s', (name, status, wanted) => {
    expect(asFailure(fault(name, status), 'shop: change it')).toMatchObject({
      name: `Pointsman.${wanted}`,
      message: expect.stringContaining('as the platform says it'),
    });
  });

  it('calls a region that does not answer a look unreachable, and its word that it is busy is none', () => {
    expect(asFailure(fault('TimeoutError'), 'shop: look', 'look').name).toBe('Pointsman.SiteUnreachable');
    expect(asFailure(fault('Throttling', 400), 'shop: look', 'look').name).toBe('Pointsman.StillWorking');
  });
});

describe('isRefusal', () => {
  it('knows an answer that says nothing was done from one that was lost', () => {
    expect([fault('Throttling', 400), fault('AccessDenied', 403)].map(isRefusal)).toEqual([true, true]);
    expect([fault('InternalFailure', 500), fault('TimeoutError')].map(isRefusal)).toEqual([false, false]);
  });
});

describe('faultName', () => {
  it('is without the ending that the SDK and the wire do not agree on', () => {
    expect(faultName(fault('DBSnapshotAlreadyExistsFault'))).toBe('DBSnapshotAlreadyExists');
  });
});
