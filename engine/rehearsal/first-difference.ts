import { canonicalJson } from '../data/canonical-json.ts';
import type { Json } from '../data/json.ts';
import { dataIn, type ExportedEvent, textIn } from './exported-history.ts';

/** Where a replay leaves its recording: what was recorded there, and what happened here. */
export interface Difference {
  readonly recorded: Milestone | undefined;
  readonly replayed: Milestone | undefined;
}

/** What of an event has to be the same. */
export interface Milestone {
  readonly id: number;
  readonly type: string;
  readonly facts: { readonly [name: string]: Json };
}

/** Events that only say that something took its course, and which a mock cannot tell apart. */
const PASSING = /^(?:Task|LambdaFunction|Activity)(?:Started|StartFailed|Submitted)$/;

const DATA = ['input', 'output', 'parameters', 'assignedVariables'];
const TEXTS = ['name', 'error', 'cause', 'index', 'length'];

/**
 * The first event at which two histories differ; undefined when they are the same but for ids, times and addresses.
 * Where lines ran side by side, their order is luck: then an event counts that the other history has nowhere.
 */
export function firstDifference(
  recorded: readonly ExportedEvent[],
  replayed: readonly ExportedEvent[],
): Difference | undefined {
  const [theirs, ours] = [recorded, replayed].map((events) => events.flatMap(milestoneOf)) as [
    Milestone[],
    Milestone[],
  ];
  const at = theirs.findIndex((each, i) => keyOf(each) !== keyOf(ours[i]));
  const inOrder = at >= 0 ? { recorded: theirs[at], replayed: ours[at] } : beyond(ours, theirs.length);
  if (inOrder === undefined || !recorded.some(({ type }) => /^(?:Parallel|Map)StateStarted$/.test(type)))
    return inOrder;
  const [missing, added] = [without(theirs, ours), without(ours, theirs)];
  return missing === undefined && added === undefined ? undefined : { recorded: missing, replayed: added };
}

const beyond = (ours: readonly Milestone[], length: number): Difference | undefined =>
  ours.length > length ? { recorded: undefined, replayed: ours[length] } : undefined;

/** The first of these that has no counterpart among those. */
function without(these: readonly Milestone[], those: readonly Milestone[]): Milestone | undefined {
  const left = new Map<string, number>();
  for (const each of those) left.set(keyOf(each), (left.get(keyOf(each)) ?? 0) + 1);
  return these.find((each) => {
    const count = left.get(keyOf(each)) ?? 0;
    left.set(keyOf(each), count - 1);
    return count <= 0;
  });
}

function milestoneOf(event: ExportedEvent): Milestone[] {
  if (PASSING.test(event.type)) return [];
  // A task token is another one in every run.
  const hasToken = textIn(event, 'resource')?.endsWith('.waitForTaskToken') === true;
  const data = DATA.filter((name) => !(hasToken && name === 'parameters')).flatMap((name) => {
    const value = dataIn(event, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const texts = TEXTS.flatMap((name) => {
    const value = textIn(event, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return [{ id: event.id, type: event.type, facts: Object.fromEntries([...data, ...texts]) }];
}

const keyOf = (milestone: Milestone | undefined): string =>
  milestone === undefined ? '' : canonicalJson([milestone.type, milestone.facts]);
