import { rm } from 'node:fs/promises';
import type { ServiceName } from '../../../functions/ports/release.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { type ChildProcesses, childProcesses } from './child-processes.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { readState, type ServiceState, writeState } from './service-state.ts';
import { killStrangers, settleInstances } from './settle-instances.ts';
import type { TargetFolder } from './target-folder.ts';

/** What a change of a service may use. */
export interface ChangeContext {
  readonly folder: string;
  readonly service: ServiceName;
  readonly children: ChildProcesses;
  readonly now: () => number;
  /** Writes a state on the way to the one the change returns. */
  readonly save: (state: ServiceState) => Promise<void>;
}

/**
 * Reads a service's state, brings it up to date with the processes that run, lets `decide` change it, and writes what
 * it returns. One change of a service at a time.
 * @throws StepFailure `Pointsman.LeaseLost` when `epoch` is lower than one seen; undefined comes from no lease holder
 */
type ChangeService = (
  service: ServiceName,
  epoch: number | undefined,
  decide: (state: ServiceState, context: ChangeContext) => ServiceState | Promise<ServiceState>,
) => Promise<ServiceState>;

export function serviceRecords({ folder, stateFile, logFile }: TargetFolder, now: () => number): ChangeService {
  const inTurn = oneAtATime();
  const children = childProcesses(now);
  const seen = new Set<ServiceName>();

  return (service, epoch, decide) =>
    inTurn(service, async () => {
      const file = stateFile(service);
      const stored = await readState(file);
      if (epoch !== undefined && epoch < stored.epoch)
        throw new StepFailure(
          'Pointsman.LeaseLost',
          `${service}: asked with epoch ${epoch}, epoch ${stored.epoch} was seen`,
        );

      let saved = stored;
      const save = async (state: ServiceState) => {
        if (state === saved) return;
        await writeState(file, state);
        saved = state;
      };
      const context: ChangeContext = { folder, service, children, now, save };
      const instances = await settleInstances(stored.instances, context);
      if (!seen.has(service)) await killStrangers(instances, context); // only a controller before this one leaves any
      seen.add(service);

      const newest = epoch ?? stored.epoch;
      const settled =
        instances === stored.instances && newest === stored.epoch ? stored : { ...stored, epoch: newest, instances };
      await save(settled);
      const decided = await decide(settled, context);
      await save(decided);
      const left = new Set(decided.instances.map((i) => i.id));
      for (const { id } of stored.instances) if (!left.has(id)) await rm(logFile(id), { force: true });
      return decided;
    });
}
