import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A function as the server runs it. */
interface ServedFunction {
  /** Its bundle, unpacked from the archive that is deployed. */
  readonly file: string;
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

export interface LambdaServer {
  readonly url: string;
  /** Lines that functions wrote, JSON, in the order they came. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Invocations by function. */
  readonly calls: ReadonlyMap<string, number>;
  /** Kills the process of the next call of a function as soon as it answers, before the caller hears. */
  killAfterNext(name: string): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly output?: string;
  readonly failure?: string;
}

const childFile = fileURLToPath(new URL('lambda-child.ts', import.meta.url));

/**
 * Lambda's Invoke API over bundles, each in processes of its own: one event at a time in a process, which is used again, and
 * another one when all are busy. IT IS A MODEL of Lambda: no sandbox, no limits but time, and credentials that nobody checks. A failure has the
 * `errorType` that Step Functions compares, which serverless-offline has not (it says `Error` for all). `now` is their clock.
 */
export async function startLambdaServer(
  functions: ReadonlyMap<string, ServedFunction>,
  now: () => number = Date.now,
): Promise<LambdaServer> {
  const idle = new Map<string, ChildProcess[]>();
  const all = new Set<ChildProcess>();
  const log: Readonly<Record<string, unknown>>[] = [];
  const calls = new Map<string, number>();
  const doomed = new Set<string>();

  function start(name: string, { file, environment }: ServedFunction): ChildProcess {
    const child = spawn(process.execPath, [childFile, file], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    all.add(child);
    let rest = '';
    child.stdout?.on('data', (data: Buffer) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      log.push(...lines.map((line) => JSON.parse(line)));
    });
    child.once('exit', () => {
      all.delete(child);
      idle.set(
        name,
        (idle.get(name) ?? []).filter((each) => each !== child),
      );
    });
    return child;
  }

  async function invoke(name: string, served: ServedFunction, invocation: object): Promise<Answer> {
    const child = idle.get(name)?.pop() ?? start(name, served);
    const over = new AbortController();
    const { signal } = over;
    const late = setTimeout(() => child.kill('SIGKILL'), served.timeoutSeconds * 1000);
    try {
      const answered = once(child, 'message', { signal }).then(([answer]) => answer as Answer);
      const exited = once(child, 'exit', { signal }).then(
        (): Answer => ({ failure: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: `${name} died` }) }),
      );
      const at = now();
      child.send({ ...invocation, functionName: name, now: at, deadline: at + served.timeoutSeconds * 1000 });
      const answer = await Promise.race([answered, exited]);
      if (doomed.delete(name)) {
        child.kill('SIGKILL');
        return { failure: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: `${name} was killed` }) };
      }
      if (child.exitCode === null) idle.set(name, [...(idle.get(name) ?? []), child]);
      return answer;
    } finally {
      clearTimeout(late);
      over.abort();
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1] ?? '';
    const served = functions.get(name);
    if (served === undefined)
      return void response.writeHead(404).end(JSON.stringify({ Type: 'User', Message: `Function not found: ${name}` }));
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const told = request.headers['x-amz-client-context'];
    const { output, failure } = await invoke(name, served, {
      event: JSON.parse(Buffer.concat(parts).toString()),
      requestId: randomUUID(),
      ...(typeof told === 'string' && { clientContext: JSON.parse(Buffer.from(told, 'base64').toString()) }),
    });
    response
      .writeHead(200, failure === undefined ? {} : { 'x-amz-function-error': 'Unhandled' })
      .end(output ?? failure);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) => void response.writeHead(500).end(String(thrown)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    calls,
    killAfterNext: (name) => void doomed.add(name),
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.all(
        [...all].map(async (child) => {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }),
      );
    },
  };
}
