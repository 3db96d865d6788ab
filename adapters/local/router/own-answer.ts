import type { ServerResponse } from 'node:http';

/** The router's own answers, when no instance gave one. The name is also in `x-pointsman-router`. */
const answers = {
  NoRoute: { status: 503, message: 'the router has no route with upstreams for it; deploy it first' },
  WritesHeld: { status: 503, message: 'its store is moving to another site; try again' },
  UpstreamFailed: { status: 502, message: 'the instance it was sent to broke the connection before it answered' },
  UpstreamTimedOut: { status: 504, message: 'the instance it was sent to did not answer in time' },
} as const;

type OwnAnswer = keyof typeof answers;

/** Answers a request with `{"error":{"code","message"}}`. */
export function answerOwn(res: ServerResponse, code: OwnAnswer, service: string): void {
  const { status, body } = ownAnswer(code, service);
  res.writeHead(status, { ...ownHeaders(code, body), ...(status === 503 && { 'retry-after': '1' }) });
  res.end(body);
}

/** The same as the text of a whole HTTP/1.1 answer, for a handshake, which has no response object. */
export function ownAnswerText(code: OwnAnswer, service: string): string {
  const { status, body } = ownAnswer(code, service);
  const headers = { ...ownHeaders(code, body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${code}`, ...lines, '', body].join('\r\n');
}

function ownAnswer(code: OwnAnswer, service: string) {
  const { status, message } = answers[code];
  return { status, body: `${JSON.stringify({ error: { code, message: `${service}: ${message}` } })}\n` };
}

const ownHeaders = (code: OwnAnswer, body: string) => ({
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
  'x-pointsman-router': code,
});
