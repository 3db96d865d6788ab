import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** AWS as moto imitates it, in a process of its own on a free port. */
export interface MotoServer {
  readonly url: string;
  /** Forgets everything that was put into it. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error with what the program said when it ends before it listens */
export async function startMotoServer(program: string): Promise<MotoServer> {
  const server = spawn(program, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(server, 'exit');
  let said = '';
  const listening = new Promise<string>((resolve) => {
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (text: Buffer) => {
        said += text.toString();
        const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
        if (url !== undefined) resolve(url);
      });
  });
  const url = await Promise.race([listening, exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`${program} ended before it listened:\n${said}`);
  return {
    url,
    async reset() {
      const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
      if (!ok) throw new Error(`moto_server did not reset: ${status}`);
    },
    async stop() {
      server.kill();
      await exited;
    },
  };
}
