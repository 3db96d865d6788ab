import { StepFailure } from '../../../functions/step-failure.ts';
import { inTurn } from '../../shared/in-turn.ts';
import type { PgControl } from '../server/pg-control.ts';
import { openKeptSite } from './kept-site.ts';
import { carryOut, type Order } from './order.ts';
import { watchForLoneliness } from './self-fence.ts';
import type { SiteRecord } from './site-record.ts';
import { readSetup } from './site-setup.ts';

/** What a keeper knows of its site without asking the server, which may hang. */
export interface KeeperState {
  readonly record: SiteRecord;
  /** Pid of the postmaster; null: nothing runs, for certain. */
  readonly pid: number | null;
  /** Null: there is no data. The numbers are decimal. */
  readonly control: (Omit<PgControl, 'checkpoint' | 'redo' | 'minRecovery'> & Positions) | null;
}

interface Positions {
  readonly checkpoint: string;
  readonly minRecovery: string;
}

/**
 * Keeps the server of one site: starts, stops, promotes and fences it, one order at a time, and refuses orders of an
 * epoch that has passed. It outlives the controller; a new one finds the server that an earlier one left running.
 */
export interface Keeper {
  state(): Promise<KeeperState>;
  /**
   * Carries an order out. The same order again, while it is carried out, waits for the same outcome.
   * @throws StepFailure `Pointsman.StillWorking` after 4 seconds: it goes on
   * @throws StepFailure `Pointsman.LeaseLost` for an epoch lower than one it was shown
   */
  order(order: Order): Promise<unknown>;
  /** Somebody who may gave a sign of life: this site is not alone. */
  heard(): void;
  /** Gives the site up; its server runs on. */
  close(): void;
}

export async function openKeeper(folder: string): Promise<Keeper> {
  const site = await openKeptSite(await readSetup(folder), folder);
  const { setup } = site;
  const turn = inTurn();
  const underWay = new Map<string, Promise<unknown>>();
  const watch = watchForLoneliness(site);
  const { wanted, role } = site.read();
  // Its machine came back. A standby may go on; a primary waits to be told, for another may have been promoted meanwhile.
  const comesBack = wanted === 'running' && role.kind === 'standby' && site.server.pid() === undefined;
  if (comesBack && (await site.control()) !== undefined)
    await turn(() => site.configure().then(() => site.server.start()));

  function assertCurrent(order: Order): void {
    const { epoch } = site.read();
    if (order.epoch < epoch)
      throw new StepFailure(
        'Pointsman.LeaseLost',
        `${setup.group}/${setup.site}: ${order.kind} was asked with epoch ${order.epoch}, and it was shown ${epoch} before`,
      );
  }

  return {
    async state() {
      site.warm(); // who looks may be about to order
      const control = await site.control();
      const shown =
        control === undefined
          ? null
          : {
              ...control,
              checkpoint: String(control.checkpoint),
              minRecovery: String(control.minRecovery),
              redo: undefined,
            };
      return { record: site.read(), pid: site.server.pid() ?? null, control: shown };
    },

    async order(order) {
      assertCurrent(order);
      site.remember({ epoch: order.epoch }); // durable with what the order notes before it changes anything
      const key = JSON.stringify(order);
      const run =
        underWay.get(key) ??
        // A fence waits for nobody: what it ends may be what the others wait for.
        (order.kind === 'fence'
          ? carryOut(site, order)
          : turn(async () => {
              assertCurrent(order);
              return carryOut(site, order);
            }));
      if (!underWay.has(key)) {
        underWay.set(key, run);
        run.catch(() => {}).finally(() => underWay.delete(key));
      }
      try {
        const goesOn = `${setup.group}/${setup.site}: ${order.kind} is under way; ask again`;
        return await withinSeconds(4.5, run, goesOn);
      } finally {
        await site.note({});
      }
    },

    heard: watch.heard,
    close: watch.close,
  };
}

async function withinSeconds<T>(seconds: number, run: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailure('Pointsman.StillWorking', message)), seconds * 1000);
  });
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}
