import type * as z from 'zod/mini';
import { CliFailure } from '../cli-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import * as groups from './groups.ts';
import type { Ask, Send } from './http.ts';
import { refusal } from './refusal.ts';
import * as own from './services.ts';
import * as steps from './steps.ts';

export type Client = ReturnType<typeof createClient>;

/**
 * The two APIs of a host: Step Functions' own (AWS JSON 1.0, unsigned) and ours under `/pointsman/v1`. Every method
 * gives what the server said, read into its shape.
 * @throws CliFailure with the exit code that belongs to the refusal
 */
export function createClient(send: Send) {
  const wire = async <T>(operation: string, shape: Shape<T>, input: object): Promise<T> => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` };
    const answer = await send('/', { method: 'POST', headers, body: JSON.stringify(input) });
    if (answer.status !== 200) throw refusal(operation, answer);
    return readAs(shape, answer.body, operation);
  };
  const api = async <T>(shape: Shape<T>, path: string, body?: object, more?: Pick<Ask, 'withinMs'>): Promise<T> => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const answer = await send(`/pointsman/v1${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      ...more,
    });
    if (answer.status < 200 || answer.status > 299) throw refusal(`${method} ${path}`, answer);
    return readAs(shape, answer.body, `${method} ${path}`);
  };

  /** A page as it came. */
  const page = async (path: string): Promise<string> => {
    const answer = await send(`/pointsman/v1${path}`, { method: 'GET', headers: { accept: 'text/html' } });
    if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
    return answer.whole;
  };

  return {
    listMachines: (page: { nextToken?: string } = {}) =>
      wire('ListStateMachines', steps.machinePage, { maxResults: 1000, ...page }),
    describeMachine: (executionArn: string) =>
      wire('DescribeStateMachineForExecution', steps.machineDetail, { executionArn }),
    listExecutions: (query: {
      stateMachineArn: string;
      statusFilter?: string;
      maxResults?: number;
      nextToken?: string;
    }) => wire('ListExecutions', steps.executionPage, query),
    describeExecution: (executionArn: string) => wire('DescribeExecution', steps.executionDetail, { executionArn }),
    history: (query: { executionArn: string; reverseOrder?: boolean; maxResults?: number; nextToken?: string }) =>
      wire('GetExecutionHistory', steps.historyPage, { includeExecutionData: true, ...query }),
    stopExecution: (input: { executionArn: string; error?: string; cause?: string }) =>
      wire('StopExecution', steps.stopped, input),

    services: () => api(own.serviceList, '/services'),
    service: (name: string) => api(own.serviceStatus, service(name)),
    startDeployment: (name: string, body: { reference?: string; retry?: boolean }) =>
      api(own.startedDeployment, `${service(name)}/deployments`, body),
    giveOrder: (name: string, body: { order: 'promote' | 'abort'; by: string; reason: string }) =>
      api(own.givenOrder, `${service(name)}/orders`, body),
    down: (body: { service?: string; force: boolean }) => api(own.ended, '/down', body, { withinMs: endingMs }),
    groups: () => api(groups.groupList, '/groups'),
    group: (name: string) => api(groups.groupStatus, group(name)),
    readiness: (name: string, mode: string, to?: string) =>
      api(groups.readiness, `${group(name)}/readiness?${String(new URLSearchParams({ mode, ...(to && { to }) }))}`),
    backups: (name: string) => api(groups.backupList, `${group(name)}/backups`),
    markPoint: (name: string, body: { name: string; by: string }) =>
      api(groups.markedPoint, `${group(name)}/points`, body),
    discardRestore: (name: string, body: { restore: string }) =>
      api(groups.discardedRestore, `${group(name)}/restores/discarded`, body),
    unpinBackup: (name: string, body: { backup: string; pin: string }) =>
      api(groups.unpinnedBackup, `${group(name)}/pins/taken`, body),
    startRun: (name: string, body: { workflow: string; input: object }) =>
      api(groups.startedRun, `${group(name)}/runs`, body),
    giveRunOrder: (
      name: string,
      body: {
        order: string;
        by: string;
        reason: string;
        allowLoss?: { bytes: number; seconds: number };
        run?: string;
      },
    ) => api(groups.givenRunOrder, `${group(name)}/orders`, body),
    runs: (name: string) => api(groups.runList, `${group(name)}/runs`),
    run: (name: string, run: string) => api(groups.recoveryRun, `${group(name)}/runs/${encodeURIComponent(run)}`),
    runPage: (name: string, run: string) => page(`${group(name)}/runs/${encodeURIComponent(run)}/page`),
    pushImage: (body: { folder: string; image: string; command?: readonly string[] }) =>
      api(own.pushedImage, '/images', body, { withinMs: packingMs }),
  };
}

const group = (name: string): string => `/groups/${encodeURIComponent(name)}`;
const service = (name: string): string => `/services/${encodeURIComponent(name)}`;

/** A large folder takes its time to pack. */
const packingMs = 15 * 60_000;

/** A router lets requests in flight finish, and is killed after 15 s. */
const endingMs = 60_000;

type Shape<T> = z.ZodMiniType<T>;

function readAs<T>(shape: Shape<T>, body: unknown, asked: string): T {
  const reading = shape.safeParse(body);
  if (reading.success) return reading.data;
  const issues = reading.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new CliFailure(exitCodes.unexpected, `${asked}: the answer is not what a Pointsman host sends`, {
    details: issues,
    try: ['check --endpoint, and that the host and this command line are of the same version'],
  });
}
