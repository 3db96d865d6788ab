import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { owner, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { candidatesIn, exposureOf, primaryOf, siteIn } from '../ports/recovery/candidates.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { RecoveryRun } from '../ports/recovery/recovery-runs.ts';
import type { StepFunction } from '../step-function.ts';
import { checksOf } from './checks.ts';
import type { Facts } from './facts.ts';
import { forecastOf } from './forecast.ts';
import type { Check, PendingLedger, Readiness } from './readiness.ts';
import { signalsOf } from './signals.ts';

const input = z.object({
  group: groupName,
  mode: z.enum(['switchover', 'failover', 'failback']),
  /** Who is to take over; null: whoever is best. */
  to: z._default(z.nullable(siteName), null),
  /** The run that asks, so that its own lease is nobody else's; null: a person. */
  owner: z._default(z.nullable(owner), null),
});

export type CheckReadinessInput = z.output<typeof input>;

const RUNS = 50;

/**
 * Looks at a protected group before anything is done to it: every question of the pre-flight with its evidence, who can take
 * over, what it would take and lose. Changes nothing.
 * @throws StepFailure `Pointsman.NoSuchGroup`
 */
export const checkReadiness: StepFunction<
  CheckReadinessInput,
  Readiness,
  Pick<Ports, 'catalog' | 'clock' | 'endpoint' | 'leases' | 'plans' | 'runs' | 'store'>
> = {
  name: 'check-readiness',
  read: reader('check-readiness', input),
  async run({ group, mode, to, owner }, { catalog, clock, endpoint, leases, plans, runs, store }) {
    const plan = await plans.read(group);
    const [state, pointed, backups, past, lease, backupLease] = await Promise.all([
      store.observe(group),
      endpoint.observe(group).catch(asError),
      catalog.list(group).catch(asError),
      runs.list(group, RUNS),
      leases.read(`group:${group}`),
      leases.read(`backups:${group}`),
    ]);
    const name = primaryOf(state, pointed instanceof Error ? undefined : pointed.site);
    const candidates = candidatesIn(state, name, plan.sites);
    const best = candidates.find(({ site }) => site === to) ?? candidates[0];
    const told = best && exposureOf(state, name, best);
    const facts: Facts = {
      mode,
      owner,
      to,
      plan,
      state,
      endpoint: pointed,
      backups,
      runs: past,
      lease,
      backupLease,
      primary: siteIn(state, name),
      candidates,
      exposure: told === undefined ? null : { ...told, commits: told.commits ?? null },
      now: clock.now(),
    };
    const checks = checksOf(facts);
    const { objectives, catchUpSeconds } = plan;
    return {
      group,
      mode,
      verdict: checks.some(({ status }) => status === 'fail') ? 'not-ready' : 'ready',
      checks,
      signals: signalsOf(facts).map((signal) => signal.name),
      hash: hashOf(facts, checks),
      planVersion: plan.version,
      primary: name ?? null,
      home: plan.sites[0] ?? '',
      candidates: candidates.map(({ site }) => site),
      forecast: forecastOf(facts),
      plan: { objectives, catchUpSeconds },
      pendingLedger: pendingIn(past),
      lastGood: (pointed instanceof Error ? undefined : (pointed.failingSince ?? pointed.lastConnectedAt)) ?? null,
      at: facts.now,
    };
  },
};

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Not over lag, ages or words, which change from look to look and decide nothing. */
function hashOf({ mode, to, plan, primary, candidates }: Facts, checks: readonly Check[]): string {
  const facts = {
    mode,
    to,
    plan: plan.version,
    primary: primary?.site,
    candidates: candidates.map(({ site, lineage, settings }) => ({ site, lineage, settings })).toSorted(bySite),
    failing: checks.filter(({ status }) => status === 'fail').map(({ name }) => name),
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

const bySite = (a: { readonly site: string }, b: { readonly site: string }): number => (a.site < b.site ? -1 : 1);

/** The newest failover, as long as its lost rows are not read. */
function pendingIn(runs: readonly RecoveryRun[]): PendingLedger | null {
  const last = runs.find(({ kind, outcome }) => kind === 'failover' && outcome === 'done');
  const promotion = last?.details['promotion'];
  if (last === undefined || last.lost !== null || last.from === null || promotion === undefined) return null;
  return { execution: last.execution, site: last.from, promotion };
}
