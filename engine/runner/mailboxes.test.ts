import { describe, expect, it } from 'vitest';
import { createMailboxes, type Letter } from './mailboxes.ts';

const letter = (id: string): Letter => ({ event: { kind: 'Continued', id } });
const idOf = ({ event }: Letter) => (event.kind === 'Continued' ? event.id : '');

function recording(outcome: () => 'opened' | 'again' = () => 'opened') {
  const batches: string[][] = [];
  let running = 0;
  let most = 0;
  const mailboxes = createMailboxes({
    pause: () => Promise.resolve(),
    async open(arn, letters) {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      batches.push([arn, ...letters.map(idOf)]);
      return outcome();
    },
  });
  return { mailboxes, batches, most: () => most };
}

describe('mailboxes', () => {
  it('open together what was posted in the same turn', async () => {
    const { mailboxes, batches } = recording();
    for (const id of ['1', '2', '3']) mailboxes.post('a', letter(id));
    await mailboxes.settled();

    expect(batches).toEqual([['a', '1', '2', '3']]);
  });

  it('never open two batches of one execution at the same time', async () => {
    const { mailboxes, batches, most } = recording();
    mailboxes.post('a', letter('1'));
    await Promise.resolve().then(() => Promise.resolve());
    mailboxes.post('a', letter('2'));
    await mailboxes.settled();

    expect(most()).toBe(1);
    expect(batches).toEqual([
      ['a', '1'],
      ['a', '2'],
    ]);
  });

  it('open different executions side by side', async () => {
    const { mailboxes, most } = recording();
    mailboxes.post('a', letter('1'));
    mailboxes.post('b', letter('1'));
    await mailboxes.settled();

    expect(most()).toBe(2);
  });

  it('open the same letters again, in order, when nothing was written', async () => {
    const outcomes: ('opened' | 'again')[] = ['again', 'opened'];
    const { mailboxes, batches } = recording(() => outcomes.shift() ?? 'opened');
    mailboxes.post('a', letter('1'));
    mailboxes.post('a', letter('2'));
    await mailboxes.settled();

    expect(batches).toEqual([
      ['a', '1', '2'],
      ['a', '1', '2'],
    ]);
  });

  it('open nothing that is posted after the close', async () => {
    const { mailboxes, batches } = recording();
    mailboxes.post('a', letter('1'));
    const closed = mailboxes.close();
    mailboxes.post('a', letter('2'));
    await closed;

    expect(batches.flat()).not.toContain('2');
  });
});
