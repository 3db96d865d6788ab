import type { Run } from '../evaluator/frame.ts';
import { asSequence, type List } from '../evaluator/list.ts';
import { hashText } from '../../hash-text.ts';
import type { Json } from '../../json.ts';
import { parseJson } from '../../parse-json.ts';
import { failure, type JsonataFailure } from '../failure.ts';
import { allocate, allocateList, spend } from '../meter.ts';
import { native, type Natives } from './native.ts';

/**
 * The functions AWS adds to JSONata; one that gets nothing gives nothing. `$random` and `$uuid` stand with the numbers and values.
 * (Step Functions Developer Guide, "Transforming data with JSONata")
 */
export const dialectFunctions: Natives = {
  partition: native('<xn?:a>', 2, partition),
  range: native('<n?n?n?:a>', 3, range),
  hash: native('<ss:s>', 2, hash),
  parse: native('<s?:x>', 1, parse),
};

/** Chunks of `size` items, the last one perhaps shorter; without a size one chunk. */
function partition(run: Run, items?: unknown, size?: number): unknown[][] | undefined {
  if (items === undefined) return undefined;
  // Said by a signature on AWS; JSONata's own makes an array of one item, so it is checked here.
  if (!Array.isArray(items)) throw failure('T0412', { token: 'partition', index: 1, type: undefined });
  const all: readonly unknown[] = items;
  if (all.length === 0) return undefined;
  const length = size === undefined ? all.length : Math.trunc(size);
  if (length < 0) throw refused('Second argument must be zero or greater');
  if (length === 0) return undefined;
  allocateList(run.meter, all.length);
  return Array.from({ length: Math.ceil(all.length / length) }, (_, at) => all.slice(at * length, (at + 1) * length));
}

/** Numbers from `first` by `step` up to `last`, which is included where the steps land on it; all truncated towards zero. */
function range(run: Run, first?: number, last?: number, step?: number): List | undefined {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.trunc(first), Math.trunc(last), Math.trunc(step)];
  const length = by === 0 ? 0 : Math.max(0, Math.floor((to - from) / by) + 1);
  if (!(length <= 10_000_000)) throw refused(`${length} numbers asked for, 10000000 can be made`);
  allocateList(run.meter, length);
  spend(run.meter, length);
  // A sequence of one number is that number, as recorded on AWS: $range(1, 9, 9) gives 1.
  return asSequence(Array.from({ length }, (_, at) => from + at * by));
}

/** Hexadecimal digits, of the text as UTF-8. */
function hash(run: Run, data?: string, algorithm?: string): string | undefined {
  if (data === undefined || algorithm === undefined) return undefined;
  spend(run.meter, data.length >> 3);
  const digits = hashText(data, algorithm);
  if (digits !== undefined) return digits;
  throw refused(`Hash algorithm '${algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5`);
}

function parse(run: Run, text?: string): Json | undefined {
  if (text === undefined) return undefined;
  spend(run.meter, text.length >> 2);
  allocate(run.meter, text.length);
  try {
    return parseJson(text);
  } catch {
    throw refused('Invalid JSON');
  }
}

/** As `$error` fails, which is how AWS's functions refuse their arguments. */
const refused = (message: string): JsonataFailure => failure('D3137', { message });
