import * as z from 'zod/mini';
import { owner, reader, serviceName, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  severity: z.enum(['info', 'warning', 'critical']),
  title: text,
  text: z.string(),
  /** ARN of the execution it is about. */
  execution: owner,
  /** What happened, once in an execution: `ended`, `blind`. */
  topic: text,
});

export type SendNoticeInput = z.output<typeof input>;

/** The notice's key, the same for every repetition. */
export interface SendNoticeOutput {
  readonly key: string;
}

/** Tells people. Receivers can drop doubles by the key. @throws StepFailure `Pointsman.NotifyFailed` */
export const sendNotice: StepFunction<SendNoticeInput, SendNoticeOutput, Pick<Ports, 'notifier'>> = {
  name: 'send-notice',
  read: reader('send-notice', input),
  async run({ topic, ...notice }, { notifier }) {
    const key = `${notice.execution}/${topic}`;
    await notifier.send({ ...notice, key });
    return { key };
  },
};
