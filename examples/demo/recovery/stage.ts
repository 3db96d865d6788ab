import { awaitRun, type Run, started } from './recovery-api.ts';
import type { Answer, Pointsman } from './cli.ts';
import type { Prober } from './prober.ts';
import type { Found } from './report.ts';
import type { Login } from './sql.ts';
import type { Writer } from './writer.ts';

export const group = 'shop';
export type Site = 'north' | 'south';

/** What the acts are played with. */
export interface Stage {
  readonly endpoint: string;
  readonly pointsman: Pointsman;
  /** The group's one address, as its clients use it. */
  readonly address: Login;
  /** Each site past the address, as a client and as who may look at everything. */
  readonly sites: Readonly<Record<Site, Login>>;
  readonly admins: Readonly<Record<Site, Login>>;
  readonly writer: Writer;
  readonly prober: Prober;
  /** Acknowledged keys that a failover is known to have lost. */
  readonly lost: Set<number>;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Starts a run with a command, waits for its end, and says what its report says. */
export async function play(stage: Stage, ...command: readonly string[]): Promise<Run> {
  const { endpoint, pointsman, say, signal } = stage;
  say(`  $ pointsman recovery ${command.join(' ')}`);
  const answer = await pointsman('recovery', ...command, '--yes');
  const { executionArn } = started.parse(valueOf(answer, command.join(' ')));
  const run = await awaitRun(endpoint, group, executionArn, signal);
  for (const line of linesOf(run)) say(`    ${line}`);
  return run;
}

/** What a command printed. */
export function valueOf({ code, value, problem }: Answer, command: string): unknown {
  if (value !== undefined && (code === 0 || code === 7)) return value;
  throw new Error(`pointsman recovery ${command} ended with ${code}: ${problem}`);
}

/** Key figures of a report. */
function linesOf({ kind, outcome, reason, startedAt, endedAt, rtoSeconds, rpo, fences }: Run): readonly string[] {
  const took = `${kind} ${outcome} after ${((endedAt - startedAt) / 1000).toFixed(1)} s${reason === '' ? '' : `: ${reason}`}`;
  const time = rtoSeconds && `RTO planned ${rtoSeconds.planned} s, actual ${rtoSeconds.actual ?? '–'} s`;
  const loss = rpo && `RPO planned ${rpo.plannedSeconds} s, actual ${lossOf(rpo)}`;
  const fence = fences.map(
    ({ level, confirmed, evidence }) => `fence ${level} ${confirmed ? 'confirmed' : 'not confirmed'}: ${evidence}`,
  );
  return [took, ...(time && loss ? [`${time}; ${loss}`] : []), ...fence];
}

const lossOf = ({ lostRows, lostCommits, lostBytes }: NonNullable<Run['rpo']>): string =>
  `${lostRows ?? '–'} rows, ${lostCommits ?? '–'} commits, ${lostBytes ?? '–'} bytes lost`;

/** A promise, and whether what was found keeps it. */
export const promise = (text: string, kept: boolean, found: string): Found => ({ promise: text, kept, found });
