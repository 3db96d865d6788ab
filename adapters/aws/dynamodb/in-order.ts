/** A sort key that orders by moment, then by name. `at` is milliseconds since 1970. */
export const inOrder = (at: number, name: string): string => `${String(at).padStart(15, '0')}#${name}`;
