import { once } from 'node:events';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { awaitAnswer } from '../sql/await-answer.ts';
import { sqlSession } from '../sql/sql-session.ts';
import { binaries } from './binaries.ts';
import { initCluster } from './init-cluster.ts';
import { openFolder } from './open-folder.ts';
import { readPgControl } from './pg-control.ts';
import { freePort } from '../../shared/free-port.ts';
import { writeServerConfig } from './server-config.ts';
import { serverUser } from './server-user.ts';
import { spawnServer } from './server.ts';

describe('a server', () => {
  it('runs as somebody who is not root, answers who has the password, and leaves its end in pg_control', async () => {
    const { address, place, child } = await runningServer();

    const [seen] = await sqlSession(address, 2000, (sql) =>
      sql<{ id: string; checkpoint: string; timeline: number }>(
        `SELECT system_identifier::text AS id, timeline_id AS timeline, (checkpoint_lsn - '0/0')::text AS checkpoint
           FROM pg_control_system(), pg_control_checkpoint()`,
      ),
    );
    const running = await readPgControl(place.data);

    expect(running).toMatchObject({ state: 'in production', systemId: seen?.id, timeline: seen?.timeline });
    expect(String(running?.checkpoint)).toBe(seen?.checkpoint);
    expect(running?.segmentBytes).toBe(1_048_576);
    expect((await stat(`/proc/${child.pid}`)).uid).not.toBe(0);
    const refused = sqlSession({ ...address, password: 'wrong' }, 2000, (sql) => sql('SELECT 1'));
    await expect(refused).rejects.toMatchObject({ name: 'SqlFailure', code: '28P01' });

    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
    expect(await readPgControl(place.data)).toMatchObject({ state: 'shut down', systemId: seen?.id });
  });

  it('that hangs costs a session no more than the time it gives', async () => {
    const { address, child } = await runningServer();
    child.kill('SIGSTOP');

    await expect(sqlSession(address, 200, (sql) => sql('SELECT 1'))).rejects.toThrow('no answer within 200 ms');
  });

  it('never sees the password of its superuser in a file', async () => {
    const { place } = await runningServer();

    await expect(readFile(join(place.data, '..', '.new-password'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function runningServer() {
  const folder = join(await temporaryFolder(), 'postgres');
  const user = await serverUser();
  await openFolder(folder, user);
  const [data, config] = [join(folder, 'a', 'data'), join(folder, 'a', 'config')];
  await mkdir(join(folder, 'a'), { mode: 0o711 });
  const found = await binaries(folder, user, undefined);
  await initCluster(found, user, data, { superuser: 'postgres', password: 'se cret', segmentMb: 1 });
  await writeServerConfig(config, user, { fsync: 'off' });
  const port = await freePort(new Set());
  const place = { binaries: found, user, data, config, log: join(folder, 'a', 'log'), port };
  const child = await spawnServer(place);
  child.ref();
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const address = { port, user: 'postgres', database: 'postgres', password: 'se cret' };
  expect(await awaitAnswer(address, 10_000, () => child.exitCode !== null)).toBe(true);
  return { address, place, child };
}
