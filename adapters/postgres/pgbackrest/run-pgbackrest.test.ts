import { describe, expect, it } from 'vitest';
import { serverUser } from '../server/server-user.ts';
import { runPgBackRest } from './run-pgbackrest.ts';

const shell = async (script: string, input?: Buffer) =>
  runPgBackRest({
    program: '/bin/sh',
    user: await serverUser(),
    args: ['-c', script],
    environment: { SECRET: 'hidden' },
    input,
  });

describe('a command of pgBackRest', () => {
  it('gives what it wrote, and takes its input and what it is told in the environment', async () => {
    expect((await shell('cat; printf %s "$SECRET"', Buffer.from('in, '))).toString()).toBe('in, hidden');
  });

  it('fails with its number and its words, without what a wrong key made of a file', async () => {
    const failing = shell(`printf 'WARN: x\\nERROR: [029]: not an \\001\\377 info file\\n' >&2; exit 29`);

    await expect(failing).rejects.toMatchObject({ code: 29, message: 'pgBackRest -c failed (29): not an info file' });
  });

  it('that is not there says what to do', async () => {
    const running = runPgBackRest({ program: '/nowhere/pgbackrest', user: undefined, args: ['info'], environment: {} });

    await expect(running).rejects.toMatchObject({ name: 'Pointsman.StoreUnusable', message: /install pgBackRest/ });
  });
});
