import type { Descriptor } from './image-format.ts';

/** The annotation that holds a tag in a layout's index. */
export const refName = 'org.opencontainers.image.ref.name';

/** The tag of an entry of a layout's index, when it has one. */
export const tagOf = (entry: Descriptor): string | undefined => entry.annotations?.[refName];

/**
 * The entries of a layout's index after a push, the newest last. An image that loses its last tag stays, without
 * one: it may be what a rollback returns to.
 */
export function withTag(entries: readonly Descriptor[], tag: string, image: Descriptor): readonly Descriptor[] {
  const pushed = { ...image, annotations: { ...image.annotations, [refName]: tag } };
  const others = entries.map((entry) => (tagOf(entry) === tag ? withoutTag(entry) : entry));
  const all = [...others, pushed];
  return all.filter(
    (entry, at) => tagOf(entry) !== undefined || !all.some((other, i) => i > at && other.digest === entry.digest),
  );
}

function withoutTag({ annotations = {}, ...entry }: Descriptor): Descriptor {
  const { [refName]: _, ...others } = annotations;
  return Object.keys(others).length > 0 ? { ...entry, annotations: others } : entry;
}
