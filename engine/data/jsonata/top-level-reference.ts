import type { SyntaxNode } from './syntax.ts';

/**
 * The first reference to a context that is not there: AWS evaluates JSONata without a context item, so a bare name, `$` or `$$`
 * outside of any path step, filter or grouping can find nothing, and AWS refuses the definition.
 * @returns the reference as written; undefined when there is none
 */
export function topLevelReference(syntax: SyntaxNode): string | undefined {
  return inNode(syntax, false);
}

/** @param context whether an enclosing step gives this node a context item */
function inNode(node: SyntaxNode, context: boolean): string | undefined {
  switch (node.type) {
    case 'name':
      return context ? undefined : String(node.value);
    case 'variable':
      return ofVariable(String(node.value), context) ?? inParts(node, context);
    case 'path':
      return (
        first(nodes(node.steps), (step, at) => inNode(step, context || at > 0)) ?? inNodes(pairs(node.group), true)
      );
    case 'transform':
      return inNodes([node.pattern, node.update, node.delete], true);
    default:
      return inParts(node, context);
  }
}

function ofVariable(name: string, context: boolean): string | undefined {
  return !context && (name === '' || name === '$') ? `$${name}` : undefined;
}

/** Everything inside a node: filters, sorting and grouping see the node's own value as their context. */
function inParts(node: SyntaxNode, context: boolean): string | undefined {
  const here = [node.lhs, node.rhs, node.expression, node.expressions, node.arguments, node.procedure, node.body];
  const branches = [node.condition, node.then, node.else];
  const below = [node.predicate, node.stages, pairs(node.group), node.terms];
  return (
    inNodes([here, branches], context) ??
    inNodes(below, true) ??
    (node.expr === undefined ? undefined : inNodes(node.expr, context))
  );
}

const inNodes = (value: unknown, context: boolean): string | undefined =>
  first(nodes(value), (node) => inNode(node, context));

/** `{key: value}` after a step. */
const pairs = (group: unknown): unknown => (isNode(group) ? group.lhs : undefined);

/** The nodes in a value that may be one, or lists of lists of them. */
function nodes(value: unknown): SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  return isNode(value) ? [value] : [];
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function first(
  items: readonly SyntaxNode[],
  look: (node: SyntaxNode, at: number) => string | undefined,
): string | undefined {
  for (const [at, node] of items.entries()) {
    const found = look(node, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
