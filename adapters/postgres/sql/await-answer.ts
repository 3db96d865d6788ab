import { setTimeout as pause } from 'node:timers/promises';
import { SqlFailure, sqlSession, type SqlAddress } from './sql-session.ts';

/**
 * Whether the server answers SQL within the time; false also as soon as `ended` says that it does not run any more.
 * A standby answers as soon as its data is consistent.
 */
export async function awaitAnswer(address: SqlAddress, withinMs: number, ended: () => boolean): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline && !ended()) {
    try {
      await sqlSession(address, Math.max(50, Math.min(1000, deadline - Date.now())), (sql) => sql('SELECT 1'));
      return true;
    } catch (error) {
      const refused = error instanceof SqlFailure && (error.code === '28P01' || error.code === '28000');
      if (refused) throw error; // it answers, and will not change its mind
      await pause(15);
    }
  }
  return false;
}
