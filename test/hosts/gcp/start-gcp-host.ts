import { virtualTime } from '../../../adapters/local/host/host-time.ts';
import type { LocalFunction } from '../../../adapters/local/local-function.ts';
import { type VirtualClock, virtualClock } from '../../../adapters/local/virtual-clock.ts';
import type { ObjectStore } from '../../../engine/runner/object-store.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import { countingIds } from '../../support/counting-ids.ts';
import { type GcpExtras, openGcpHost } from './open-gcp-host.ts';

export interface GcpHostOptions extends GcpExtras {
  /** By name; each is created through the API, so what this host does not offer is refused. JSON text, or what becomes it. */
  readonly definitions: Readonly<Record<string, object | string>>;
  /** By name, the last part of the ARN. */
  readonly functions: Readonly<Record<string, LocalFunction>>;
  readonly clock?: VirtualClock;
  readonly objects?: ObjectStore;
}

export interface GcpHost extends Omit<Awaited<ReturnType<typeof openGcpHost>>, 'api' | 'close' | 'store'> {
  /** Calls an operation of the Step Functions API; its answer, or its error as a rejection. */
  readonly call: (operation: string, input: object) => Promise<Record<string, unknown>>;
  /** Resolves when nothing runs and no timer is left: only the outside could go on. */
  readonly settled: () => Promise<void>;
  readonly store: ExecutionStore;
  readonly problems: readonly string[];
  readonly end: () => Promise<void>;
}

const PLACE = { region: 'us-east-1', account: '000000000000' } as const;
/** Turns of the event loop after which a function that has not answered is taken for one that hangs: time goes on. */
const PATIENT_TURNS = 20;

/** The host for Google Cloud with machines and functions by name, as the tests of this folder use it. */
export async function startGcpHost(options: GcpHostOptions): Promise<GcpHost> {
  const from = Date.UTC(2026, 0, 1);
  const clock = options.clock ?? virtualClock(from);
  const problems: string[] = [];
  const functions = Object.entries(options.functions).map(
    ([name, work]) => [functionArn(name), untilItHangs(clock, work)] as const,
  );
  const host = await openGcpHost(
    {
      clock,
      time: virtualTime(from, clock),
      functions: new Map(functions),
      ids: countingIds(),
      objects: options.objects,
      onProblem: (problem, thrown) => void problems.push(`${problem}: ${String(thrown)}`),
    },
    options,
  );

  const api = host.api(PLACE);
  async function call(operation: string, input: object): Promise<Record<string, unknown>> {
    const headers = { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' };
    const body = JSON.stringify(input);
    const answer = await api(new Request('https://api.example/', { method: 'POST', headers, body }));
    const read = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${String(read['__type'])}: ${String(read['message'])}`);
    return read;
  }

  const release = clock.hold(); // machines are created before time begins
  const roleArn = `arn:aws:iam::${PLACE.account}:role/test`;
  for (const [name, given] of Object.entries(options.definitions)) {
    const definition = typeof given === 'string' ? given : JSON.stringify(given);
    await call('CreateStateMachine', { name, definition, roleArn });
  }
  release();

  return {
    ...host,
    call,
    settled: () => clock.idle(),
    problems,
    async end() {
      clock.close();
      await host.close();
    },
  };
}

export const functionArn = (name: string): string => `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:${name}`;
export const machineArn = (name: string): string =>
  `arn:aws:states:${PLACE.region}:${PLACE.account}:stateMachine:${name}`;

/** Time stands still while a function works, and goes on when it hangs. */
function untilItHangs(clock: VirtualClock, work: LocalFunction): LocalFunction {
  return async (input, call) => {
    const release = clock.hold();
    void (async () => {
      for (let turn = 0; turn < PATIENT_TURNS; turn++) await new Promise(setImmediate);
      release();
    })();
    return work(input, call).finally(release);
  };
}
