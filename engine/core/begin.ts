import { plusSeconds } from '../data/instant.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { dataDetails, type Draft, open, put, record } from './draft.ts';
import type { StartFrame } from './execution.ts';
import { startLine } from './lines.ts';
import { EXECUTION_TIMEOUT } from './turns.ts';

const ROOT = 'root';

/** An execution begins: its root is at the first state, and its time runs. */
export function begin(draft: Draft, facts: Omit<StartFrame, 'kind'>): void {
  const { machine, context } = draft;
  put(draft, 'start', { kind: 'start', behaviour: BEHAVIOUR, ...facts });
  const value = { ...dataDetails('input', facts.input), roleArn: facts.roleArn };
  record(draft, 'ExecutionStarted', 0, { key: 'executionStartedEventDetails', value });
  const line = { id: ROOT, parent: null, index: 0, state: machine.startAt, input: facts.input, previousEventId: 0 };
  startLine(draft, line);
  if (machine.timeoutSeconds === undefined) return;
  const at = plusSeconds(context.now, machine.timeoutSeconds);
  open(draft, { kind: 'SetTimer', id: EXECUTION_TIMEOUT, frame: ROOT, at });
}
