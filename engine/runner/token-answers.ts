import { type ExecutionEvent, readToken, type TokenPlace } from '../core/index.ts';
import type { Ask, Letter } from './mailboxes.ts';
import type { Runner, TokenAnswer } from './runner.ts';

/** What comes for tasks by their token. A token is good while the attempt it was made for is open. */
export function tokenAnswers(ask: Ask): Pick<Runner, 'taskSucceeded' | 'taskFailed' | 'taskHeartbeat'> {
  async function byToken(token: string, event: (place: TokenPlace) => ExecutionEvent): Promise<TokenAnswer> {
    const place = readToken(token);
    if (place === undefined) return 'invalid';
    const wanted: Letter['wanted'] = ({ frames }) => {
      const frame = frames[place.frame];
      return frame?.kind === 'run' && frame.doing.phase === 'task' && frame.doing.token === token;
    };
    return (await ask(place.arn, { event: event(place), wanted })) === 'taken' ? 'accepted' : 'timed-out';
  }

  return {
    taskSucceeded: (token, output) =>
      byToken(token, ({ frame, key }) => ({ kind: 'TaskSucceeded', frame, key, output })),
    taskFailed: (token, failure) => byToken(token, ({ frame, key }) => ({ kind: 'TaskFailed', frame, key, failure })),
    taskHeartbeat: (token) => byToken(token, ({ frame, key }) => ({ kind: 'HeartbeatReceived', frame, key })),
  };
}
