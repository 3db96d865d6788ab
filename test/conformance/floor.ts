/** Cases of the public recordings that passed when this was last raised, by tier; fewer fail `.ci/run`. Only ever raised. */
export const FLOOR: Readonly<Record<number, number>> = { 1: 461, 2: 60, 3: 24, 4: 0, 5: 24, 6: 12 };
