import { CliFailure } from './cli-failure.ts';
import type { Client } from './client/client.ts';
import type { ExecutionRow } from './client/steps.ts';
import { exitCodes } from './exit-codes.ts';
import { oneLine } from './text/clean.ts';

/**
 * ARN of the execution a person means: an ARN as it is, else a name, else the beginning of one name only.
 * @throws CliFailure `notFound`; `usage` when several fit
 */
export async function findExecution(given: string, client: Client): Promise<string> {
  if (given.startsWith('arn:')) return given;
  const rows = await recentExecutions(client);
  const exact = rows.filter(({ name }) => name === given);
  const beginning = rows.filter(({ name }) => name.startsWith(given));
  // `shop-8d21-canary` runs inside `shop-8d21`, so what fits both means the outer one.
  const outer = beginning.filter(({ name }) => !beginning.some((other) => name === `${other.name}-canary`));
  const fitting = exact.length > 0 ? exact : outer;
  const [only, second] = fitting;
  if (only === undefined)
    throw new CliFailure(exitCodes.notFound, `no execution is named '${given}' or begins with it`, {
      try: ['pointsman execution list'],
    });
  if (second === undefined) return only.executionArn;
  throw new CliFailure(exitCodes.usage, `'${given}' fits ${fitting.length} executions`, {
    details: fitting.slice(0, 5).map((row) => oneLine(row.executionArn)),
    try: ['give more of the name, or the ARN'],
  });
}

/** Executions of one machine, or of all: newest start first, at most `limit` of them. */
export async function recentExecutions(
  client: Client,
  { machine, status, limit = 5000 }: { machine?: string | undefined; status?: string | undefined; limit?: number } = {},
): Promise<ExecutionRow[]> {
  const machines = machine === undefined ? await machineArns(client) : [await findMachine(machine, client)];
  const lists = await Promise.all(machines.map((arn) => ofMachine(client, arn, status, limit)));
  return lists
    .flat()
    .sort((a, b) => b.startDate - a.startDate)
    .slice(0, limit);
}

/**
 * ARN of a machine given by ARN or name.
 * @throws CliFailure `notFound` with the names there are
 */
async function findMachine(given: string, client: Client): Promise<string> {
  if (given.startsWith('arn:')) return given;
  const arns = await machineArns(client);
  const found = arns.find((arn) => arn.endsWith(`:${given}`));
  if (found !== undefined) return found;
  const names = arns.map((arn) => oneLine(arn.split(':').at(-1) ?? arn));
  const known = names.length === 0 ? 'there is no machine yet' : `there are: ${names.join(', ')}`;
  throw new CliFailure(exitCodes.notFound, `no machine is named '${given}'`, { details: [known] });
}

async function machineArns(client: Client): Promise<string[]> {
  const arns: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await client.listMachines(nextToken === undefined ? {} : { nextToken });
    arns.push(...page.stateMachines.map(({ stateMachineArn }) => stateMachineArn));
    nextToken = page.nextToken;
    if (nextToken === undefined) return arns;
  }
}

async function ofMachine(
  client: Client,
  stateMachineArn: string,
  status: string | undefined,
  limit: number,
): Promise<ExecutionRow[]> {
  const rows: ExecutionRow[] = [];
  const query = { stateMachineArn, maxResults: Math.min(limit, 1000), ...(status && { statusFilter: status }) };
  for (let nextToken: string | undefined; rows.length < limit; ) {
    const page = await client.listExecutions({ ...query, ...(nextToken && { nextToken }) });
    rows.push(...page.executions);
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  return rows;
}
