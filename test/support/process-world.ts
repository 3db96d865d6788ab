import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ProcessReleaseTarget,
  type ProcessReleaseTargetOptions,
  processReleaseTarget,
} from '../../adapters/local/process-target/process-release-target.ts';
import type { InstanceRecord, ServiceState } from '../../adapters/local/process-target/service-state.ts';
import type { Digest, Instance } from '../../functions/ports/release.ts';
import { StepFailure } from '../../functions/step-failure.ts';

/** A release by a letter, `a` → `sha256:aaaa…`. */
export const release = (letter: string): Digest => `sha256:${letter.repeat(64)}`;

/** A process target over real processes in `folder`, whose releases are programs given as text, by their letter. */
export interface ProcessWorld {
  readonly target: ProcessReleaseTarget;
  readonly folder: string;
  /** Another target on the same folder, as a host that is started again makes it. */
  again(): ProcessReleaseTarget;
  becomeReady(release: Digest): Promise<void>;
  state(): Promise<ServiceState>;
  /** Changes what is on the disk, as a crash at another point would have left it. */
  rewrite(change: (state: ServiceState) => ServiceState): Promise<void>;
  pidOf(instance: Instance): Promise<number>;
  moveClock(seconds: number): void;
  close(): Promise<void>;
}

export function processWorld(
  folder: string,
  programs: Readonly<Record<string, string>>,
  options: Partial<ProcessReleaseTargetOptions> = {},
): ProcessWorld {
  let ahead = 0;
  const readyFile = (digest: Digest) => join(folder, `ready-${digest.at(-1)}`);
  const stateFile = join(folder, 'target', 'services', 'shop.json');
  const open = () =>
    processReleaseTarget({
      folder: join(folder, 'target'),
      settings: () => ({ readinessPath: '/ready', drainSeconds: 10, env: { GREETING: 'hello' } }),
      unpack: async (_service, digest, root) => {
        const program = programs[digest.at(-1) ?? ''];
        if (program === undefined) throw new StepFailure('Pointsman.BadImage', `${digest}: found ${release('f')}`);
        await mkdir(join(root, 'app'), { recursive: true });
        await writeFile(join(root, 'app', 'server.cjs'), program);
        return { command: ['node', 'server.cjs'], workingDir: '/app', env: { READY_FILE: readyFile(digest) } };
      },
      now: () => Date.now() + ahead,
      ...options,
    });
  const target = open();
  const state = async (): Promise<ServiceState> => JSON.parse(await readFile(stateFile, 'utf8'));
  return {
    target,
    folder,
    again: open,
    becomeReady: (digest) => writeFile(readyFile(digest), ''),
    state,
    rewrite: async (change) => writeFile(stateFile, JSON.stringify(change(await state()))),
    pidOf: async ({ id }) => pidIn((await state()).instances.find((i) => i.id === id)),
    moveClock: (seconds) => {
      ahead += seconds * 1000;
    },
    close: async () => void (await target.endNow('shop')),
  };
}

function pidIn(record: InstanceRecord | undefined): number {
  if (record?.phase === 'running' || record?.phase === 'stopping') return record.process.pid;
  throw new Error(`no process in ${JSON.stringify(record)}`);
}

/** Serves HTTP, ready as soon as its ready file is there; answers other paths with its environment and folder. */
export const server = `
  const { existsSync } = require('node:fs');
  require('node:http').createServer((request, response) => {
    response.statusCode = request.url === '/ready' && !existsSync(process.env.READY_FILE) ? 503 : 200;
    response.end(JSON.stringify({ env: process.env, cwd: process.cwd() }));
  }).listen(process.env.PORT, process.env.HOST);
  console.log('listening');
`;

/** The same, and takes no notice of SIGTERM. */
export const stubbornServer = `process.on('SIGTERM', () => console.log('asked to end'));${server}`;
