import type { GraphEdge, GraphGroup, GraphNode, MachineGraph } from './machine-graph.ts';

/** The graph as a Mermaid flowchart; branches and iterations are boxes, and what catches an error is a dotted way. */
export function toMermaid(graph: MachineGraph): string {
  const ids = new Map(graph.nodes.map(({ name }, index) => [name, `s${index}`]));
  const id = (name: string) => ids.get(name) ?? 'unknown';
  const nodesIn = Map.groupBy(graph.nodes, ({ group }) => group);
  const groupsOf = Map.groupBy(graph.groups, ({ of }) => of);
  const box = (group: GraphGroup, indent: string): string[] => [
    `${indent}subgraph ${id(group.of)}_${group.index}[${quoted(titleOf(group))}]`,
    ...content(group.id, `${indent}  `),
    `${indent}end`,
  ];
  const content = (group: string | null, indent: string): string[] => {
    const nodes = nodesIn.get(group) ?? [];
    const boxes = nodes.flatMap(({ name }) => groupsOf.get(name) ?? []);
    return [
      ...nodes.map((node) => `${indent}${id(node.name)}${shape(node)}`),
      ...boxes.flatMap((each) => box(each, indent)),
    ];
  };
  const edges = graph.edges.map((edge) => `  ${id(edge.from)} ${arrow(edge)} ${id(edge.to)}`);
  const start = ['  start((" "))', `  start --> ${id(graph.startAt)}`];
  return ['flowchart TD', ...start, ...content(null, '  '), ...edges, ''].join('\n');
}

const titleOf = ({ kind, of, index }: GraphGroup): string =>
  kind === 'branch' ? `${of}: branch ${index + 1}` : `${of}: each item`;

function shape({ name, type, isTerminal }: GraphNode): string {
  const text = quoted(name);
  if (type === 'Choice') return `{${text}}`;
  if (type === 'Wait') return `(${text})`;
  if (type === 'Parallel' || type === 'Map') return `[[${text}]]`;
  return isTerminal ? `([${text}])` : `[${text}]`;
}

function arrow({ kind, text }: GraphEdge): string {
  const line = kind === 'catch' || kind === 'branch' || kind === 'iterator' ? '-.->' : '-->';
  const label = kind === 'default' ? 'otherwise' : text;
  return label === '' ? line : `${line}|${quoted(label)}|`;
}

/** Mermaid has no escapes in a quoted text, but knows characters by name. */
const quoted = (text: string): string =>
  `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;').replaceAll('\n', ' ')}"`;
