import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Json } from '../../../data/json.ts';
import { Unusable } from '../unusable.ts';

/** Codecs that Node has itself; the library brings the others. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
};

/** Instants and days are written in ISO 8601, to the digit that the file has. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint) => instant(millis, 3),
  timestampFromMicroseconds: (micros: bigint) => instant(micros, 6),
  timestampFromNanoseconds: (nanos: bigint) => instant(nanos, 9),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
};

/**
 * The first rows of a Parquet file as objects by column, at most `most`. A number that JSON has not (not a number,
 * infinity) is null, as is a value that is missing; a 64-bit integer is the nearest number.
 * @throws Unusable
 */
export async function parquetRows(body: Uint8Array, most: number): Promise<Json[]> {
  const { parquetReadObjects } = await import('hyparquet');
  const file = new Uint8Array(body).buffer; // the library wants the whole of a buffer
  try {
    const rowEnd = Number.isFinite(most) ? most : undefined;
    const rows = await parquetReadObjects({
      file,
      compressors,
      parsers,
      utf8: false,
      ...(rowEnd === undefined ? {} : { rowEnd }),
    });
    return rows.map(plain);
  } catch (thrown) {
    throw new Unusable(
      `The object cannot be read as Parquet: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}

function plain(value: unknown): Json {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (value instanceof Uint8Array) return textIn(value);
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value)) return value.map(plain);
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
    default:
      return null;
  }
}

/** Bytes that the file does not call a text may be one all the same; those that are none are in Base64. */
function textIn(bytes: Uint8Array): string {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : Buffer.from(bytes).toString('base64');
}

/** `ticks` of `10^-digits` seconds since 1970, to the last digit, which a Date has not. */
function instant(ticks: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = ticks / perSecond - (ticks % perSecond < 0n ? 1n : 0n);
  const rest = String(ticks - seconds * perSecond).padStart(digits, '0');
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `.${rest}Z`);
}
