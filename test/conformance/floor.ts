/** Cases of the public recordings that passed when this was last raised, by tier; fewer fail `.ci/run`. Only ever raised. */
export const FLOOR: Readonly<Record<number, number>> = { 1: 464, 2: 62, 3: 24, 4: 103, 5: 64, 6: 33 };
