import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';

/** A process that cannot be mistaken for a later one with its pid. */
const processIdentity = z.object({
  pid: z.int(),
  /** When it started, in clock ticks since the machine did: field 22 of `/proc/<pid>/stat`. */
  startTicks: z.int(),
  /** Pids and ticks begin anew with every start of the machine. */
  bootId: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

const runnableImage = z.object({
  command: z.readonly(z.array(z.string())),
  /** Absolute inside the image. */
  workingDir: z.string(),
  env: z.readonly(z.record(z.string(), z.string())),
});
/** What of an image's configuration a process needs. */
export type RunnableImage = z.infer<typeof runnableImage>;

/** A release with a part to play. */
const arm = z.object({
  release: z.string(),
  /** How many copies are wanted. */
  instances: z.int(),
  image: runnableImage,
  /** When the machine was started under which the image was unpacked: an unpacked image is not forced to the disk. */
  bootId: z.string(),
});
export type Arm = z.infer<typeof arm>;

const instance = {
  id: z.string(),
  release: z.string(),
  port: z.int(),
  /** How often an instance in this one's place exited, lately. */
  exits: z.int(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
};
const instanceRecord = z.discriminatedUnion('phase', [
  /** Written before the process is started: after a crash it may run or not. */
  z.object({ phase: z.literal('intended'), ...instance }),
  z.object({ phase: z.literal('running'), ...instance, process: processIdentity, ready: z.boolean() }),
  /** `stopBy` in milliseconds since 1970: killed after it. */
  z.object({ phase: z.literal('stopping'), ...instance, process: processIdentity, stopBy: z.number() }),
  z.object({ phase: z.literal('exited'), ...instance, exitedAt: z.number(), detail: z.string() }),
]);
export type InstanceRecord = z.infer<typeof instanceRecord>;
export type RunningInstance = Extract<InstanceRecord, { phase: 'running' }>;

const serviceState = z.object({
  format: z.literal(1),
  /** The highest seen; 0 before the first write. */
  epoch: z.number(),
  stable: z.nullable(arm),
  candidate: z.nullable(arm),
  instances: z.readonly(z.array(instanceRecord)),
});
/** All the target knows of a service. */
export type ServiceState = z.infer<typeof serviceState>;

const nothing: ServiceState = { format: 1, epoch: 0, stable: null, candidate: null, instances: [] };

/** What a service's file says; nothing known when there is none. @throws Error when it cannot be understood */
export async function readState(file: string): Promise<ServiceState> {
  const text = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (text === undefined) return nothing;
  try {
    return serviceState.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is not the state of a service as this version writes it`, { cause });
  }
}

/** Replaces a service's file; it has either the old content or the new, also after a power cut. */
export async function writeState(file: string, state: ServiceState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  {
    await using written = await open(partial, 'w');
    await written.writeFile(JSON.stringify(state, undefined, 2));
    await written.sync();
  }
  await rename(partial, file);
  await using folder = await open(dirname(file), 'r');
  await folder.sync();
}

/** The files of all services in a folder, by service. */
export async function stateFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json'));
  return new Map(files.map((name) => [name.slice(0, -'.json'.length), join(folder, name)]));
}
