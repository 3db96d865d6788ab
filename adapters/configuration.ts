import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { groups } from './group-configuration.ts';
import { schedules } from './schedule-configuration.ts';
import { canarySettings } from '../functions/ports/canary-settings.ts';

/** A configuration that cannot be used: says where, what was found and what would work. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const seconds = (fallback: number) => z._default(z.number().check(z.positive()), fallback);
const port = (fallback: number) => z._default(z.int().check(z.gte(0), z.lte(65535)), fallback);

const target = z.strictObject({
  type: z._default(z.literal('process'), 'process'),
  /** Copies of a release. */
  instances: z._default(z.int().check(z.gte(1), z.lte(100)), 2),
  /** Answers 2xx to GET when an instance can serve. */
  readinessPath: z._default(z.string().check(z.startsWith('/')), '/healthz'),
  readinessTimeoutSeconds: seconds(30),
  /** From the polite request to end until the instance is killed. */
  drainSeconds: seconds(10),
  env: z._default(z.record(z.string(), z.string()), {}),
});

const service = z.strictObject({
  /** Repository whose pushes release this service; its own name when absent. */
  image: z.optional(z.string()),
  /** Where people reach it on this machine; 0 takes any free port. */
  port: port(0),
  target: z.prefault(target, {}),
  /** Overrides of the canary's own defaults; see workflows/canary/README.md. */
  canary: z._default(canarySettings, {}),
  /** Protected group that gets a recovery point before each rollout. */
  recoveryPoint: z.optional(z.string()),
});

/** Where a secret is: `env:NAME` or `file:PATH`. */
const reference = z.string().check(z.regex(/^(env|file):.+/));

const notification = z.union([
  z.strictObject({ type: z.literal('log') }),
  z.strictObject({
    type: z.literal('webhook'),
    url: z.url(),
    /** Reference to the signing key: `env:NAME` or `file:PATH`. */
    secret: z.optional(reference),
  }),
]);

/** Where distributed Maps read their items and write their results. */
const objects = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('folder'),
    /** A folder with a folder for each bucket; `objects` in the data folder when absent. */
    folder: z.optional(z.string().check(z.minLength(1))),
  }),
  z.strictObject({
    type: z.literal('s3'),
    /** Absent: what the SDK finds in its environment. */
    region: z.optional(z.string().check(z.minLength(1))),
    /** Of a service that speaks S3's protocol; AWS itself when absent. */
    endpoint: z.optional(z.url()),
    /** Names of buckets in machines, and what they are really called; others are called as in the machine. */
    buckets: z._default(z.record(z.string(), z.string().check(z.minLength(1))), {}),
  }),
]);

const configuration = z.strictObject({
  dataFolder: z._default(z.string(), '.pointsman'),
  host: z.prefault(
    z.strictObject({
      address: z._default(z.string(), '127.0.0.1'),
      port: port(7400),
      concurrency: z._default(z.int(), 64),
    }),
    {},
  ),
  aws: z.prefault(
    z.strictObject({ region: z._default(z.string(), 'us-east-1'), account: z._default(z.string(), '000000000000') }),
    {},
  ),
  objects: z._default(objects, { type: 'folder' as const }),
  /** Who may call the Step Functions API. Absent: whoever reaches it. */
  authentication: z.optional(
    z.strictObject({
      keys: z
        .array(z.strictObject({ accessKeyId: z.string().check(z.minLength(1)), secret: reference }))
        .check(z.minLength(1)),
    }),
  ),
  /** Absent: every repository that is pushed is a service with the defaults. */
  services: z.optional(z.record(z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)), z.nullish(service))),
  /** Stores that are protected by a second site. */
  groups,
  /** Workflows that start by the clock. */
  schedules,
  /** Who is told when the status of an execution changes, in EventBridge's shape. */
  events: z._default(z.array(notification), []),
  notifications: z._default(z.array(notification), [{ type: 'log' as const }]),
});

/** `pointsman.yaml`, with every default filled in. */
export type Configuration = z.output<typeof configuration>;
export type ServiceSettings = z.output<typeof service> & { readonly image: string };
export type Notification = z.output<typeof notification>;
export type ObjectsSettings = z.output<typeof objects>;

/** Reads a configuration file; undefined gives the defaults. @throws ConfigurationError */
export function readConfiguration(file: string | undefined): Configuration {
  if (file === undefined) return configuration.parse({});
  if (!existsSync(file)) throw new ConfigurationError(`there is no configuration file ${file}`);
  return checkConfiguration(parseYaml(file), file);
}

/** @throws ConfigurationError naming every field that cannot be used */
export function checkConfiguration(raw: unknown, file: string): Configuration {
  const result = configuration.safeParse(raw ?? {}, { error: z.locales.en().localeError });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`);
  throw new ConfigurationError(`${file} cannot be used:\n${problems.join('\n')}`);
}

function parseYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'), { maxAliasCount: 100 });
  } catch (thrown) {
    throw new ConfigurationError(`${file} is not YAML: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** Settings of a service; undefined when the configuration lists services and this is none of them. */
export function serviceSettings({ services }: Configuration, name: string): ServiceSettings | undefined {
  if (services !== undefined && !Object.hasOwn(services, name)) return undefined;
  const own = services?.[name] ?? service.parse({});
  return { ...own, image: own.image ?? name };
}

/** The service that a repository's pushes release. */
export function serviceOfImage({ services }: Configuration, repository: string): string | undefined {
  if (services === undefined) return /^[a-z0-9-]{1,40}$/.test(repository) ? repository : undefined;
  return Object.keys(services).find((name) => (services[name]?.image ?? name) === repository);
}
