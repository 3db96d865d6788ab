import { none, plus, type Rate } from './slice.ts';

/**
 * How much hits come in clumps, learned by comparing stable with itself (A/A): its instances in two groups over the
 * same block of time, or, where they cannot be told apart, one block of time with the next.
 */
export interface Dispersion {
  readonly pairs: number;
  /** Sum of the pairs' weights: with n hits on groups with shares q and 1−q of the requests, x/(1+x) for x = n·q·(1−q). */
  readonly weight: number;
  /** Weighted sum of what each pair says of `clumping`. A pair weighs at most 1, so that one outage is one observation. */
  readonly sum: number;
  readonly block: Block;
  readonly earlier: Rate | null;
}

/** Stable over a stretch of time; `halves` is null when it has one instance. */
interface Block {
  readonly seconds: number;
  readonly stable: Rate;
  readonly halves: readonly [Rate, Rate] | null;
}

/** Errors of one bad moment fall into the same block; shorter blocks would cut clumps apart and miss them. */
const blockSeconds = 15;
/**
 * Before anything is measured, the arms are taken to differ from block to block with a coefficient of variation of 1.
 * This weighs as much as four blocks with many hits, and costs nothing where hits are rare.
 */
const prior = { clumping: 0.67, weight: 4 };

const empty: Block = { seconds: 0, stable: none, halves: null };

export const startDispersion: Dispersion = { pairs: 0, weight: 0, sum: 0, block: empty, earlier: null };

export function addToDispersion(known: Dispersion, slice: Block): Dispersion {
  const block = join(known.block, slice);
  if (block.seconds < blockSeconds) return { ...known, block };
  const pair = block.halves ?? (known.earlier && [known.earlier, block.stable]);
  const next = { ...known, block: empty, earlier: block.stable };
  if (!pair) return next;
  const [a, b] = pair;
  const hits = a.hits + b.hits;
  if (hits === 0 || a.trials === 0 || b.trials === 0) return next;
  const share = a.trials / (a.trials + b.trials);
  const x = hits * share * (1 - share);
  // Pearson's chi-square is 1 on average when hits are independent, and 1 + 2x·clumping when they are not.
  const excess = (a.hits - hits * share) ** 2 / x - 1;
  return {
    ...next,
    pairs: known.pairs + 1,
    weight: known.weight + x / (1 + x),
    sum: known.sum + excess / (2 * (1 + x)),
  };
}

/** Squared coefficient of variation of an arm's rate from block to block: 0 for independent hits. */
export function clumping({ weight, sum }: Dispersion): number {
  const ofShare = Math.max(0, (prior.clumping * prior.weight + sum) / (prior.weight + weight));
  // A share is bounded, so it varies less than the rates it compares: for gamma rates c/(1 + c/2).
  return ofShare / (1 - Math.min(ofShare, 1.8) / 2);
}

/**
 * φ: variance of the candidate's share of the hits, divided by what it would be for independent hits. It grows with
 * the hits that fall into a block, which is why it is computed for these arms and not taken over from stable's halves.
 */
export function armsDispersion(known: Dispersion, seconds: number, candidate: Rate, stable: Rate): number {
  const exposure = (candidate.trials * stable.trials) / Math.max(1, candidate.trials + stable.trials);
  // Stable's rate for both arms: under the null it is the candidate's too, and a failing candidate must not slow its own judgement.
  const hits = (exposure * stable.hits) / Math.max(1, stable.trials);
  return 1 + 2 * clumping(known) * hits * (blockSeconds / Math.max(blockSeconds, seconds));
}

function join(a: Block, b: Block): Block {
  const [first, second] = a.halves ?? [none, none];
  // One slice without halves leaves the whole block without; such a block is compared with the next in time.
  const halves =
    b.halves && (a.seconds === 0 || a.halves) && ([plus(first, b.halves[0]), plus(second, b.halves[1])] as const);
  return { seconds: a.seconds + b.seconds, stable: plus(a.stable, b.stable), halves: halves || null };
}
