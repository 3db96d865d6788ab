import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import { program } from './engine.ts';
import { JsonataFailure } from './failure.ts';
import { awsLimits } from './meter.ts';
import { suiteExceptions } from './suite-exceptions.ts';

/** A case of JSONata's own suite, with what 2.0.6 answers where that is something else. */
interface Case {
  readonly id: string;
  readonly expr: string;
  readonly dataset?: string | null;
  readonly data?: unknown;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly error?: { readonly code?: string };
  readonly message206?: string;
  readonly on206?: { readonly result?: unknown; readonly code?: string | null; readonly message?: string };
  readonly unordered?: boolean;
  readonly depth?: number;
}

interface Answer {
  readonly result?: unknown;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

const folder = new URL('../../../../shared/conformance/jsonata/', import.meta.url);
const isThere = existsSync(folder);
const read = (name: string) => (isThere ? JSON.parse(readFileSync(new URL(name, folder), 'utf8')) : []);
const cases: readonly Case[] = read('cases.json');
const datasets: Readonly<Record<string, unknown>> = read('datasets.json');
const groups = Map.groupBy(cases, ({ id }) => id.slice(0, id.indexOf('/')));

if (!isThere) console.warn(`JSONata's own suite is skipped: there is no folder ${folder.pathname}`);

describe.skipIf(!isThere)("JSONata's own suite", () => {
  it.each([...groups])('is answered as by 2.0.6: %s', (_, group) => {
    const wrong = group.filter(({ id }) => !Object.hasOwn(suiteExceptions, id)).flatMap(differences);

    expect(wrong).toEqual([]);
  });

  it('has the cases that are excepted', () => {
    const ids = new Set(cases.map(({ id }) => id));

    expect(Object.keys(suiteExceptions).filter((id) => !ids.has(id))).toEqual([]);
  });
});

function differences(each: Case): object[] {
  const [wanted, found] = [expected(each), evaluated(each)];
  const same =
    wanted.code === undefined
      ? isDeepStrictEqual(ordered(found, each), ordered(wanted, each))
      : found.code === wanted.code && (!wanted.message || found.message === wanted.message);
  return same ? [] : [{ id: each.id, expr: each.expr, wanted, found }];
}

/** What 2.0.6 answers; what its successors answer where it never does, or fails in a way it did not mean to. */
function expected({ result, code, error, message206, on206 }: Case): Answer {
  if (on206?.code) return { code: on206.code, message: on206.message };
  if (on206 !== undefined && 'result' in on206) return { result: on206.result };
  const own = code ?? error?.code;
  return own === undefined ? { result } : { code: own, message: on206 === undefined ? message206 : undefined };
}

function evaluated({ expr, dataset, data, bindings = {}, depth = 1000 }: Case): Answer {
  const input = dataset ? structuredClone(datasets[dataset]) : data;
  const limits = { ...awsLimits, depth: Math.max(depth, 300), bytes: 100_000_000 };
  const { now, random } = scopeOf();
  try {
    return { result: program(expr).runToJson({ input, bindings, now, random, limits }) };
  } catch (thrown) {
    if (!(thrown instanceof JsonataFailure)) return { code: String(thrown) };
    const outOfLimits = thrown.code === undefined && /Stack overflow|timeout/.test(thrown.message);
    return { code: outOfLimits ? 'U1001' : (thrown.code ?? 'none'), message: thrown.message };
  }
}

function ordered({ result, ...rest }: Answer, { unordered }: Case): Answer {
  if (!unordered || !Array.isArray(result)) return { result, ...rest };
  return { result: result.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)), ...rest };
}
