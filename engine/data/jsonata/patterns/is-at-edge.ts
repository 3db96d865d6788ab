import { type Edge, lineEnds, wordUnits } from './pattern-syntax.ts';
import { unitSet } from './unit-set.ts';

/** Whether the place before the unit `at` is such an edge of the text, of a line or of a word. */
export function isAtEdge(edge: Edge, text: string, at: number): boolean {
  switch (edge) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'lineStart':
      return at === 0 || lines.has(text.charCodeAt(at - 1));
    case 'lineEnd':
      return at === text.length || lines.has(text.charCodeAt(at));
    case 'word':
      return isWord(text, at - 1) !== isWord(text, at);
    default:
      return isWord(text, at - 1) === isWord(text, at);
  }
}

const lines = unitSet(lineEnds, false, false);
const words = unitSet(wordUnits, false, false);

const isWord = (text: string, at: number): boolean => at >= 0 && at < text.length && words.has(text.charCodeAt(at));
