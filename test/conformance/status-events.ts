import { webhookEventSink } from '../../adapters/notify/index.ts';
import { isObject, own } from '../../engine/data/json.ts';
import type { EventSink } from '../../engine/runner/ports.ts';
import type { Queues } from './queues.ts';

/** EventBridge as the recorded tests use it: a rule brings the status events of a machine, or of all, into a queue. */
export interface StatusEvents {
  readonly sink: EventSink;
  /** From now on; `machineArn` undefined for every machine. */
  bringTo(queueUrl: string, machineArn: string | undefined): void;
}

const NOWHERE = 'http://events.test/';

/** Status events go through the webhook that a host would post them to. */
export function createStatusEvents(queues: Queues): StatusEvents {
  const rules: { readonly queueUrl: string; readonly machineArn: string | undefined }[] = [];
  const deliver: typeof fetch = async (_, init) => {
    const body = typeof init?.body === 'string' ? init.body : '';
    const machineArn = machineOf(JSON.parse(body));
    for (const rule of rules)
      if (rule.machineArn === undefined || rule.machineArn === machineArn) queues.put(rule.queueUrl, body);
    return new Response(null, { status: 204 });
  };
  return {
    sink: webhookEventSink({ url: NOWHERE, now: Date.now, fetch: deliver }),
    bringTo: (queueUrl, machineArn) => void rules.push({ queueUrl, machineArn }),
  };
}

function machineOf(event: unknown): unknown {
  const detail = isObject(event) ? own(event, 'detail') : undefined;
  return isObject(detail) ? own(detail, 'stateMachineArn') : undefined;
}
