import type { Instance, ServiceName } from '../../../functions/ports/release.ts';
import type { TargetState } from '../../../functions/ports/release-target.ts';
import { lastLogLines } from './instance-log.ts';
import type { ReadinessAnswer } from './readiness.ts';
import type { InstanceRecord, ServiceState } from './service-state.ts';

/** Where an instance serves HTTP. */
export const urlOf = ({ port }: InstanceRecord) => `http://127.0.0.1:${port}`;

interface ShowContext {
  readonly service: ServiceName;
  readonly logFile: (instance: string) => string;
  /** An instance of the candidate that exited so often in a row is not started again. */
  readonly exitLimit: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A service's state in the port's words. `answers` are those of the instances that were asked just now, by id. */
export async function showState(
  state: ServiceState,
  context: ShowContext,
  answers: ReadonlyMap<string, ReadinessAnswer> = new Map(),
): Promise<TargetState> {
  const show = async (record: InstanceRecord): Promise<Instance> => ({
    id: record.id,
    release: record.release,
    url: urlOf(record),
    ...phaseOf(record, state, context, answers),
    lastLogLines: await lastLogLines(context.logFile(record.id)),
  });
  return {
    service: context.service,
    stable: state.stable?.release,
    candidate: state.candidate?.release,
    instances: await Promise.all(state.instances.map(show)),
  };
}

function phaseOf(
  record: InstanceRecord,
  state: ServiceState,
  { at, exitLimit }: ShowContext,
  answers: ReadonlyMap<string, ReadinessAnswer>,
): Pick<Instance, 'phase' | 'detail'> {
  if (record.phase === 'intended') return { phase: 'starting', detail: 'about to be started' };
  if (record.phase === 'running') {
    const detail = answers.get(record.id)?.detail ?? `started ${seconds(at - record.startedAt)} ago`;
    return { phase: record.ready ? 'ready' : 'starting', detail };
  }
  if (record.phase === 'stopping') {
    const left = record.stopBy - at;
    const then = left > 0 ? `killed when it still runs in ${seconds(left)}` : 'killed when asked the next time';
    return { phase: 'stopping', detail: `asked to end, ${then}` };
  }
  const forGood = record.release !== state.stable?.release && record.exits >= exitLimit;
  return { phase: 'exited', detail: `${record.detail}${forGood ? '; not started again' : ''}` };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
