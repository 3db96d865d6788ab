import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Json } from '../../../../engine/data/json.ts';
import type { BackupCatalog } from '../../../../functions/ports/recovery/backup-catalog.ts';
import { unpin } from '../../../../functions/ports/recovery/pins.ts';
import type { RecoveryRun, RecoveryRuns } from '../../../../functions/ports/recovery/recovery-runs.ts';
import type { RunOrder, RunOrders } from '../../../../functions/ports/run-orders.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { readBody } from '../read-body.ts';
import { Refusal } from '../refusal.ts';
import type { ListedBackup } from './backup-list.ts';
import type { GroupStatuses } from './group-statuses.ts';
import { orderTarget, refuseUnheard } from './order-target.ts';
import { reportPage } from './report-page.ts';
import { recoveryWorkflows, type StartRecovery } from './start-recovery.ts';

export interface RecoveryApiOptions {
  readonly statuses: GroupStatuses;
  readonly runs: RecoveryRuns;
  readonly orders: RunOrders;
  readonly start: StartRecovery;
  /** What `check-readiness` finds now. */
  readonly readiness: (input: { group: string; mode: string; to: string | null }) => Promise<unknown>;
  /** What `mark-point` does: this moment gets a name, and the backup that it is restored from is kept. */
  readonly mark: (input: { group: string; name: string; holder: string }) => Promise<unknown>;
  /** What `destroy-restore` does. */
  readonly discard: (input: { group: string; scratch: string }) => Promise<unknown>;
  readonly catalog: Pick<BackupCatalog, 'list' | 'note'>;
  readonly backups: (
    group: string,
  ) => Promise<{ readonly backups: readonly ListedBackup[]; readonly unread: readonly string[] }>;
  readonly now: () => number;
}

const runsListed = 100;

const start = z.strictObject({
  workflow: z.enum(recoveryWorkflows),
  input: z._default(z.record(z.string(), z.json()), {}),
});
const loss = z.strictObject({ bytes: z.number().check(z.gte(0)), seconds: z.number().check(z.gte(0)) });
const order = z.strictObject({
  order: z.enum(['pause', 'resume', 'abort', 'escalate']),
  by: z.string().check(z.minLength(1), z.maxLength(200)),
  reason: z.string().check(z.minLength(1), z.maxLength(2000)),
  /** What an escalation consents to losing at most. */
  allowLoss: z.optional(loss),
  /** Name of the run that is meant, where more than one runs. */
  run: z.optional(z.string()),
});

const point = z.strictObject({
  name: z.string().check(z.regex(/^[A-Za-z0-9._-]{1,60}$/, 'letters, digits, ".", "_" and "-", at most 60')),
  by: z.string().check(z.minLength(1), z.maxLength(200)),
});

const discarded = z.strictObject({ restore: z.string().check(z.minLength(1)) });
const taken = z.strictObject({ backup: z.string().check(z.minLength(1)), pin: z.string().check(z.minLength(1)) });

/** Protected groups, what runs on them, and what became of earlier runs. JSON in, JSON out, under `/pointsman/v1/groups`. */
export function recoveryApi(options: RecoveryApiOptions): Hono {
  const { statuses, runs, orders, readiness, mark, backups, now } = options;
  const app = new Hono();
  app.get('/', async (c) => c.json({ groups: await statuses.all() }));
  app.get('/:group', async (c) => c.json(await statuses.of(c.req.param('group'))));
  app.get('/:group/readiness', async (c) => {
    const group = c.req.param('group');
    await statuses.running(group); // refuses what there is not
    const { mode = 'failover', to = null } = c.req.query();
    return c.json(await readiness({ group, mode, to }));
  });
  app.get('/:group/backups', async (c) => {
    await statuses.running(c.req.param('group'));
    return c.json(await backups(c.req.param('group')));
  });
  app.post('/:group/points', async (c) => {
    const group = c.req.param('group');
    const { name, by } = await readBody(c, point);
    await statuses.running(group);
    try {
      return c.json(await mark({ group, name, holder: by }));
    } catch (thrown) {
      if (!(thrown instanceof StepFailure)) throw thrown;
      throw new Refusal(409, 'NotMarked', thrown.message, `pointsman recovery status ${group}`);
    }
  });
  app.post('/:group/restores/discarded', async (c) => {
    const group = c.req.param('group');
    const { restore } = await readBody(c, discarded);
    await statuses.running(group);
    try {
      return c.json(await options.discard({ group, scratch: restore }));
    } catch (thrown) {
      if (!(thrown instanceof StepFailure)) throw thrown;
      throw new Refusal(409, 'NotDiscarded', thrown.message, `pointsman recovery reports ${group}`);
    }
  });
  app.post('/:group/pins/taken', async (c) => {
    const group = c.req.param('group');
    const { backup, pin } = await readBody(c, taken);
    await statuses.running(group);
    const record = (await options.catalog.list(group)).find(({ id }) => id === backup);
    if (record === undefined || !record.pins.includes(pin)) {
      const pins = record?.pins.join('; ') ?? '';
      const found = record === undefined ? `there is no backup ${backup}` : `its pins: ${pins === '' ? 'none' : pins}`;
      throw new Refusal(404, 'NoPin', `${backup} has no pin "${pin}": ${found}`, `pointsman recovery backups ${group}`);
    }
    await unpin(options.catalog, [record], (reason) => reason === pin);
    return c.json({ backup, pins: record.pins.filter((reason) => reason !== pin) });
  });
  app.post('/:group/runs', async (c) => {
    const group = c.req.param('group');
    const { workflow, input } = await readBody(c, start);
    await statuses.running(group);
    return c.json(await options.start(group, workflow, input as Readonly<Record<string, Json>>));
  });
  app.post('/:group/orders', async (c) => {
    const group = c.req.param('group');
    const given = await readBody(c, order);
    if (given.order === 'escalate' && given.allowLoss === undefined)
      throw new Refusal(400, 'InvalidRequest', 'an escalation says what may be lost: allowLoss { bytes, seconds }');
    const { allowLoss, run, ...words } = given;
    const running = orderTarget(group, await statuses.running(group), run);
    refuseUnheard(given.order, running);
    const whole: RunOrder = { ...words, ...(allowLoss && { allowLoss }), execution: running.executionArn, at: now() };
    return c.json(await orders.give(whole));
  });
  app.get('/:group/runs', async (c) => {
    const listed = await runs.list(c.req.param('group'), runsListed);
    return c.json({ runs: listed.map((run) => ({ ...run, lost: null })) });
  });
  app.get('/:group/runs/:name', async (c) => c.json(await runOf(c.req.param('group'), c.req.param('name'))));
  app.get('/:group/runs/:name/page', async (c) => {
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(reportPage(await runOf(c.req.param('group'), c.req.param('name'))));
  });
  return app;

  /** By the name of its execution; `latest` is the newest. */
  async function runOf(group: string, name: string): Promise<RecoveryRun> {
    const listed = await runs.list(group, runsListed);
    const found = name === 'latest' ? listed[0] : listed.find(({ execution }) => execution.endsWith(`:${name}`));
    if (found !== undefined) return found;
    throw new Refusal(
      404,
      'RunNotFound',
      listed.length === 0 ? `nothing has run on ${group} yet` : `${group} has no recorded run ${name}`,
      `pointsman recovery reports ${group}`,
    );
  }
}
