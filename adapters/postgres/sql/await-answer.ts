import { setTimeout as pause } from 'node:timers/promises';
import { serverAnswer } from './server-answer.ts';
import type { SqlAddress } from './sql-session.ts';

/**
 * Whether the server takes sessions within the time; false also as soon as `ended` says that it does not run any more, or
 * when it says that it wants none. A standby takes them as soon as its data is consistent.
 */
export async function awaitAnswer(address: SqlAddress, withinMs: number, ended: () => boolean): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline && !ended()) {
    const answer = await serverAnswer(address, Math.max(50, Math.min(1000, deadline - Date.now())));
    if (answer === 'open' || answer === 'closed') return answer === 'open';
    await pause(10);
  }
  return false;
}
