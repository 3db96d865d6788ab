/** Share of a tier's applicable cases that has to pass, in per cent. */
export const TARGETS: Readonly<Record<number, number>> = { 1: 100, 2: 100, 3: 100, 4: 95, 5: 95, 6: 100 };

/** What a tier is about. */
export const TIERS: Readonly<Record<number, string>> = {
  1: 'engine alone',
  2: 'functions, callbacks, activities',
  3: 'refusals at creation',
  4: 'TestState',
  5: 'other API',
  6: 'other services',
};
