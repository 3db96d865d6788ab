// A process of one function, as `lambda-server.ts` starts it: loads the bundle, and calls its handler for one event at a time, as
// Lambda's own runtime for Node.js does.
import { createRequire } from 'node:module';

interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  readonly functionName: string;
  readonly clientContext?: unknown;
  readonly trace?: string;
  readonly deadline: number;
  /** Milliseconds since 1970, as the test wants it to be. */
  readonly now: number;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

const load = createRequire(import.meta.url);
const { handler } = load(process.argv[2] ?? '') as { readonly handler: Handler };

const realNow = Date.now;

process.on('message', (invocation: Invocation) => void answer(invocation));

async function answer({
  event,
  requestId,
  functionName,
  clientContext,
  trace,
  deadline,
  now,
}: Invocation): Promise<void> {
  const offset = now - realNow();
  Date.now = () => realNow() + offset;
  if (trace !== undefined) process.env['_X_AMZN_TRACE_ID'] = trace;
  const context = {
    functionName,
    awsRequestId: requestId,
    clientContext,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const output = await handler(event, context);
    process.send?.({ output: JSON.stringify(output ?? null) });
  } catch (thrown) {
    const { name, message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
    process.send?.({ failure: JSON.stringify({ errorType: name, errorMessage: message, trace: stack.split('\n') }) });
  }
}
