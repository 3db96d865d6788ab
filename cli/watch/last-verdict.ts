import type { Client } from '../client/client.ts';
import { type Line, narrate } from '../history/narrate.ts';
import { followExecution } from './follow-execution.ts';

/** What the judge said last in a rollout or in the canary inside it; undefined when it has not spoken. */
export async function lastVerdict(executionArn: string, client: Client): Promise<Line | undefined> {
  const follower = followExecution(client, executionArn);
  await follower.poll();
  return follower
    .executions()
    .flatMap(({ events }) => narrate(events))
    .filter(({ isVerdict }) => isVerdict)
    .sort((a, b) => a.at - b.at)
    .at(-1);
}
