/** All requests, in hundredths of a percent: a share of 10 % weighs 1,000. */
export const wholeWeight = 10_000;

/**
 * Smooth weighted round robin between two arms, which needs one number: the credit the candidate has saved up, from
 * -5,000 up to 5,000, 0 at the start. Of any 10,000 requests in a row exactly `candidateWeight` are the candidate's;
 * of any 100, exactly 10 at 10 %. That holds from whatever credit an earlier weight left behind. Pure.
 */
export const isCandidateTurn = (credit: number, candidateWeight: number): boolean =>
  credit + candidateWeight > wholeWeight / 2;

/** The candidate's credit after a request: every request earns its weight, a turn costs the whole. Pure. */
export const creditAfter = (credit: number, candidateWeight: number, candidateTurn: boolean): number =>
  candidateTurn ? credit + candidateWeight - wholeWeight : credit + candidateWeight;
