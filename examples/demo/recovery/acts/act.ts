import type { Run } from '../recovery-api.ts';
import type { Found } from '../report.ts';
import type { Stage } from '../stage.ts';

/** A part of the demo: it starts runs, looks at what they did, and compares it with what was promised. */
export interface Act {
  readonly title: string;
  play(stage: Stage): Promise<{ readonly runs: readonly Run[]; readonly found: readonly Found[] }>;
}
