import { resolve } from 'node:path';
import { CliFailure } from './cli-failure.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type Io, interruption } from './io.ts';
import type { Out } from './out.ts';

export interface StartArgs {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly port?: number | undefined;
  readonly address?: string | undefined;
  readonly log?: 'pretty' | 'json' | undefined;
  readonly virtualClock?: boolean | undefined;
}

interface RunningHost {
  readonly url: string;
  /** Resolves when it has closed; rejects when it broke. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** What `pointsman start` asks of the host it runs. A failure to start is an Error, with `try` where it can help. */
export type RunHost = (options: {
  configFile?: string;
  dataFolder?: string;
  port?: number;
  address?: string;
  log: 'pretty' | 'json';
  virtualClock?: true;
}) => Promise<RunningHost>;

// The one place where the command line composes: a host inside this process. Loaded only when it is asked for.
const loadHost = async (): Promise<RunHost> => (await import('../adapters/local/host/run-host.ts')).runHost;

/** Runs a host in this process until Ctrl-C, then closes it in order. */
export async function start(
  args: StartArgs,
  { io, out }: { readonly io: Io; readonly out: Out },
  load = loadHost,
): Promise<ExitCode> {
  const log = args.log ?? (io.stderr.isTty ? 'pretty' : 'json');
  const say = (text: string) => (log === 'pretty' ? out.hint(text) : undefined); // a log for programs stays one
  const host = await running({ ...args, log }, io, load);
  out.answer({ url: host.url }, () => `Pointsman listens on ${out.paint('bold', host.url)}`);
  if (args.virtualClock === true)
    say(out.paintErr('bold', 'THE CLOCK IS VIRTUAL: every wait, retry and timeout passes at once. For tests only.'));
  say(
    [
      '  Release something:  pointsman push FOLDER service:tag',
      '  See how it stands:  pointsman deploy status',
      `  With AWS's tools:   aws stepfunctions list-state-machines --endpoint-url ${host.url} --region us-east-1 --no-sign-request`,
      '  Ctrl-C ends the host. Instances and their traffic go on until `pointsman down`; what runs continues at the next start.',
    ].join('\n'),
  );
  const asked = new Promise<'asked'>((resolve) => {
    if (interruption(io) !== undefined) resolve('asked');
    io.interrupted.addEventListener('abort', () => resolve('asked'), { once: true });
  });
  if ((await Promise.race([asked, host.closed])) === 'asked') {
    say('Closing: what is in hand is written first. Ctrl-C again leaves at once.');
    await host.close();
    say('Closed. To go on: pointsman start');
  }
  return exitCodes.ok;
}

type RunArgs = StartArgs & { readonly log: 'pretty' | 'json' };

async function running(
  { config, data, port, address, log, virtualClock }: RunArgs,
  io: Io,
  load: typeof loadHost,
): Promise<RunningHost> {
  const runHost = await load();
  const configFile =
    config ?? ((await io.readText(resolve(io.cwd, 'pointsman.yaml'))) === undefined ? undefined : 'pointsman.yaml');
  try {
    return await runHost({
      ...(configFile && { configFile: resolve(io.cwd, configFile) }),
      ...(data && { dataFolder: resolve(io.cwd, data) }),
      ...(port !== undefined && { port }),
      ...(address && { address }),
      log,
      ...(virtualClock === true && { virtualClock }),
    });
  } catch (thrown) {
    throw refusedStart(thrown, port);
  }
}

/** A wrong configuration is a usage error; a taken port or data folder is a refusal; a bug stays a bug. */
function refusedStart(thrown: unknown, port: number | undefined): unknown {
  if (
    !(thrown instanceof Error) ||
    [TypeError, ReferenceError, RangeError, SyntaxError].some((bug) => thrown instanceof bug)
  )
    return thrown;
  const isPortTaken = 'code' in thrown && thrown.code === 'EADDRINUSE';
  const hint =
    'try' in thrown
      ? thrown.try
      : isPortTaken
        ? [
            `pointsman start --port ${(port ?? 7400) + 1}`,
            'pointsman deploy status   if it is a Pointsman that runs there',
          ]
        : [];
  const [headline = '', ...details] = (
    isPortTaken ? `port ${port ?? 7400} is in use: ${thrown.message}` : thrown.message
  ).split('\n');
  const asked = 'exitCode' in thrown ? thrown.exitCode : undefined;
  const exitCode =
    asked === 2 || (asked === undefined && thrown.name === 'ConfigurationError') ? exitCodes.usage : exitCodes.refused;
  return new CliFailure(
    exitCode,
    headline,
    { details, try: Array.isArray(hint) ? hint.map(String) : [String(hint)] },
    { cause: thrown },
  );
}
