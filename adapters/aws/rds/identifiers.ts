import { createHash } from 'node:crypto';

/**
 * The identifier of what is made for these names, always the same: `pm-shop-20261127t020000z`. RDS takes 63 lower-case letters,
 * digits and single hyphens; what does not fit is shortened and ends in a hash of all of it.
 */
export function identifierOf(...names: readonly string[]): string {
  const given = ['pm', ...names].join('-').toLowerCase();
  const fitting = given.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '');
  if (fitting.length <= 63) return fitting;
  return `${fitting.slice(0, 54).replace(/-$/, '')}-${createHash('sha256').update(given).digest('hex').slice(0, 8)}`;
}
