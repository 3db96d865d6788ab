import * as z from 'zod/mini';
import { instant, reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { allowLoss } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const approval = z.object({
  /** Who, by name. */
  by: text,
  planVersion: text,
  /** Of the readiness that was looked at. */
  readinessHash: text,
  expiresAt: instant,
  /** What a failover may lose at most. */
  allowLoss: z._default(z.nullable(allowLoss), null),
  /** Checks set aside, each with a reason. */
  overrides: z._default(z.array(z.object({ check: text, reason: text })), []),
});

const input = z.object({
  mode: z.enum(['switchover', 'failover', 'failback']),
  /** null: nobody approved. */
  approval: z._default(z.nullable(approval), null),
  readiness: z.object({
    hash: text,
    planVersion: text,
    checks: z.array(
      z.object({ name: text, status: z.enum(['pass', 'warn', 'fail', 'unknown']), evidence: z.string() }),
    ),
  }),
});

export type CheckApprovalInput = z.output<typeof input>;

export interface CheckApprovalOutput {
  /** Who approved what, in words, for the report. */
  readonly approvals: readonly string[];
  readonly overrides: readonly string[];
  readonly allowLoss: z.output<typeof allowLoss> | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What nobody can set aside: without it there is nothing to do, or it would be done twice. */
const firm = new Set(['primary', 'one-primary', 'home', 'candidate', 'other-runs']);

/**
 * Whether a person's word covers what is about to be done: given for this plan and these facts, not expired, with consent to
 * a loss where one may come, and with a reason for every failing check. Changes nothing.
 * @throws StepFailure `Pointsman.NotReady` naming checks that fail and are not, or cannot be, set aside
 * @throws StepFailure `Pointsman.NotApproved` saying what the approval lacks
 */
export const checkApproval: StepFunction<CheckApprovalInput, CheckApprovalOutput, Pick<Ports, 'clock'>> = {
  name: 'check-approval',
  read: reader('check-approval', input),
  async run({ mode, approval, readiness }, { clock }) {
    const setAside = new Map(approval?.overrides.map(({ check, reason }) => [check, reason]));
    const failing = readiness.checks.filter(
      ({ name, status }) => status === 'fail' && (firm.has(name) || !setAside.has(name)),
    );
    if (failing.length > 0) {
      const words = failing.map(
        ({ name, evidence }) => `${name}${firm.has(name) ? ' (cannot be set aside)' : ''}: ${evidence}`,
      );
      throw new StepFailure('Pointsman.NotReady', `not ready for a ${mode}: ${words.join('; ')}`);
    }
    const lacking = approval === null ? ['nobody approved it'] : lackingOf(approval, readiness, mode, clock.now());
    if (approval === null || lacking.length > 0)
      throw new StepFailure('Pointsman.NotApproved', `not approved: ${lacking.join('; ')}`);
    const { by, allowLoss } = approval;
    const loss =
      allowLoss === null ? '' : `, with a loss of at most ${allowLoss.bytes} bytes and ${allowLoss.seconds} s`;
    return {
      approvals: [`${by}: ${mode} under plan ${readiness.planVersion}, facts ${readiness.hash}${loss}`],
      overrides: approval.overrides.map(({ check, reason }) => `${check}: ${reason} (${by})`),
      allowLoss,
      at: clock.now(),
    };
  },
};

function lackingOf(
  { planVersion, readinessHash, expiresAt, allowLoss }: z.output<typeof approval>,
  readiness: CheckApprovalInput['readiness'],
  mode: CheckApprovalInput['mode'],
  now: number,
): readonly string[] {
  const lacking: string[] = [];
  if (planVersion !== readiness.planVersion)
    lacking.push(`it is for plan ${planVersion}, and the plan is ${readiness.planVersion} now`);
  if (readinessHash !== readiness.hash)
    lacking.push(`it is for the facts ${readinessHash}, which are ${readiness.hash} now: look again`);
  if (expiresAt <= now) lacking.push(`it expired at ${new Date(expiresAt).toISOString()}`);
  if (mode === 'failover' && allowLoss === null)
    lacking.push('a failover may lose data, and it does not say how much may be lost');
  return lacking;
}
