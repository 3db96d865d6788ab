/** `shop-20261127T020000Z`; an archive is `shop-archive-…`. The instant in milliseconds since 1970; its milliseconds are dropped. */
export function backupId(group: string, scheduledAt: number, isArchive: boolean): string {
  const stamp = new Date(scheduledAt).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `${group}-${isArchive ? 'archive-' : ''}${stamp}`;
}
