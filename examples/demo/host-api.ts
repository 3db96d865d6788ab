import * as z from 'zod/mini';

const arm = z.looseObject({ release: z.string() });
const serviceStatus = z.looseObject({
  url: z.nullish(z.string()),
  route: z.looseObject({ stable: z.nullish(arm), candidate: z.nullish(arm), candidatePercent: z.number() }),
  rollout: z.nullish(z.looseObject({ waitingFor: z.string(), since: z.number() })),
  releases: z.array(z.looseObject({ release: z.string(), outcome: z.string(), reason: z.string() })),
});
/** What the host shows of a service, as far as the demo reads it. */
export type ServiceStatus = z.infer<typeof serviceStatus>;

const executionList = z.looseObject({
  executions: z.array(z.looseObject({ executionArn: z.string(), startDate: z.number() })),
});
const description = z.looseObject({ status: z.string(), error: z.nullish(z.string()), cause: z.nullish(z.string()) });
/** What DescribeExecution says of how an execution does. */
type Description = z.infer<typeof description>;

const historyPage = z.looseObject({
  events: z.array(z.record(z.string(), z.unknown())),
  nextToken: z.nullish(z.string()),
});

/** A service of the host; undefined when the host does not answer, or does not know it yet. */
export async function readService(endpoint: string, service: string): Promise<ServiceStatus | undefined> {
  const answer = await fetch(`${endpoint}/pointsman/v1/services/${service}`).catch(() => undefined);
  return answer?.ok ? serviceStatus.parse(await answer.json()) : undefined;
}

/** How an execution does; undefined when the host does not answer. */
export async function describeExecution(endpoint: string, executionArn: string): Promise<Description | undefined> {
  const answer = await call(endpoint, 'DescribeExecution', { executionArn });
  return answer === undefined ? undefined : description.parse(answer);
}

/**
 * The history of the newest execution of `machine` that started at `from` or later; empty when there is none.
 * @param like ARN of an execution of another machine of the same host
 */
export async function readNewestHistory(
  endpoint: string,
  machine: string,
  like: string,
  from: number,
): Promise<Readonly<Record<string, unknown>>[]> {
  const stateMachineArn = like.replace(/:execution:.*$/, `:stateMachine:${machine}`);
  const { executions } = executionList.parse(
    (await call(endpoint, 'ListExecutions', { stateMachineArn })) ?? { executions: [] },
  );
  const newest = executions.find(({ startDate }) => startDate * 1000 >= from);
  if (newest === undefined) return [];
  const events: Readonly<Record<string, unknown>>[] = [];
  for (let nextToken: string | undefined | null; ; ) {
    const asked = { executionArn: newest.executionArn, maxResults: 1000, ...(nextToken && { nextToken }) };
    const page = historyPage.parse(await call(endpoint, 'GetExecutionHistory', asked));
    events.push(...page.events);
    nextToken = page.nextToken;
    if (!nextToken) return events;
  }
}

/** An operation of the Step Functions API, which speaks AWS JSON 1.0; undefined when the host does not answer. */
async function call(endpoint: string, operation: string, input: object): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` };
  const init = { method: 'POST', headers, body: JSON.stringify(input) };
  const answer = await fetch(endpoint, init).catch(() => undefined);
  if (answer === undefined) return undefined;
  if (!answer.ok) throw new Error(`${operation} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
