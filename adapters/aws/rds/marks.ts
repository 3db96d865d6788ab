import type { Tag } from '@aws-sdk/client-rds';
import type { Position } from '../../../functions/ports/recovery/position.ts';

/** What is kept on a resource about it, in tags that begin with `pointsman:`; by name without that. */
export type Marks = ReadonlyMap<string, string>;

const PREFIX = 'pointsman:';

export const readMarks = (tags: readonly Tag[] | undefined): Marks =>
  new Map(
    (tags ?? []).flatMap(({ Key = '', Value = '' }) =>
      Key.startsWith(PREFIX) ? [[Key.slice(PREFIX.length), Value] as const] : [],
    ),
  );

export const asTags = (marks: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(marks).map(([name, Value]) => ({ Key: PREFIX + name, Value }));

export const tagKeys = (names: readonly string[]): string[] => names.map((name) => PREFIX + name);

/** A list in one mark; tags take letters, digits, spaces and `_.:/=+-@`. */
export const packed = (...parts: readonly (string | number)[]): string => parts.join(' ');

export const unpacked = (mark: string | undefined): readonly string[] => (mark === undefined ? [] : mark.split(' '));

export const packedPosition = ({ branch, offset }: Position): string => `${branch}@${offset}`;

export function unpackedPosition(text: string | undefined): Position {
  const [branch = '', offset = '0'] = (text ?? '').split('@');
  return { branch, offset };
}
