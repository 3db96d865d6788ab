import type { Logger } from 'pino';
import { stepFunctions } from '../../../../functions/index.ts';
import type { World } from '../../../world.ts';
import { endpointPorts } from '../../router/endpoint/local-write-endpoint.ts';
import type { HostEngine } from '../open-engine.ts';
import { listBackups } from './backup-list.ts';
import { groupStatuses } from './group-statuses.ts';
import { type ReadinessWatch, watchReadiness } from './readiness-watch.ts';
import type { RecoveryApiOptions } from './recovery-api.ts';
import { startRecovery } from './start-recovery.ts';

interface RecoveryParts {
  readonly world: World;
  readonly engine: HostEngine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** What a host shows and starts of recovery, and the watch over its groups. */
export interface Recovery extends RecoveryApiOptions {
  readonly watch: ReadinessWatch;
  /** ARNs of what runs on any group now. */
  readonly running: () => Promise<readonly string[]>;
}

export function composeRecovery({ world, engine, now, log }: RecoveryParts): Recovery {
  const { plans, store, endpoint, runs, leases, orders, backups, catalog, routerControl } = world;
  const readiness = (input: { readonly group: string; readonly mode: string; readonly to?: string | null }) =>
    call('check-readiness', world, input);
  const watch = watchReadiness({
    groups: () => plans.list(),
    check: readiness,
    now,
    tell: (line, isGood) => (isGood ? log.info(line) : log.warn(line)),
  });
  const statuses = groupStatuses({
    plans,
    store,
    endpoint,
    runs,
    leases,
    orders,
    executions: engine.store,
    addressOf: async (group) => {
      const port = (await endpointPorts(routerControl)).get(group);
      return port === undefined ? undefined : `127.0.0.1:${port}`;
    },
    readinessOf: watch.latest,
  });
  return {
    watch,
    statuses,
    running: async () => {
      const found = await Promise.all((await plans.list()).map((group) => statuses.running(group)));
      return found.flatMap(({ holder, besides }) =>
        [...(holder === null ? [] : [holder]), ...besides].map(({ executionArn }) => executionArn),
      );
    },
    runs,
    orders,
    readiness,
    mark: (input) => call('mark-point', world, input),
    discard: (input) => call('destroy-restore', world, input),
    catalog,
    backups: async (group) => listBackups(await plans.read(group), backups, catalog),
    start: startRecovery(engine.runner, engine.machine, now),
    now,
  };
}

/** A step function, as a person asks for it: outside of any workflow. */
async function call(name: string, world: World, input: unknown): Promise<unknown> {
  const step = stepFunctions.get(name);
  if (step === undefined) throw new Error(`there is no step function ${name}`);
  return step.invoke(input, world, { key: 'a person asks', signal: new AbortController().signal });
}
