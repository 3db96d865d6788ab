import type { StartFrame } from './execution.ts';

/**
 * How the interpreter behaves, by number. It grows with each change after which an execution that runs would not go on as it
 * began; what was before stays in the code under its number for as long as executions may follow it. An execution
 * follows to its end the number it was started with, on every host: state is stored, never replayed, so nothing else has
 * to stay as it was.
 *
 * 1. The first.
 */
export const BEHAVIOUR = 1;

export const behaviourOf = (start: Pick<StartFrame, 'behaviour'> | undefined): number => start?.behaviour ?? 1;

/** Why this interpreter must not go on with an execution; undefined when it may. */
export function unknownBehaviour(start: Pick<StartFrame, 'behaviour'> | undefined): string | undefined {
  const follows = behaviourOf(start);
  return follows <= BEHAVIOUR
    ? undefined
    : `it follows behaviour ${follows} of the interpreter, and this one knows ${BEHAVIOUR}: the newer Pointsman that started it has to go on with it`;
}
