import type { Policy } from './policy.ts';
import type { ArmSlice, Rate, Slice } from './slice.ts';

/** What both arms did, over the same time. */
interface Arms {
  readonly candidate: ArmSlice;
  readonly stable: ArmSlice;
}

/** `10 % (4 of 40) failed, of stable's 0.104 % (1 of 960)`. */
export const errorsText = ({ candidate, stable }: Arms): string =>
  `${shareText(candidate.errors)} failed, of stable's ${shareText(stable.errors)}`;

/** Why it is bad that the candidate was slow: in the words of what its clients mostly saw. */
export function slowText(arms: Arms): string {
  const { candidate, stable } = arms;
  if (2 * candidate.abandoned.hits >= candidate.slow.hits) return abandonedText(arms);
  return `it is slower than stable: ${shareText(candidate.slow)} slow or unanswered, of stable's ${shareText(stable.slow)}`;
}

/** Why this is no moment to go on, whatever was shown before; undefined when it is one. */
export function reasonToHold(known: Arms, newest: Slice, policy: Policy): string | undefined {
  const { candidate, stable } = newest;
  if (candidate.errors.trials === 0)
    return candidate.slow.hits + candidate.abandoned.hits > 0
      ? 'the candidate answered nothing since the last look, while clients waited or gave up'
      : 'no traffic reached the candidate since the last look';
  if (stable.errors.trials === 0)
    return 'no traffic reached stable since the last look, so there is nothing to compare with';
  // What was answered may be fine. It says nothing of the requests whose clients did not wait for it.
  if (isOften(known.candidate.abandoned, policy.toleratedSlowRate, known.stable.abandoned, policy))
    return abandonedText(known);
  const failsOften = ({ errors }: ArmSlice) => isOften(errors, policy.toleratedErrorRate, known.stable.errors, policy);
  if (failsOften(candidate) && failsOften(stable))
    return `both fail more than usual, so it is not this release: ${errorsText(newest)}`;
  return undefined;
}

/** `1.2`: three digits are enough for people. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

const abandonedText = ({ candidate, stable }: Arms) =>
  `clients gave up on ${countText(candidate.abandoned)} requests, of stable's ${countText(stable.abandoned)}`;

/** Beyond what is tolerated and what is tolerated compared with stable, and not just once or twice. */
const isOften = ({ trials, hits }: Rate, tolerated: number, usual: Rate, { toleratedRatio }: Policy): boolean =>
  hits >= 3 && hits / trials > Math.max(tolerated, (toleratedRatio * usual.hits) / Math.max(1, usual.trials));

/** `1.2 % (12 of 1000)`. */
const shareText = (rate: Rate): string =>
  rate.trials === 0 ? 'none yet' : `${rounded((100 * rate.hits) / rate.trials)} % (${countText(rate)})`;

const countText = ({ trials, hits }: Rate): string => `${hits} of ${trials}`;
