import * as z from 'zod/mini';
import { ConfigurationError } from '../../configuration.ts';

/** What the deployment tells the functions beside `pointsman.yaml`; every value is an environment variable. */
export interface GcpSettings {
  /** `projects/P/locations/L/queues/Q` */
  readonly queue: string;
  /** Of the function that performs effects; its tokens are for this. */
  readonly performUrl: string;
  /** Calls it. */
  readonly tasksAccount: string;
  readonly database: string;
  /** `pointsman.yaml`, mounted from Secret Manager; absent: the defaults. */
  readonly configFile: string | undefined;
  /** What a registry that is not Artifact Registry shows at `/webhooks/registry`; absent: nobody is heard there. */
  readonly webhookToken: string | undefined;
}

const environment = z.object({
  POINTSMAN_QUEUE: z.string().check(z.regex(/^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+$/)),
  POINTSMAN_PERFORM_URL: z.url(),
  POINTSMAN_TASKS_ACCOUNT: z.string().check(z.regex(/^[^@\s]+@[^@\s]+$/)),
  POINTSMAN_DATABASE: z._default(z.string().check(z.minLength(1)), '(default)'),
  POINTSMAN_CONFIG: z.optional(z.string().check(z.minLength(1))),
  POINTSMAN_WEBHOOK_TOKEN: z.optional(z.string().check(z.minLength(20))),
});

/** @throws ConfigurationError naming every variable that is missing or cannot be used, never a value */
export function readSettings(env: Readonly<Record<string, string | undefined>>): GcpSettings {
  const read = environment.safeParse(env);
  if (!read.success) {
    const names = [...new Set(read.error.issues.map(({ path }) => path.join('.')))];
    throw new ConfigurationError(`the environment cannot be used: look at ${names.join(', ')}; deploy.sh sets them`);
  }
  const found = read.data;
  return {
    queue: found.POINTSMAN_QUEUE,
    performUrl: found.POINTSMAN_PERFORM_URL,
    tasksAccount: found.POINTSMAN_TASKS_ACCOUNT,
    database: found.POINTSMAN_DATABASE,
    configFile: found.POINTSMAN_CONFIG,
    webhookToken: found.POINTSMAN_WEBHOOK_TOKEN,
  };
}
