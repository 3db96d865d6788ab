/* oxlint-disable no-control-regex -- control characters are what this file is about */

// C0 but tab and newline, DEL, C1, and the marks that reorder or hide text.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
// A whole escape sequence goes, or its visible rest (`[31m`) would stay: CSI, then OSC and its kin up to their end.
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-Z\\-_]/g;

/** Text from a server, safe to print: terminal escapes and control characters are gone, newlines and tabs stay. */
export const clean = (text: string): string => text.replace(sequences, '').replace(controls, '');

/** The same on one line, so that a name can never forge a line of its own. */
export const oneLine = (text: string): string =>
  clean(text)
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replaceAll('\t', ' ')
    .trim();

/** `oneLine`, at most `limit` characters, the cut shown by `…`. */
export function shortened(text: string, limit: number): string {
  const line = oneLine(text);
  return line.length <= limit ? line : `${line.slice(0, Math.max(0, limit - 1)).trimEnd()}…`;
}
