import type { Logger } from 'pino';
import type { GroupName } from '../../../../functions/ports/recovery/position.ts';
import type { WriteEndpoint } from '../../../../functions/ports/recovery/write-endpoint.ts';
import type { GroupSettings } from '../../../group-configuration.ts';
import type { ProtectedGroup, ProtectedGroups } from '../../../protected-groups.ts';
import { publishEndpoint } from '../../router/endpoint/local-write-endpoint.ts';
import type { RouterControl } from '../../router/router-control.ts';

interface KeepGroupsOptions {
  readonly groups: ProtectedGroups;
  readonly settings: Readonly<Record<GroupName, GroupSettings>>;
  readonly endpoint: WriteEndpoint;
  readonly routerControl: RouterControl;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** What a host does for its protected groups all the time. */
interface KeptGroups {
  stop(): Promise<void>;
}

/** A primary that hears nobody for `selfFenceSeconds` stops; the log waits in the clear until it is taken. */
const EVERY_MS = 1_000;
/** A group that could not be started is tried again. */
const START_AGAIN_ROUNDS = 10;

/**
 * Starts every group and opens its address, then keeps it company. Resolves when all groups were tried once: one that cannot
 * be started keeps no host from starting, and is tried again.
 */
export async function keepGroups({
  groups,
  settings,
  endpoint,
  routerControl,
  log,
}: KeepGroupsOptions): Promise<KeptGroups> {
  const keepers = Array.from(groups, ([group, kept]) => {
    const { port = 0, services = [], sites = {} } = settings[group] ?? {};
    return keeper(
      group,
      kept,
      async () => {
        const addresses = Object.fromEntries(
          Object.entries(kept.ports).map(([site, sitePort]) => [site, { host: '127.0.0.1', port: sitePort }]),
        );
        const at = await publishEndpoint(routerControl, group, { port, sites: addresses, services });
        const { version } = await endpoint.observe(group);
        const [home] = Object.keys(sites);
        // Only an endpoint that was never pointed anywhere: afterwards it is for those who hold the lease.
        if (version === 0 && home !== undefined) await endpoint.change(group, 0, 0, { site: home, sessions: 'open' });
        log.info({ group, address: `127.0.0.1:${at}` }, 'the group is up');
      },
      log,
    );
  });
  await Promise.all(keepers.map(({ round }) => round()));
  const timer = setInterval(() => keepers.forEach(({ round }) => void round()), EVERY_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(keepers.map(({ inHand }) => inHand()));
    },
  };
}

function keeper(group: GroupName, kept: ProtectedGroup, open: () => Promise<void>, log: KeepGroupsOptions['log']) {
  let isUp = false;
  let rounds = 0;
  let told = '';
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    if (!isUp && rounds++ % START_AGAIN_ROUNDS === 0) {
      await kept.start();
      await open();
      isUp = true;
    }
    const problems = isUp ? await kept.accompany() : [];
    const line = problems.join('; ');
    if (line !== '' && line !== told) log.warn({ group }, line);
    told = line;
  }
  /** Rounds of one group never overlap. */
  const round = (): Promise<void> =>
    (working ??= work()
      .catch((thrown: unknown) => log.error({ err: thrown, group }, 'the group cannot be kept'))
      .finally(() => (working = undefined)));
  return { round, inHand: async () => working };
}
