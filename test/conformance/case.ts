import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type Json, type JsonObject, own } from '../../engine/data/json.ts';

/** One recording of what AWS did. The format's own words are in the COMPARE.md that comes with the recordings. */
export interface Case {
  readonly id: string;
  readonly area: string;
  readonly tier: number;
  readonly kind: string;
  readonly recordedOn: string;
  /** `DD-MM-YYYY, HH:MM:SS` */
  readonly recordedDate: string;
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly machineName?: string;
  readonly executionName?: string;
  readonly definition?: Json;
  readonly definitionText?: string;
  readonly input?: Json;
  readonly inputText?: string;
  /** Started with StartSyncExecution. */
  readonly sync?: boolean;
  /** What "now" was, ISO 8601. */
  readonly clock?: string;
  readonly functions: Readonly<Record<string, { readonly behaviour: string; readonly name: string }>>;
  readonly setup?: readonly CaseStep[];
  readonly steps?: readonly CaseStep[];
  readonly expected: JsonObject;
  readonly transforms?: readonly Transform[];
  /** Keys of `expected` that record a refusal by the recording SDK. */
  readonly clientSide?: readonly string[];
  readonly incomplete?: string;
}

/** What the recorded test did; exactly one of `call`, `helper`, `fixture`, `wait`, `match` says which kind it is. */
export interface CaseStep {
  readonly n: number;
  readonly params?: Json;
  readonly call?: string;
  readonly service?: string;
  readonly account?: string;
  readonly expectError?: boolean;
  readonly poll?: boolean;
  readonly paginate?: boolean;
  /** Goes on meanwhile; steps of one thread follow each other. */
  readonly thread?: string | number | boolean;
  readonly helper?: string;
  readonly fixture?: string;
  readonly wait?: string;
  readonly match?: string;
  readonly value?: Json;
}

/** `['regex', pattern, replacement]`, `['jsonpath', path, replacement, 'here' | 'everywhere']` and names of other rewritings. */
export type Transform = readonly [kind: string, pattern?: string, replacement?: string, where?: string];

/** What a called function does: JavaScript of a function, or the exact text of its answer. */
export interface Behaviour {
  readonly js?: string;
  readonly payloadText?: string;
  readonly functionError?: string;
}

export interface Recordings {
  readonly cases: readonly Case[];
  readonly behaviours: Readonly<Record<string, Behaviour>>;
}

/**
 * The recordings of a folder: its `cases/*.json`, or its own `*.json`; `behaviours.json` beside them or above.
 * @throws Error when there is no case
 */
export function readRecordings(folder: string): Recordings {
  const home = existsSync(join(folder, 'cases')) ? join(folder, 'cases') : folder;
  const files = readdirSync(home).filter((name) => name.endsWith('.json') && name !== 'behaviours.json');
  const cases = files.toSorted().flatMap((name) => {
    const content: unknown = JSON.parse(readFileSync(join(home, name), 'utf8'));
    return Array.isArray(content) ? (content as Case[]).filter(isCase) : [];
  });
  if (cases.length === 0)
    throw new Error(`${folder} holds no recorded cases: neither cases/*.json nor *.json of its own`);
  const places = [home, dirname(home)];
  const file = places.map((place) => join(place, 'behaviours.json')).find(existsSync);
  const behaviours = file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as { lambda?: object }).lambda;
  return { cases, behaviours: (behaviours ?? {}) as Recordings['behaviours'] };
}

const isCase = (value: Case): boolean => isObject(value) && typeof value.id === 'string' && isObject(value.expected);

/** A text among a step's parameters; empty when there is none. */
export function textOf(params: Json | undefined, name: string): string {
  const value = isObject(params) ? own(params, name) : undefined;
  return typeof value === 'string' ? value : '';
}
