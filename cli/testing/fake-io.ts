import { basename, dirname } from 'node:path';
import type { Interruption, Io } from '../io.ts';

interface FakeIo extends Io {
  /** All that was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Each write to stderr with the instant it came at. */
  readonly errWrites: readonly { readonly at: number; readonly text: string }[];
  readonly appended: ReadonlyMap<string, string>;
  readonly written: ReadonlyMap<string, string>;
  readonly asked: readonly string[];
  readonly interrupt: (why: Interruption) => void;
}

export interface FakeWorld {
  /** Is asked instead of the network. Gets the clock. */
  readonly fetch?: (request: Request, now: () => number) => Response | Promise<Response>;
  readonly tty?: boolean;
  readonly stdinTty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly userName?: string;
  /** Text of files, by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly answer?: string;
  /** Fires while the command sleeps, at this instant. */
  readonly interruptAt?: { readonly at: number; readonly why: Interruption };
}

/** Noon of a Monday. */
export const noon = Date.parse('2026-11-23T12:00:00.000Z');

/** A world in memory: time passes only while a command sleeps, and starts at noon UTC. */
export function fakeIo(world: FakeWorld = {}): FakeIo {
  let now = noon;
  const [out, errWrites, appended, asked]: [string[], FakeIo['errWrites'][number][], Map<string, string>, string[]] = [
    [],
    [],
    new Map(),
    [],
  ];
  const written = new Map<string, string>();
  const leaving = new AbortController();
  const isTty = world.tty ?? false;
  const refused = () =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:7400') }));
  return {
    stdout: { isTty, columns: 100, write: (text) => void out.push(text) },
    stderr: { isTty, columns: 100, write: (text) => void errWrites.push({ at: now, text }) },
    stdinIsTty: world.stdinTty ?? isTty,
    env: world.env ?? {},
    userName: () => world.userName,
    cwd: '/home/operator/shop',
    now: () => now,
    utcOffsetMinutes: () => 0,
    fetch: async (url, init) =>
      world.fetch === undefined ? refused() : world.fetch(new Request(url, init), () => now),
    sleep: async (ms) => {
      now += ms;
      if (world.interruptAt !== undefined && now >= world.interruptAt.at) leaving.abort(world.interruptAt.why);
    },
    interrupted: leaving.signal,
    readText: async (path) => world.files?.[path],
    listFolder: async (path) => {
      const names = Object.keys(world.files ?? {}).filter((file) => dirname(file) === path);
      return names.length === 0 ? undefined : names.map((file) => basename(file));
    },
    writeText: async (path, text) => void written.set(path, text),
    appendText: async (path, text) => void appended.set(path, (appended.get(path) ?? '') + text),
    ask: async (question) => {
      asked.push(question);
      return world.answer ?? '';
    },
    out: () => out.join(''),
    err: () => errWrites.map(({ text }) => text).join(''),
    errWrites,
    appended,
    written,
    asked,
    interrupt: (why) => leaving.abort(why),
  };
}
