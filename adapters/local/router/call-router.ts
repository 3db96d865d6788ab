import { readFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:http';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { RouterControl } from './router-control.ts';

/** One call of the router's control API. */
interface ControlCall {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Default 5. */
  readonly timeoutSeconds?: number;
}

/**
 * The answer's JSON.
 * @throws StepFailure the one the router answered with
 * @throws StepFailure `Pointsman.RouterUnreachable` when it did not answer in time; a PUT or DELETE may have been done all the same
 */
export async function callRouter(control: RouterControl, call: ControlCall): Promise<unknown> {
  const { status, text } = await send(control, call).catch((error: Error) => {
    const message = `the router did not answer ${call.method} ${call.path} (${error.message}); it starts with the host, or look at router.log in its folder`;
    throw new StepFailure('Pointsman.RouterUnreachable', message, { cause: error });
  });
  const answer: unknown = JSON.parse(text);
  if (status === 200) return answer;
  const { name, message } = failureShape.parse(answer).error;
  throw new StepFailure(`Pointsman.${name.replace(/^Pointsman\./, '')}`, message);
}

const failureShape = z.object({ error: z.object({ name: z.string(), message: z.string() }) });

async function send(control: RouterControl, { method, path, body, timeoutSeconds = 5 }: ControlCall) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions = {
    ...(await address(control)),
    method,
    path,
    agent: false, // a connection for every call: a kept one would outlive the router it leads to
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const req = request(options, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    req.on('error', reject);
    req.end(payload);
  });
}

async function address(control: RouterControl): Promise<RequestOptions> {
  if (control.kind === 'socket') return { socketPath: control.path };
  const { port, token } = addressShape.parse(JSON.parse(await readFile(control.addressFile, 'utf8')));
  return { host: '127.0.0.1', port, headers: { authorization: `Bearer ${token}` } };
}

const addressShape = z.object({ port: z.number(), token: z.string() });
