import { request } from 'node:http';

/** What came of asking an instance whether it is ready. */
export interface ReadinessAnswer {
  /** `slow` when nothing came in time, which says little about an instance that was ready before. */
  readonly verdict: 'ready' | 'not-ready' | 'slow';
  /** For people: `readiness answered 503`. */
  readonly detail: string;
}

/** Asks `GET url + path` on a connection of its own; ready is an answer from 200 to 299 within `timeoutMs`. */
export function askReadiness(url: string, path: string, timeoutMs = 2000): Promise<ReadinessAnswer> {
  return new Promise((resolve) => {
    const asked = request(new URL(path, url), { agent: false, timeout: timeoutMs }, (answer) => {
      answer.resume();
      clearTimeout(deadline);
      const status = answer.statusCode ?? 0;
      const verdict = status >= 200 && status < 300 ? 'ready' : 'not-ready';
      resolve({ verdict, detail: `readiness answered ${status}` });
    });
    const deadline = setTimeout(() => {
      resolve({ verdict: 'slow', detail: `readiness gave no answer within ${timeoutMs / 1000} s` });
      asked.destroy();
    }, timeoutMs);
    asked.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      resolve({ verdict: 'not-ready', detail: `readiness could not be asked: ${error.code ?? error.message}` });
    });
    asked.end();
  });
}
