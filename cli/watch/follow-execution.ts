import { readMachine, type Machine } from '../../engine/asl/index.ts';
import type { Client } from '../client/client.ts';
import type { HistoryEvent } from '../client/steps.ts';
import { machineInArn } from '../history/details.ts';
import { readHistory } from '../history/read-history.ts';
import { childStarted, type Progress, progressOf } from '../progress.ts';

/** An execution that is being followed, with all that is known of it so far. */
export interface Followed {
  readonly arn: string;
  /** Its machine's name. */
  readonly label: string;
  /** ARN of the execution that waits for this one; undefined for the one that was asked for. */
  readonly parent: string | undefined;
  readonly events: readonly HistoryEvent[];
  /** The definition it runs, when the host could tell. */
  readonly machine: Machine | undefined;
  readonly progress: Progress;
}

export interface Follower {
  /** Asks for what is new in every execution that has not ended. @returns whether anything was */
  poll(): Promise<boolean>;
  /** The execution asked for first, then those it started and waits for, in the order of their start. */
  executions(): readonly Followed[];
}

/** Follows an execution and every execution that it waits for, as a canary inside a deployment. */
export function followExecution(client: Client, arn: string): Follower {
  const followed = new Map<string, Followed>();
  const add = async (each: string, parent: string | undefined) => {
    const machine = await machineOf(client, each);
    followed.set(each, { arn: each, label: machineInArn(each), parent, events: [], machine, progress: progressOf([]) });
  };

  return {
    async poll() {
      if (followed.size === 0) await add(arn, undefined);
      let news = false;
      // Parents before children: when a parent has ended, so have all it waited for, and this round sees their end.
      for (const each of followed.keys()) {
        const before = followed.get(each);
        if (before === undefined || before.progress.status !== 'RUNNING') continue;
        const fresh = await readHistory(client, each, before.events.at(-1)?.id);
        if (fresh.length === 0) continue;
        const events = [...before.events, ...fresh];
        followed.set(each, { ...before, events, progress: progressOf(events, before.machine) });
        news = true;
        for (const child of fresh.flatMap((event) => childStarted(event) ?? []))
          if (!followed.has(child)) await add(child, each);
      }
      return news;
    },
    executions: () => [...followed.values()],
  };
}

/** Only for telling when timers are due, so a host that cannot say is no reason to fail. */
async function machineOf(client: Client, executionArn: string): Promise<Machine | undefined> {
  try {
    const reading = readMachine((await client.describeMachine(executionArn)).definition, { knows: () => true });
    return reading.ok ? reading.machine : undefined;
  } catch {
    return undefined;
  }
}
