import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { canarySettings } from '../../../../functions/ports/canary-settings.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { planSettings } from '../../../plan-settings.ts';
import { auroraStore, rdsStore } from '../../rds/rds-settings.ts';

// What a deployment to AWS is configured with: a file for `npm run package:aws`, from which the stack makes parameters of the
// Parameter Store, one for each service and group, and rules and schedules. Functions read the parameters, and do not check them
// again: a reader of all this would double what most of them load.

const name = z.string().check(z.regex(/^[a-z0-9-]{1,40}$/, 'a name is lower-case letters, digits and "-", at most 40'));
/** A SecureString of the Parameter Store, by its name under the stage's secrets: `ssm:webhook`. */
const secret = z.string().check(z.regex(/^ssm:[a-zA-Z0-9_.-]{1,100}$/, 'a secret is given as ssm:NAME'));

const host = z
  .string()
  .check(z.regex(/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/, 'a host is letters, digits, dots and hyphens'));

const service = z.strictObject({
  /** ECR repository whose pushes release it; its own name when absent. */
  image: z.optional(z.string().check(z.minLength(1))),
  /** Copies of a release. */
  instances: z._default(z.int().check(z.gte(1), z.lte(100)), 2),
  readySeconds: z._default(z.number().check(z.positive()), 120),
  /** See workflows/canary/README.md. */
  canary: z._default(canarySettings, {}),
  /** Protected group that gets a recovery point before each rollout. */
  recoveryPoint: z.optional(name),
});

const group = z.strictObject({
  store: z.discriminatedUnion('type', [rdsStore, auroraStore]),
  /** Sessions with the databases themselves; without them, what needs rows or positions is refused. */
  access: z.optional(
    z.strictObject({
      user: z.string().check(z.minLength(1)),
      database: z.string().check(z.minLength(1)),
      password: secret,
      /** Encrypted, with the server's certificate checked; false only for tests. */
      tls: z._default(z.boolean(), true),
    }),
  ),
  /** What clients connect to, a CNAME in Route 53 that leads to the primary's site. Absent: clients follow an address of yours. */
  address: z.optional(
    z.strictObject({
      zone: z.string().check(z.regex(/^[A-Z0-9]{1,32}$/, 'a hosted zone is given by its id: Z0123456789ABC')),
      name: host,
      ttlSeconds: z._default(z.int().check(z.gte(1), z.lte(3600)), 10),
      /** Host of each site's database, as RDS names it. */
      sites: z.record(name, host),
    }),
  ),
  ...planSettings,
});

const notification = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('log') }),
  z.strictObject({
    type: z.literal('webhook'),
    url: z.url(),
    /** The signing key. */
    secret: z.optional(secret),
  }),
]);

const schedule = z.strictObject({
  /** As EventBridge Scheduler takes it: `cron(0 2 * * ? *)`, `rate(1 hour)`. */
  expression: z.string().check(z.regex(/^(cron|rate)\(.+\)$/, 'a schedule is cron(…) or rate(…)')),
  timeZone: z._default(z.string(), 'UTC'),
  workflow: z.string().check(z.minLength(1)),
  /** Its input; the scheduled instant is added as `scheduledAt`. */
  input: z._default(z.record(z.string(), z.json()), {}),
});

/** Where functions that reach databases run, for groups with `access`. */
const network = z.strictObject({
  subnetIds: z.array(z.string()).check(z.minLength(1)),
  securityGroupIds: z.array(z.string()).check(z.minLength(1)),
});

const configuration = z.strictObject({
  services: z._default(z.record(name, z.nullish(service)), {}),
  groups: z._default(z.record(name, group), {}),
  notifications: z._default(z.array(notification), [{ type: 'log' as const }]),
  schedules: z._default(z.record(name, schedule), {}),
  network: z.optional(network),
});

/** With every default filled in. */
type Written = z.output<typeof configuration>;
export type ServiceSettings = z.output<typeof service> & { readonly image: string };
export type GroupSettings = z.output<typeof group>;
export type NotificationSettings = z.output<typeof notification>;
export interface HostConfiguration extends Omit<Written, 'services'> {
  readonly services: Readonly<Record<string, ServiceSettings>>;
}

/** @param file what holds it, for people. @throws StepFailure `Pointsman.NotConfigured` naming every problem */
export function readHostConfiguration(raw: unknown, file: string): HostConfiguration {
  const read = configuration.safeParse(raw ?? {}, { error: en().localeError });
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new StepFailure('Pointsman.NotConfigured', `${file} cannot be used: ${problems.join('; ')}`);
  }
  const services = Object.entries(read.data.services).map(([name, given]): [string, ServiceSettings] => {
    const settings = given ?? service.parse({});
    return [name, { ...settings, image: settings.image ?? name }];
  });
  return { ...read.data, services: Object.fromEntries(services) };
}
