import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { CliFailure } from './cli-failure.ts';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { ColourChoice } from './text/paint.ts';

export type Format = 'text' | 'json' | 'jsonl';

/** The options every command takes, as the command line gave them. */
export interface GlobalOptions {
  readonly endpoint?: string;
  readonly output?: Format;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: ColourChoice;
  /** false for `--no-input`. */
  readonly input?: boolean;
  readonly timeout?: number;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** What holds for one command, wherever it was set. */
export interface Settings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Where the endpoint came from, for `--verbose`: `--endpoint`, `POINTSMAN_ENDPOINT`, a file's path, `default`. */
  readonly origin: string;
  readonly format: Format;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly colour: ColourChoice;
  /** Questions may be asked. */
  readonly interactive: boolean;
  readonly timeoutMs: number | undefined;
  readonly reason: string | undefined;
  readonly yes: boolean;
}

const defaultEndpoint = 'http://127.0.0.1:7400';

/** Flag before environment before `pointsman.yaml`, looked for in this folder and all above it, before the default. */
export async function readSettings(options: GlobalOptions, io: Io): Promise<Settings> {
  const { endpoint, origin } = await findEndpoint(options, io);
  return {
    endpoint: checkedUrl(endpoint, origin),
    origin,
    format: options.json ? 'json' : (options.output ?? 'text'),
    quiet: options.quiet ?? false,
    verbose: options.verbose ?? false,
    colour: options.color ?? 'auto',
    // CI systems fake a terminal; nobody sits in front of it.
    interactive: options.input !== false && io.stdinIsTty && io.stderr.isTty && !io.env['CI'],
    timeoutMs: options.timeout,
    reason: options.reason,
    yes: options.yes ?? false,
  };
}

async function findEndpoint({ endpoint }: GlobalOptions, io: Io): Promise<{ endpoint: string; origin: string }> {
  if (endpoint !== undefined) return { endpoint, origin: '--endpoint' };
  const fromEnv = io.env['POINTSMAN_ENDPOINT'];
  if (fromEnv) return { endpoint: fromEnv, origin: 'POINTSMAN_ENDPOINT' };
  for (let folder = io.cwd; ; folder = dirname(folder)) {
    const path = join(folder, 'pointsman.yaml');
    const text = await io.readText(path);
    if (text !== undefined) return { endpoint: endpointIn(text, path) ?? defaultEndpoint, origin: path };
    if (dirname(folder) === folder) return { endpoint: defaultEndpoint, origin: 'default' };
  }
}

/** `host.address` and `host.port` of the configuration; undefined when it names neither. */
function endpointIn(text: string, path: string): string | undefined {
  let host: unknown;
  try {
    host = (parse(text) as { host?: unknown } | null)?.host;
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    throw new CliFailure(
      exitCodes.usage,
      `${path} is no YAML`,
      { details: [why], try: ['--endpoint URL'] },
      { cause: thrown },
    );
  }
  if (typeof host !== 'object' || host === null) return undefined;
  const { address = '127.0.0.1', port = 7400 } = host as { address?: unknown; port?: unknown };
  const name = String(address).includes(':') ? `[${String(address)}]` : String(address);
  return `http://${name}:${String(port)}`;
}

function checkedUrl(endpoint: string, origin: string): string {
  const url = URL.parse(endpoint);
  if (url !== null && /^https?:$/.test(url.protocol)) return endpoint.replace(/\/+$/, '');
  throw new CliFailure(exitCodes.usage, `'${endpoint}' (from ${origin}) is no address of a host`, {
    try: [`--endpoint ${defaultEndpoint}`],
  });
}
