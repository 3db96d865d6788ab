import { type Fetch, listen } from '../../../adapters/local/host/listen.ts';
import { readRecordings } from '../../conformance/case.ts';
import { ACCOUNT, REGION } from '../../conformance/case-host.ts';
import { type Client, createClient } from '../../conformance/client.ts';
import { runCase, type Theatre } from '../../conformance/run-case.ts';
import type { NamedHost } from './hosts.ts';

/** Executions, and executions with functions and callbacks; the others ask about the API. */
const TIERS = [1, 2];

export interface RecordingsVerdict {
  readonly passed: number;
  readonly failed: readonly string[];
  /** Cases of machines that the host refuses to create. */
  readonly refused: number;
  /** Why, once each. */
  readonly first: string;
}

/** Plays what was recorded on AWS on a host, and compares with what AWS did. */
export async function playRecordings(folder: string, { open }: NamedHost, only: string): Promise<RecordingsVerdict> {
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
  let passed = 0;
  const failed: string[] = [];
  const refusals: string[] = [];
  try {
    for (const recorded of cases.filter(({ tier, id }) => TIERS.includes(tier) && id.includes(only))) {
      const outcome = await runCase(recorded, behaviours, theatre, open);
      if (outcome.kind === 'passed') passed++;
      else if (outcome.kind === 'failed' && REFUSED.test(outcome.difference)) refusals.push(outcome.difference);
      else if (outcome.kind === 'failed') failed.push(`${recorded.id}\n    ${outcome.difference}`);
    }
  } finally {
    for (const client of clients.values()) client.close();
    await server.close();
  }
  return { passed, failed, refused: refusals.length, first: [...new Set(refusals)].join('; ') || 'none' };
}

/** What a host says when a machine asks for what it does not have. */
const REFUSED =
  /^Create(StateMachine|Activity) was refused: (StateMachineTypeNotSupported|UnknownOperation|InvalidDefinition: .*this host has no)/;
