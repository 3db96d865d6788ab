import type { Case } from './case.ts';
import type { Outcome } from './run-case.ts';
import { TARGETS, TIERS } from './targets.ts';

export interface Played {
  readonly recorded: Pick<Case, 'id' | 'area' | 'tier'>;
  readonly outcome: Outcome;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly notApplicable: number;
}

export const tallyOf = (played: readonly Played[]): Tally => ({
  passed: played.filter(({ outcome }) => outcome.kind === 'passed').length,
  failed: played.filter(({ outcome }) => outcome.kind === 'failed').length,
  notApplicable: played.filter(({ outcome }) => outcome.kind === 'not-applicable').length,
});

/** Tiers with fewer cases passed than their share of the applicable ones, each with what is missing, as sentences. */
export function missedTargets(played: readonly Played[]): readonly string[] {
  return byTier(played).flatMap(([tier, ofTier]) => {
    const { passed, failed } = tallyOf(ofTier);
    const needed = Math.ceil(((passed + failed) * (TARGETS[tier] ?? 100)) / 100);
    return passed >= needed ? [] : [`tier ${tier}: ${passed} of ${passed + failed} pass, ${needed} have to`];
  });
}

/** Tiers below the floor, as sentences. */
export function belowFloor(played: readonly Played[], floor: Readonly<Record<number, number>>): readonly string[] {
  return byTier(played).flatMap(([tier, ofTier]) => {
    const { passed } = tallyOf(ofTier);
    const least = floor[tier] ?? 0;
    return passed >= least ? [] : [`tier ${tier}: ${passed} pass, ${least} did before`];
  });
}

const byTier = (played: readonly Played[]): readonly [number, readonly Played[]][] =>
  [...Map.groupBy(played, ({ recorded }) => recorded.tier)].toSorted(([a], [b]) => a - b);

/** The first difference of every failed case, then why cases do not apply, then the table by tier and area. */
export function reportText(played: readonly Played[], seconds: number): string {
  return [differencesText(played), reasonsText(played), tableText(played), `${seconds.toFixed(1)} s`]
    .filter((part) => part !== '')
    .join('\n\n');
}

function differencesText(played: readonly Played[]): string {
  const failed = played.flatMap(({ recorded, outcome }) =>
    outcome.kind === 'failed' ? [`tier ${recorded.tier}  ${shortId(recorded.id)}\n        ${outcome.difference}`] : [],
  );
  return failed.join('\n');
}

function reasonsText(played: readonly Played[]): string {
  const reasons = played.flatMap(({ outcome }) => (outcome.kind === 'not-applicable' ? [outcome.reason] : []));
  const counted = [...Map.groupBy(reasons, (reason) => reason)].map(([reason, { length }]) => `${length} × ${reason}`);
  return counted.length === 0 ? '' : ['not applicable:', ...counted.map((line) => `  ${line}`)].join('\n');
}

const shortId = (id: string): string => id.replace(/^.*\/v2\//, '');

function tableText(played: readonly Played[]): string {
  const rows = byTier(played).flatMap(([tier, ofTier]) => [
    row(`${tier}  ${TIERS[tier] ?? ''}`, tallyOf(ofTier), TARGETS[tier]),
    ...[...Map.groupBy(ofTier, ({ recorded }) => recorded.area)]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([area, ofArea]) => row(`   ${area}`, tallyOf(ofArea))),
  ]);
  const head = `${'tier / area'.padEnd(64)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'n/a'.padStart(6)}${'needed'.padStart(8)}`;
  return [head, ...rows, row('all', tallyOf(played))].join('\n');
}

function row(name: string, { passed, failed, notApplicable }: Tally, target?: number): string {
  const needed = target === undefined ? '' : `${target} %`;
  const cells = [String(passed).padStart(8), String(failed).padStart(8), String(notApplicable).padStart(6)];
  return `${name.slice(0, 63).padEnd(64)}${cells.join('')}${needed.padStart(8)}`.trimEnd();
}
