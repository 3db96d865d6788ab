import { fork } from 'node:child_process';
import { once } from 'node:events';
import { merge, type Tally } from './tally.ts';

/** Tells the load what requests sent from now on belong to. */
export interface Play {
  readonly kind: 'play';
  readonly act: number;
  readonly hostAlive: boolean;
}

/** What the load tells: what it counted since the last time, and that no more will come. */
export type Report = { readonly kind: 'news'; readonly tallies: readonly Tally[] } | { readonly kind: 'done' };

/** A running load. */
export interface Load {
  readonly pid: number | undefined;
  /** Requests sent from now on are counted for this act. */
  play(act: number, hostAlive: boolean): void;
  /** All that was counted so far. */
  tallies(): readonly Tally[];
  /** Sends no more; resolves when every request ended and was counted. */
  stop(): Promise<void>;
  /** Resolves when it ended by itself, because it had sent all it may. */
  readonly ended: Promise<void>;
  /** Ends the process at once. Safe to repeat. */
  kill(): void;
}

/** Starts a process that sends `perSecond` requests to `url`, `atMost` in all. */
export function startLoad(url: string, perSecond: number, atMost: number): Load {
  const child = fork(new URL('load.ts', import.meta.url), [url, String(perSecond), String(atMost)], { execArgv: [] });
  let tallies: readonly Tally[] = [];
  child.on('message', (report: Report) => {
    if (report.kind === 'news') tallies = merge([...tallies, ...report.tallies]);
  });
  const ended = once(child, 'exit').then(() => {});
  const tell = (message: Play | { kind: 'stop' }) => {
    if (child.connected) child.send(message);
  };
  return {
    pid: child.pid,
    play: (act, hostAlive) => tell({ kind: 'play', act, hostAlive }),
    tallies: () => tallies,
    async stop() {
      tell({ kind: 'stop' });
      await ended;
    },
    ended,
    kill: () => void child.kill('SIGKILL'),
  };
}
