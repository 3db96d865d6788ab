import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Diagnostic } from './machine.ts';

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A definition as a person wrote it, in YAML or JSON. */
export type DefinitionText =
  | { readonly ok: true; readonly definition: string; readonly locate: Locate }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly locate: Locate };

/** Where the location of a diagnostic stands in the text: the place itself, else the nearest one around it. */
export type Locate = (location: string | null) => Position;

/** An alias repeats what it names; more repetitions than this are an attack, not a definition. */
const mostAliases = 100;

/**
 * Reads YAML or JSON to the JSON text that `readMachine` takes. A JSON text is given back as it is. What YAML can say
 * and JSON cannot (several documents, cycles, `.nan`, keys that are no text) is refused.
 */
export function readDefinitionText(text: string): DefinitionText {
  const lines = new LineCounter();
  try {
    if (isJsonObject(text)) return { ok: true, definition: text, locate: lazily(() => parseYaml(text, lines), lines) };
    const document = parseYaml(text, lines);
    const locate = locateIn(document, lines);
    const diagnostics = document.errors.map(({ message, pos }) => syntaxProblem(message, lines.linePos(pos[0])));
    if (diagnostics.length > 0) return { ok: false, diagnostics, locate };
    return { ok: true, definition: JSON.stringify(toJson(document)), locate };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, diagnostics: [syntaxProblem(message, { line: 1, col: 1 })], locate: positionOf };
  }
}

const parseYaml = (text: string, lineCounter: LineCounter): Document.Parsed =>
  parseDocument(text, { lineCounter, uniqueKeys: false, stringKeys: true, prettyErrors: false });

function isJsonObject(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function toJson(document: Document.Parsed): unknown {
  return document.toJS({
    maxAliasCount: mostAliases,
    reviver: (_key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} is no number of JSON`);
      return value;
    },
  });
}

const syntaxProblem = (message: string, { line, col }: { line: number; col: number }): Diagnostic => ({
  severity: 'ERROR',
  code: 'INVALID_JSON_DESCRIPTION',
  message,
  location: `[line: ${line}, column: ${col}]`,
});

/** The position that a syntax error's location says itself. */
function positionOf(location: string | null): Position {
  const [, line, column] = /line: (\d+), column: (\d+)\]$/.exec(location ?? '') ?? [];
  return { line: Number(line ?? 1), column: Number(column ?? 1) };
}

/** Most JSON definitions have no problem; their text is parsed a second time only for one that has. */
function lazily(parse: () => Document.Parsed, lines: LineCounter): Locate {
  let locate: Locate | undefined;
  return (location) => (locate ??= locateIn(parse(), lines))(location);
}

function locateIn(document: Document.Parsed, lines: LineCounter): Locate {
  return (location) => {
    if (location === null || !location.startsWith('/')) return positionOf(location);
    const offset = offsetOf(document.contents, location === '/' ? '' : location, 0);
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

/** Locations do not escape names, so of the keys that fit the longest is taken: `/` may be part of one. */
function offsetOf(node: Node | null, rest: string, offset: number): number {
  const here = offset === 0 ? (node?.range?.[0] ?? offset) : offset;
  const index = /^\[(\d+)\]/.exec(rest);
  if (isSeq<Node>(node) && index !== null) {
    const item = node.items[Number(index[1])];
    return item === undefined ? here : offsetOf(item, rest.slice(index[0].length), item.range?.[0] ?? here);
  }
  if (!isMap<Node, Node | null>(node)) return here;
  const fitting = node.items.filter(({ key }) => /^$|^[/[]/.test(after(rest, key) ?? '-'));
  const best = fitting.sort((a, b) => textOf(b.key).length - textOf(a.key).length)[0];
  if (best === undefined) return here;
  return offsetOf(best.value, after(rest, best.key) ?? '', best.key.range?.[0] ?? here);
}

const textOf = (key: Node): string => (isScalar(key) ? String(key.value) : '');

/** What of the location is left behind a key; undefined when it does not begin with it. */
function after(rest: string, key: Node): string | undefined {
  const step = `/${textOf(key)}`;
  return rest.startsWith(step) ? rest.slice(step.length) : undefined;
}
