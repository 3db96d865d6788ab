import type { Act } from './report.ts';

/** What the demo plays, in this order. */
export const acts: readonly Act[] = [
  { number: 1, title: 'first release', version: '1.0.0', errorRate: 0, shouldEnd: 'promoted', killsHost: false },
  { number: 2, title: 'good release', version: '1.1.0', errorRate: 0, shouldEnd: 'promoted', killsHost: false },
  { number: 3, title: 'fails 10 %', version: '1.2.0', errorRate: 0.1, shouldEnd: 'taken-back', killsHost: false },
  { number: 4, title: 'good, host killed', version: '1.3.0', errorRate: 0, shouldEnd: 'promoted', killsHost: true },
];
