import { conditionText } from './condition-text.ts';
import type { Machine, State, States } from './machine.ts';

/** A machine's states and the ways between them, as data for pictures. */
export interface MachineGraph {
  readonly startAt: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly GraphGroup[];
}

export interface GraphNode {
  /** The state's name, which no other state of the machine has. */
  readonly name: string;
  readonly type: State['type'];
  /** The group it stands in; null for the machine's own states. */
  readonly group: string | null;
  /** True where its scope can end. */
  readonly isTerminal: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch' | 'branch' | 'iterator';
  /** The condition of a choice, the errors of a catch; empty for the others. */
  readonly text: string;
}

/** The states of one branch of a Parallel, or of a Map's processor. */
export interface GraphGroup {
  readonly id: string;
  readonly kind: 'branch' | 'iterator';
  /** Name of the Parallel or Map. */
  readonly of: string;
  /** Which of its branches; 0 for a Map. */
  readonly index: number;
}

/** The graph of a machine, states in the order of the definition, outer ones first. */
export function machineGraph(machine: Machine): MachineGraph {
  const { nodes, edges, groups } = scopeGraph(machine, null);
  return { startAt: machine.startAt, nodes, edges, groups };
}

type Part = Omit<MachineGraph, 'startAt'>;

function scopeGraph({ states }: States, group: string | null): Part {
  const all = Object.values(states);
  const nodes = all.map((state) => ({ name: state.name, type: state.type, group, isTerminal: isTerminal(state) }));
  return joined([{ nodes, edges: all.flatMap(edgesOf), groups: [] }, ...all.flatMap(innerGraphs)]);
}

const joined = (parts: readonly Part[]): Part => ({
  nodes: parts.flatMap(({ nodes }) => nodes),
  edges: parts.flatMap(({ edges }) => edges),
  groups: parts.flatMap(({ groups }) => groups),
});

/** The scopes of a Parallel or a Map, each with the edge that leads into it. */
function innerGraphs(state: State): Part[] {
  const scopes = state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];
  const kind = state.type === 'Map' ? 'iterator' : 'branch';
  return scopes.flatMap((scope, index) => {
    const id = `${state.name}/${index}`;
    const edge: GraphEdge = { from: state.name, to: scope.startAt, kind, text: '' };
    return [{ nodes: [], edges: [edge], groups: [{ id, kind, of: state.name, index }] }, scopeGraph(scope, id)];
  });
}

function edgesOf(state: State): GraphEdge[] {
  const from = state.name;
  const next: GraphEdge[] =
    'next' in state && state.next !== null ? [{ from, to: state.next, kind: 'next', text: '' }] : [];
  const choices: GraphEdge[] =
    state.type !== 'Choice'
      ? []
      : [
          ...state.choices.map(({ next: to, condition }) => ({
            from,
            to,
            kind: 'choice' as const,
            text: conditionText(condition),
          })),
          ...(state.default === undefined ? [] : [{ from, to: state.default, kind: 'default' as const, text: '' }]),
        ];
  const catches: GraphEdge[] =
    'catch' in state
      ? state.catch.map(({ next: to, errorEquals }) => ({ from, to, kind: 'catch', text: errorEquals.join(', ') }))
      : [];
  return [...next, ...choices, ...catches];
}

const isTerminal = (state: State): boolean =>
  state.type === 'Succeed' || state.type === 'Fail' || ('next' in state && state.next === null);
