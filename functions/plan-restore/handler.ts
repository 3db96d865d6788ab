import * as z from 'zod/mini';
import { instant, reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { RestoreTarget } from '../ports/recovery/backup-engine.ts';
import { pin, restorePin } from '../ports/recovery/pins.ts';
import type { Position } from '../ports/recovery/position.ts';
import { groupName, position, scratchName, siteName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';
import { chooseBackup } from './choose-backup.ts';
import { chooseBranch } from './choose-branch.ts';
import { proofOf } from './proof-of.ts';
import { readVaults } from './read-vaults.ts';

const input = z.object({
  group: groupName,
  scratch: scratchName,
  target: z.discriminatedUnion('kind', [
    /** Milliseconds since 1970, or ISO 8601 with an offset. */
    z.object({ kind: z.literal('moment'), at: z.union([instant, text]) }),
    z.object({ kind: z.literal('name'), name: text }),
    z.object({ kind: z.literal('position'), position }),
    z.object({ kind: z.literal('latest') }),
    /** Where the contents of the backup were recorded: what a drill compares with. */
    z.object({ kind: z.literal('proof') }),
  ]),
  /** Whose vault is read; null: any that can serve, in the order of the plan. */
  site: z.nullable(siteName),
  /** Null: the newest that leads to the target, one found intact before any other. */
  backup: z.nullable(text),
  /** Null: the one that the target lies in, when that is certain. */
  branch: z.nullable(text),
});

export type PlanRestoreInput = z.output<typeof input>;

export interface PlanRestoreOutput {
  readonly site: string;
  readonly backup: string;
  readonly branch: string;
  readonly target: RestoreTarget;
  /** What the restore must have at least. */
  readonly atLeast: Position;
  /** When the backup's bytes were last read at the site and found whole; null: never, so it may turn out damaged. */
  readonly intactAt: number | null;
  /** Milliseconds since 1970; null: never restored before. */
  readonly lastVerifiedAt: number | null;
  readonly bytes: number;
  /** Vaults that could not be read, and why: what they alone hold was not considered. */
  readonly unread: readonly string[];
}

/**
 * Chooses the backup and the branch that lead to a target, and holds the backup for as long as `scratch` is there. It
 * restores nothing. Safe to repeat.
 * @throws StepFailure `Pointsman.AmbiguousTarget` showing each branch the target lies in: name one
 * @throws StepFailure `Pointsman.TargetOutOfRange` saying what can be restored
 * @throws StepFailure `Pointsman.NoSuchBackup`, `Pointsman.NoProof`; `Pointsman.BackupUnusable` or `Pointsman.SiteUnreachable`
 * for a vault that is needed and cannot be read
 */
export const planRestore: StepFunction<
  PlanRestoreInput,
  PlanRestoreOutput,
  Pick<Ports, 'backups' | 'catalog' | 'plans'>
> = {
  name: 'plan-restore',
  read: reader('plan-restore', input),
  async run({ group, scratch, target: asked, site: only, backup, branch }, { backups, catalog, plans }) {
    const { sites } = await plans.read(group);
    // What one vault does not know may lie in another: what is ambiguous is judged from all of them.
    const { vaults, unread } = await readVaults(backups, group, sites);
    // Whoever names a vault wants that one, and a rehearsal that steps over a vault would hide that it is lost.
    const needed = unread.find(
      ({ site }) => vaults.length === 0 || only === site || (only === null && asked.kind === 'proof'),
    );
    if (needed !== undefined) throw needed.thrown;
    const records = new Map((await catalog.list(group)).map((record) => [record.id, record]));
    const aim =
      asked.kind === 'proof'
        ? proofOf(vaults, { only, backup })
        : { target: targetOf(asked), site: only, backup, branch };
    const stop = chooseBranch(vaults, aim.target, aim.branch);
    const chosen = chooseBackup(vaults, stop, { only: aim.site, backup: aim.backup, records });
    await pin(catalog, group, chosen.backup.id, restorePin(scratch));
    const record = records.get(chosen.backup.id);
    return {
      site: chosen.site,
      backup: chosen.backup.id,
      branch: stop.branch,
      target: aim.target,
      atLeast: stop.position ?? chosen.backup.to,
      intactAt: record?.intactAt[chosen.site] ?? null,
      lastVerifiedAt: record?.lastVerifiedAt ?? null,
      bytes: chosen.backup.bytes,
      unread: unread.map(({ site, thrown }) => `${site}: ${thrown instanceof Error ? thrown.message : String(thrown)}`),
    };
  },
};

function targetOf(asked: Exclude<PlanRestoreInput['target'], { kind: 'proof' }>): RestoreTarget {
  if (asked.kind !== 'moment') return asked;
  return { kind: 'moment', at: typeof asked.at === 'number' ? asked.at : momentOf(asked.at) };
}

/** A local time without an offset would mean another moment on another machine. */
function momentOf(written: string): number {
  const at = /(Z|[+-]\d\d:?\d\d)$/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new StepFailure(
    'Pointsman.BadInput',
    `plan-restore: target.at: ${written} is no moment; write it like 2026-11-27T01:59:00Z or 2026-11-27T02:59:00+01:00`,
  );
}
