import { type Fetch, listen } from '../../../adapters/local/host/listen.ts';
import { readRecordings } from '../../conformance/case.ts';
import { ACCOUNT, REGION } from '../../conformance/case-host.ts';
import { type Client, createClient } from '../../conformance/client.ts';
import { runCase, type Theatre } from '../../conformance/run-case.ts';
import type { OpenHost } from '../hosts.ts';

export type RecordingVerdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly difference: string }
  /** The host refuses to create such a machine, and says so. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not-applicable'; readonly reason: string };

/** Plays what was recorded on AWS on a host, and compares with what AWS did. */
export async function* playRecordings(
  folder: string,
  ids: ReadonlySet<string>,
  open: OpenHost,
): AsyncGenerator<readonly [id: string, verdict: RecordingVerdict]> {
  const { cases, behaviours } = readRecordings(folder);
  let fetchAs: (account: string) => Fetch = () => () => new Response(null, { status: 503 });
  const accountOf = (request: Request) => /^\/accounts\/(\d+)/.exec(new URL(request.url).pathname)?.[1] ?? ACCOUNT;
  const server = await listen((request) => fetchAs(accountOf(request))(request), '127.0.0.1', 0);
  const clients = new Map<string, Client>();
  const theatre: Theatre = {
    serve: (host) => void (fetchAs = host.fetch),
    client(account) {
      const client = clients.get(account) ?? createClient(`${server.url}/accounts/${account}`, REGION);
      clients.set(account, client);
      return client;
    },
  };
  try {
    for (const recorded of cases.filter(({ id }) => ids.has(id))) {
      const outcome = await runCase(recorded, behaviours, theatre, open);
      if (outcome.kind === 'passed') yield [recorded.id, { kind: 'same' }];
      else if (outcome.kind === 'not-applicable') yield [recorded.id, outcome];
      else if (REFUSED.test(outcome.difference)) yield [recorded.id, { kind: 'refused', reason: outcome.difference }];
      else yield [recorded.id, { kind: 'different', difference: outcome.difference }];
    }
  } finally {
    for (const client of clients.values()) client.close();
    await server.close();
  }
}

/** What a host says when it is asked for what it does not have. */
const REFUSED =
  /^Create(StateMachine|Activity) was refused: (StateMachineTypeNotSupported|UnknownOperation|InvalidDefinition: .*this host has no)/;
