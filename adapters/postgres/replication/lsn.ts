/** A place in the write-ahead log as PostgreSQL writes it, `0/5000060`, in bytes. */
export function readLsn(text: string): bigint {
  const found = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (found === null) throw new Error(`${JSON.stringify(text)} is no place in the write-ahead log, such as 0/5000060`);
  return (BigInt(`0x${found[1]}`) << 32n) | BigInt(`0x${found[2]}`);
}

/** The other way: `0/5000060`. */
export const lsnText = (lsn: bigint): string => `${hex(lsn >> 32n)}/${hex(lsn & 0xffffffffn)}`;

const hex = (value: bigint): string => value.toString(16).toUpperCase();
