import { SqlFailure, sqlSession, type SqlAddress } from './sql-session.ts';

/**
 * What a server says to somebody who knocks: `open`: it takes sessions; `starting` or `stopping`: it says so; `closed`: it
 * says that it wants no such session; `nobody`: nothing listens; `silent`: something listens and does not answer.
 */
export type ServerAnswer = 'open' | 'starting' | 'stopping' | 'closed' | 'nobody' | 'silent';

export async function serverAnswer(address: SqlAddress, withinMs: number): Promise<ServerAnswer> {
  try {
    await sqlSession(address, withinMs, (sql) => sql('SELECT 1'));
    return 'open';
  } catch (error) {
    if (!(error instanceof SqlFailure)) throw error;
    if (error.code === '57P03') return /shutting down/.test(error.message) ? 'stopping' : 'starting';
    if (error.code === 'ECONNREFUSED') return 'nobody';
    return error.code?.startsWith('28') || error.code === '53300' ? 'closed' : 'silent';
  }
}
