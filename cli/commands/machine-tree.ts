import {
  machineGraph,
  type Dynamic,
  type Machine,
  type Retrier,
  type State,
  type States,
} from '../../engine/asl/index.ts';
import { nameInArn } from '../history/details.ts';
import { duration } from '../text/time.ts';

/**
 * A machine for reading in a terminal: every state in the order it can be reached, with what it does, what it retries,
 * what is inside it and where it goes.
 */
export function machineTree(machine: Machine): string {
  const graph = machineGraph(machine);
  const choices = new Map<string, string[]>();
  for (const { from, to, kind, text } of graph.edges) {
    if (kind !== 'choice' && kind !== 'default') continue;
    choices.set(from, [...(choices.get(from) ?? []), `${kind === 'default' ? 'otherwise' : text} → ${to}`]);
  }
  const count = graph.nodes.length;
  const limit = machine.timeoutSeconds === undefined ? '' : `, at most ${duration(machine.timeoutSeconds * 1000)}`;
  const head = `${machine.queryLanguage}, ${count} ${count === 1 ? 'state' : 'states'}, starts at ${machine.startAt}${limit}`;
  return [head, '', ...scopeLines(machine, choices)].join('\n');
}

type Choices = ReadonlyMap<string, readonly string[]>;

function scopeLines(scope: States, choices: Choices): string[] {
  return inReach(scope).flatMap((state) => {
    const parts = ways(state, choices).map((way) => [way]);
    const inside = innerScopes(state).map(({ title, scope }) => [title, ...scopeLines(scope, choices)]);
    return [`${state.name}  ${summary(state)}`, ...branches([...inside, ...parts])];
  });
}

/** Each block hangs on the trunk; its further lines stand beside it. */
function branches(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((block, index) => {
    const isLast = index === blocks.length - 1;
    return block.map((line, row) => `${row === 0 ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  '}${line}`);
  });
}

/** Depth first along `Next`, so that the usual way reads from top to bottom; what nothing leads to comes last. */
function inReach({ startAt, states }: States): State[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    const state = states[name];
    if (state === undefined || found.has(name)) return;
    found.add(name);
    if (state.type === 'Choice') {
      state.choices.forEach(({ next }) => visit(next));
      if (state.default !== undefined) visit(state.default);
    } else if ('next' in state && state.next !== null) visit(state.next);
    if ('catch' in state) state.catch.forEach(({ next }) => visit(next));
  };
  visit(startAt);
  Object.keys(states).forEach(visit);
  return [...found].flatMap((name) => states[name] ?? []);
}

function innerScopes(state: State): { title: string; scope: States }[] {
  if (state.type === 'Map') return [{ title: 'each item', scope: state.processor }];
  return state.type === 'Parallel' ? state.branches.map((scope, index) => ({ title: `branch ${index}`, scope })) : [];
}

function ways(state: State, choices: Choices): string[] {
  const retries = 'retry' in state ? state.retry.map(retryText) : [];
  const catches =
    'catch' in state ? state.catch.map(({ errorEquals, next }) => `on ${errorEquals.join(', ')} → ${next}`) : [];
  const onward = 'next' in state ? [state.next === null ? 'end' : `→ ${state.next}`] : [];
  return [...retries, ...(choices.get(state.name) ?? []), ...catches, ...onward];
}

function retryText({
  errorEquals,
  maxAttempts,
  intervalSeconds,
  backoffRate,
  maxDelaySeconds,
  jitter,
}: Retrier): string {
  const growth = backoffRate === 1 ? '' : ` ×${backoffRate}`;
  const cap = maxDelaySeconds === undefined ? '' : `, at most ${maxDelaySeconds} s`;
  if (maxAttempts === 0) return `never retry ${errorEquals.join(', ')}`;
  return `retry ${errorEquals.join(', ')}: ${maxAttempts} times, after ${intervalSeconds} s${growth}${cap}${jitter === 'FULL' ? ', jittered' : ''}`;
}

function summary(state: State): string {
  switch (state.type) {
    case 'Task': {
      const { resource } = state;
      const pattern = resource.kind === 'service' && resource.pattern !== 'request' ? ` .${resource.pattern}` : '';
      const called =
        resource.kind === 'service' ? `${resource.service}:${resource.action}${pattern}` : nameInArn(resource.arn);
      const limit = state.timeoutSeconds?.kind === 'constant' ? `, at most ${dynamicText(state.timeoutSeconds)} s` : '';
      return `Task  ${called}${limit}`;
    }
    case 'Wait':
      return state.until.kind === 'seconds'
        ? `Wait  ${dynamicText(state.until.value)} s`
        : `Wait  until ${dynamicText(state.until.value)}`;
    case 'Fail':
      return `Fail  ${state.error === undefined ? '' : dynamicText(state.error)}`.trimEnd();
    case 'Map':
      return `Map  ${state.maxConcurrency === undefined ? 'all at once' : `${dynamicText(state.maxConcurrency)} at once`}`;
    default:
      return state.type;
  }
}

const dynamicText = (dynamic: Dynamic): string => {
  if (dynamic.kind === 'constant')
    return typeof dynamic.value === 'string' ? dynamic.value : JSON.stringify(dynamic.value);
  return dynamic.kind === 'path' ? dynamic.path.text : 'computed';
};
