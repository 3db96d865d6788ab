import { describe, expect, it } from 'vitest';
import { combinedEventSink, logEventSink, webhookEventSink } from './event-sinks.ts';
import { webhookSignature } from './webhook-signature.ts';

const event = { id: '1', 'detail-type': 'Step Functions Execution Status Change', detail: { status: 'RUNNING' } };

function webhook(status: number) {
  const requests: Request[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    requests.push(new Request(url, init));
    return new Response(null, { status });
  };
  return {
    requests,
    sink: webhookEventSink({ url: 'http://events.test/', now: () => 1_767_225_600_000, secret: () => 'key', fetch }),
  };
}

describe('webhookEventSink', () => {
  it('posts the event as it is, signed', async () => {
    const { requests, sink } = webhook(204);
    await sink.put(event);
    const body = JSON.stringify(event);
    expect(await requests[0]?.text()).toBe(body);
    expect(requests[0]?.headers.get('webhook-id')).toBe('1');
    expect(requests[0]?.headers.get('webhook-signature')).toBe(webhookSignature('key', '1', 1_767_225_600, body));
  });

  it.each([301, 404, 503])('rejects when the answer is %d', async (status) => {
    await expect(webhook(status).sink.put(event)).rejects.toThrow(`events.test answered ${status}`);
  });
});

describe('combinedEventSink', () => {
  it('tells every sink, and rejects when one does', async () => {
    const lines: unknown[] = [];
    const log = logEventSink({ info: (...line: unknown[]) => void lines.push(line) });
    await expect(combinedEventSink([webhook(500).sink, log]).put(event)).rejects.toThrow('500');
    expect(lines).toEqual([[{ event }, 'Step Functions Execution Status Change']]);
  });
});
