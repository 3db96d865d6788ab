import { resolve } from 'node:path';
import { CliFailure } from '../cli-failure.ts';
import { ServerUnreachable } from '../client/http.ts';
import type { ServiceStatus } from '../client/services.ts';
import { confirm } from '../confirm.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';

export interface DownArgs {
  /** Everything when absent: all services, the router and the host. */
  readonly service?: string | undefined;
  /** Of a host that has ended: its configuration and its data folder. */
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  /** Also when a rollout is not over. */
  readonly force: boolean;
}

interface Ended {
  /** Of which instances ran. */
  readonly services: readonly { readonly service: string; readonly instances: number }[];
  /** ARNs of the rollouts that were stopped. */
  readonly rollouts: readonly string[];
  readonly router: boolean;
  readonly host: boolean;
}

/** Ends what a host that has ended left running. A failure is an Error, with `hint` where something would help. */
export type EndDataFolder = (options: {
  configFile?: string;
  dataFolder?: string;
  service?: string;
  force: boolean;
}) => Promise<Ended>;

// Without a host nobody can be asked over HTTP. Loaded only when it is needed.
const loadEnd = async (): Promise<EndDataFolder> =>
  (await import('../../adapters/local/host/end-data-folder.ts')).endDataFolder;

/** Ends instances, router and host, with the traffic they serve: asks the host, or works on the data folder without one. */
export async function down(args: DownArgs, session: Session, load = loadEnd): Promise<ExitCode> {
  const services = args.config === undefined && args.data === undefined ? await servicesOf(session, args) : undefined;
  const ended = services === undefined ? await without(args, session, load) : await withHost(args, services, session);
  const { out } = session;
  out.answer(ended, () => linesOf(ended).join('\n'));
  if (ended.services.length > 0)
    out.hint('Releases stay in the registry. To run one again: pointsman deploy start SERVICE --retry');
  return exitCodes.ok;
}

/** What the host serves; undefined when none runs at the place where one is by default. */
async function servicesOf(
  { client, settings }: Session,
  { service }: DownArgs,
): Promise<readonly ServiceStatus[] | undefined> {
  try {
    return service === undefined ? (await client.services()).services : [await client.service(service)];
  } catch (thrown) {
    const wasNamed = settings.origin === '--endpoint' || settings.origin === 'POINTSMAN_ENDPOINT';
    if (thrown instanceof ServerUnreachable && !wasNamed) return undefined;
    throw thrown;
  }
}

async function withHost(
  { service, force }: DownArgs,
  services: readonly ServiceStatus[],
  session: Session,
): Promise<Ended> {
  const each = services.map((found) => `${found.service} (${count(found.instances.length)})`).join(', ');
  const all = `End ${each === '' ? '' : `${each}, `}the stores of every group, the router and the host.`;
  await confirm(`${service === undefined ? all : `End ${each} and its route.`} Their traffic ends at once.`, session);
  return session.client.down({ ...(service && { service }), force });
}

async function without(args: DownArgs, session: Session, load: typeof loadEnd): Promise<Ended> {
  const { service, data, force } = args;
  const { io } = session;
  const there = (await io.readText(resolve(io.cwd, 'pointsman.yaml'))) === undefined ? undefined : 'pointsman.yaml';
  const config = args.config ?? there;
  const what = service === undefined ? 'every instance and the router' : `every instance of ${service} and its route`;
  const where = data ?? (config === undefined ? '.pointsman' : `the data folder of ${config}`);
  await confirm(
    `End ${what}, which a host left running. Their traffic ends at once.`,
    session,
    `without a host: ${where}`,
  );
  const end = await load();
  try {
    return await end({
      ...(config && { configFile: resolve(io.cwd, config) }),
      ...(data && { dataFolder: resolve(io.cwd, data) }),
      ...(service && { service }),
      force,
    });
  } catch (thrown) {
    throw refusedEnd(thrown);
  }
}

/** What has a name of its own or says who uses the folder is a refusal; a bug stays a bug. */
function refusedEnd(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (thrown.name === 'ConfigurationError')
    return new CliFailure(exitCodes.usage, thrown.message, {}, { cause: thrown });
  const isInUse = thrown.message.includes('is in use by process');
  if (thrown.name !== 'Refusal' && !isInUse) return thrown;
  const hint =
    'hint' in thrown && typeof thrown.hint === 'string' ? thrown.hint : 'pointsman down   asks a host that runs';
  return new CliFailure(exitCodes.refused, thrown.message, { try: [hint] }, { cause: thrown });
}

function linesOf({ services, rollouts, router, host }: Ended): string[] {
  const lines = [
    ...rollouts.map((arn) => `stopped  ${oneLine(arn)}`),
    ...services.map(({ service, instances }) => `ended  ${oneLine(service)}: ${count(instances)}`),
    ...(router ? ['ended  the router'] : []),
    ...(host ? ['ended  the host'] : []),
  ];
  return lines.length === 0 ? ['nothing ran'] : lines;
}

const count = (instances: number): string => (instances === 1 ? '1 instance' : `${instances} instances`);
