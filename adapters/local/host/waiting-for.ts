import type { Frame, RunFrame } from '../../../engine/core/index.ts';
import type { EpochMs } from '../../../engine/data/instant.ts';

/** What an execution waits for, for people. */
export interface Waiting {
  readonly waitingFor: string;
  /** When it entered the state it waits in. */
  readonly since: EpochMs;
}

/** The innermost line of control that waits longest; undefined when none does. */
export function waitingFor(frames: Readonly<Record<string, Frame>>): Waiting | undefined {
  const lines = Object.values(frames).filter((frame): frame is RunFrame => frame.kind === 'run');
  const waiting = lines.filter(({ doing }) => doing.phase !== 'parallel' && doing.phase !== 'map');
  const [first] = waiting.sort((a, b) => a.enteredAt - b.enteredAt);
  return first && { waitingFor: describe(first), since: first.enteredAt };
}

function describe({ state, doing, retries }: RunFrame): string {
  switch (doing.phase) {
    case 'waiting':
      return `${state}: a timer`;
    case 'retrying':
      return `${state}: attempt ${retries.reduce((sum, used) => sum + used, 0) + 1}`;
    case 'task':
      return doing.token === undefined ? `${state}: an answer` : `${state}: a task token's holder`;
    default:
      return state;
  }
}
