import { createHash } from 'node:crypto';

/**
 * Where everything is. Names of documents are hashes: names that grow with time would all fall on one server.
 * An execution's history and bodies stand under its *life*, which no later execution of the same ARN has.
 */
export const paths = {
  execution: (arn: string) => `executions/${hashed(arn)}`,
  newLife: (arn: string, token: string) => `${hashed(arn)}-${token}`,
  history: (life: string) => `records/${life}/history`,
  /** One page: the events of one commit. */
  historyPage: (life: string, firstEventId: number) => `records/${life}/history/${padded(firstEventId, 10)}`,
  body: (life: string, id: string) => `records/${life}/bodies/${id}`,
  bodies: (life: string) => `records/${life}/bodies`,
  /** What is left to be removed of a life whose execution is gone. */
  grave: (life: string) => `graves/${life}`,
  mapRun: (arn: string) => `mapRuns/${hashed(arn)}`,
  machine: (arn: string) => `machines/${hashed(arn)}`,
  revision: (arn: string, revisionId: string) => `revisions/${hashed(`${arn} ${revisionId}`)}`,
  item: (kind: string, arn: string) => `items/${hashed(`${kind} ${arn}`)}`,
} as const;

export const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

const hashed = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
