import { RDSClient } from '@aws-sdk/client-rds';

/** Two clients for each region that is asked for, both with the SDK's own chain of credentials. */
export interface RdsRegions {
  /** For changes. It tries once: a call whose answer was lost is looked at, and not made a second time by the SDK. */
  in(region: string): RDSClient;
  /** For looking: tries twice. A region that does not answer within about 2 seconds each time counts as silent. */
  read(region: string): RDSClient;
  close(): void;
}

export function rdsRegions(endpoint: string | undefined): RdsRegions {
  const clients = new Map<string, RDSClient>();
  function client(region: string, maxAttempts: number, requestTimeout: number): RDSClient {
    const name = `${region} ${maxAttempts}`;
    const known =
      clients.get(name) ??
      new RDSClient({
        region,
        ...(endpoint === undefined ? {} : { endpoint }),
        maxAttempts,
        requestHandler: { connectionTimeout: 1000, requestTimeout, throwOnRequestTimeout: true },
      });
    clients.set(name, known);
    return known;
  }
  return {
    in: (region) => client(region, 1, 4500),
    read: (region) => client(region, 2, 2000),
    close: () => clients.forEach((each) => each.destroy()),
  };
}
