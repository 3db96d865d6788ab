import { rename, rm } from 'node:fs/promises';
import type { Digest, ServiceName } from '../../../functions/ports/release.ts';
import type { ChildProcesses } from './child-processes.ts';
import { freePort } from '../../shared/free-port.ts';
import { instanceEnvironment } from './instance-environment.ts';
import { exitsInARow } from './restart-delay.ts';
import type { Arm, InstanceRecord, ServiceState } from './service-state.ts';

type Intended = Extract<InstanceRecord, { phase: 'intended' }>;
type Exited = Extract<InstanceRecord, { phase: 'exited' }>;

interface StartContext {
  /** Absolute path of the target's folder. */
  readonly folder: string;
  readonly service: ServiceName;
  /** Variables configured for the service. */
  readonly env: Readonly<Record<string, string>>;
  readonly children: ChildProcesses;
  readonly now: () => number;
  readonly newId: () => string;
  readonly releaseFolder: (release: Digest) => string;
  readonly logFile: (instance: string) => string;
  readonly save: (state: ServiceState) => Promise<void>;
}

/**
 * Starts what is missing of a release's copies, replacing those exited instances that `mayReplace` allows. What will be
 * started is saved before, and what was started after, so a crash between leaves a record to find the process by.
 */
export async function startMissing(
  state: ServiceState,
  arm: Arm,
  mayReplace: (exited: Exited) => boolean,
  context: StartContext,
): Promise<ServiceState> {
  const ofArm = state.instances.filter((i) => i.release === arm.release);
  const exited = ofArm.filter((i) => i.phase === 'exited');
  const missing = arm.instances - ofArm.filter((i) => i.phase === 'running').length;
  const replaced = exited.filter(mayReplace).slice(0, Math.max(0, missing));
  const places = missing - exited.length; // those that may not be replaced keep theirs
  if (replaced.length === 0 && places <= 0) return state;

  const taken = new Set(state.instances.flatMap((i) => (i.phase === 'exited' ? [] : [i.port])));
  const intended: Intended[] = [];
  for (const before of [...replaced, ...Array.from({ length: Math.max(0, places) }, () => undefined)]) {
    const next = await intend(arm.release, before, taken, context);
    taken.add(next.port);
    intended.push(next);
  }
  const others = state.instances.filter((i) => !replaced.some((gone) => gone.id === i.id));
  await context.save({ ...state, instances: [...others, ...intended] });
  const started = await Promise.all(intended.map((instance) => start(instance, arm, context)));
  return { ...state, instances: [...others, ...started] };
}

/** A replacement keeps the port, so that routes to it stay right, and writes on in the log of the one before it. */
async function intend(
  release: Digest,
  before: Exited | undefined,
  taken: ReadonlySet<number>,
  { service, now, newId, logFile }: StartContext,
): Promise<Intended> {
  const id = `${service}-${release.slice('sha256:'.length, 'sha256:'.length + 8)}-${newId()}`;
  const port = await freePort(taken, before?.port);
  await rm(logFile(id), { force: true });
  if (before !== undefined) await rename(logFile(before.id), logFile(id)).catch(() => {}); // it may have none
  return { phase: 'intended', id, release, port, exits: before?.exits ?? 0, startedAt: now() };
}

async function start(intended: Intended, { image, release }: Arm, context: StartContext): Promise<InstanceRecord> {
  const { folder, service, env, children, now, releaseFolder, logFile } = context;
  const { id, port, exits } = intended;
  const marks = {
    POINTSMAN_TARGET: folder,
    POINTSMAN_SERVICE: service,
    POINTSMAN_RELEASE: release,
    POINTSMAN_INSTANCE: id,
  };
  try {
    const process = await children.start(id, {
      image,
      root: releaseFolder(release),
      env: instanceEnvironment(marks, port, image.env, env),
      logFile: logFile(id),
    });
    return { ...intended, phase: 'running', process, ready: false };
  } catch (thrown) {
    const detail = `could not be started: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { ...intended, phase: 'exited', exits: exitsInARow(exits, 0), exitedAt: now(), detail };
  }
}
