import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface TargetFile {
  readonly instances: readonly {
    readonly release: string;
    readonly process?: { readonly pid: number };
  }[];
}

/** Pids of a service's instances, as the data folder has them; of one release, or of all. */
export function instancePids(dataFolder: string, service: string, release?: string): readonly number[] {
  const { instances } = read(dataFolder, 'target', 'services', `${service}.json`) as TargetFile;
  const wanted = instances.filter((instance) => release === undefined || instance.release === release);
  return wanted.flatMap(({ process }) => process?.pid ?? []);
}

/** Pid of the router that was started last; undefined when it ended politely. */
export function routerPid(dataFolder: string): number | undefined {
  return (read(dataFolder, 'router', 'router.json') as { readonly pid: number } | undefined)?.pid;
}

function read(...path: string[]): unknown {
  const file = join(...path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
