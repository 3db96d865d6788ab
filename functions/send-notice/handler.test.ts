import { expect, it } from 'vitest';
import { memoryNotifier } from '../../adapters/memory/notifier.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { sendNotice } from './handler.ts';

it('gives every repetition of a notice the same key', async () => {
  const notifier = memoryNotifier();
  const input = {
    service: 'shop',
    severity: 'info',
    title: 'promoted',
    text: '',
    execution: 'arn',
    topic: 'ended',
  } as const;
  await sendNotice.run(input, { notifier }, idleCall);

  expect(await sendNotice.run(input, { notifier }, idleCall)).toEqual({ key: 'arn/ended' });
  expect(notifier.notices).toEqual([
    { service: 'shop', severity: 'info', title: 'promoted', text: '', execution: 'arn', key: 'arn/ended' },
  ]);
});
