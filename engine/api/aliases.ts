import * as z from 'zod/mini';
import type { AliasRoute, StoredAlias } from '../runner/ports.ts';
import { ApiError, invalidRequest, resourceNotFound } from './api-error.ts';
import type { ApiParts } from './options.ts';
import { readPage } from './pages.ts';
import { isVersion, readQualifiedArn } from './read-arn.ts';
import { fields, readFields } from './read-fields.ts';
import { mustExist } from './resolve-machine.ts';
import { epochSeconds } from './wire-values.ts';

const routing = z
  .array(z.object({ stateMachineVersionArn: fields.arn, weight: z.int().check(z.gte(0), z.lte(100)) }))
  .check(z.minLength(1), z.maxLength(2));
/** With the escapes that AWS shows in its refusal. */
// oxlint-disable-next-line no-useless-escape
const ALIAS_NAME = /^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$/;

const creation = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(80), z.regex(ALIAS_NAME)),
  description: z.optional(fields.description),
  routingConfiguration: routing,
});
const update = z.object({
  stateMachineAliasArn: fields.arn,
  description: z.optional(fields.description),
  routingConfiguration: z.optional(routing),
});
const aliasOnly = z.object({ stateMachineAliasArn: fields.arn });
const listing = z.object({
  stateMachineArn: fields.arn,
  maxResults: z.optional(fields.maxResults),
  nextToken: z.optional(fields.nextToken),
});

/** Aliases a machine may have. ("Service quotas") */
const MOST_ALIASES = 100;

/** Aliases: names for one version, or for two by weight. */
export function aliasOperations({ store, clock, inTurn }: ApiParts) {
  const { aliases, versions } = store.catalog;

  /** @throws ApiError `ValidationException`, `ResourceNotFound` */
  async function readRoutes(asked: z.output<typeof routing>) {
    const routes = asked.map(({ stateMachineVersionArn: versionArn, weight }) => ({ versionArn, weight }));
    const machineArn = checkRoutes(routes);
    await mustExist(store, machineArn);
    const found = await Promise.all(routes.map(({ versionArn }) => versions.get(versionArn)));
    const missing = routes[found.indexOf(undefined)];
    if (missing !== undefined) throw notFound(missing.versionArn);
    return { machineArn, routes };
  }

  async function mustFind(arn: string): Promise<StoredAlias> {
    readQualifiedArn(arn);
    const alias = await aliases.get(arn);
    if (alias === undefined) throw notFound(arn);
    return alias;
  }

  return {
    /** Repeating it gives the same alias; another description or routing under the name is refused. */
    CreateStateMachineAlias: (request: unknown) =>
      inTurn(async () => {
        const { name, description, routingConfiguration } = readFields(creation, request);
        const { machineArn, routes } = await readRoutes(routingConfiguration);
        const arn = `${machineArn}:${name}`;
        const before = await aliases.get(arn);
        if (before !== undefined && (before.description !== description || !sameRoutes(before.routes, routes)))
          throw new ApiError(
            'ConflictException',
            'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
          );
        if (
          before === undefined &&
          (await aliases.list(machineArn, { limit: MOST_ALIASES })).items.length >= MOST_ALIASES
        )
          throw new ApiError(
            'ServiceQuotaExceededException',
            `A state machine has at most ${MOST_ALIASES} aliases: delete one first`,
          );
        const now = clock.now();
        const alias = before ?? { arn, machineArn, name, description, routes, createdAt: now, updatedAt: now };
        if (before === undefined) await aliases.put(alias);
        return { stateMachineAliasArn: arn, creationDate: epochSeconds(alias.createdAt) };
      }),

    UpdateStateMachineAlias: (request: unknown) =>
      inTurn(async () => {
        const { stateMachineAliasArn, description, routingConfiguration } = readFields(update, request);
        if (description === undefined && routingConfiguration === undefined)
          throw invalidRequest(
            'Either the description or the routing configuration must be specified',
            'MISSING_REQUIRED_PARAMETER',
          );
        const before = await mustFind(stateMachineAliasArn);
        const { routes } = routingConfiguration === undefined ? before : await readRoutes(routingConfiguration);
        const updatedAt = clock.now();
        await aliases.put({ ...before, description: description ?? before.description, routes, updatedAt });
        return { updateDate: epochSeconds(updatedAt) };
      }),

    DescribeStateMachineAlias: async (request: unknown) => {
      const alias = await mustFind(readFields(aliasOnly, request).stateMachineAliasArn);
      const { arn, name, description, routes, createdAt, updatedAt } = alias;
      return {
        stateMachineAliasArn: arn,
        name,
        ...(description === undefined ? {} : { description }),
        routingConfiguration: routes.map(({ versionArn, weight }) => ({ stateMachineVersionArn: versionArn, weight })),
        creationDate: epochSeconds(createdAt),
        updateDate: epochSeconds(updatedAt),
      };
    },

    /** By name; of a version, those that point to it. */
    ListStateMachineAliases: async (request: unknown) => {
      const { stateMachineArn, ...paging } = readFields(listing, request);
      const { machineArn, qualifier } = readQualifiedArn(stateMachineArn);
      await mustExist(store, machineArn);
      const { items, token } = await readPage(paging, clock, (page) => aliases.list(machineArn, page));
      const pointing = ({ routes }: StoredAlias) => routes.some(({ versionArn }) => versionArn === stateMachineArn);
      const shown = qualifier === undefined ? items : items.filter(pointing);
      return { stateMachineAliases: shown.map(listed), ...token };
    },

    /** Executions that started through the alias go on. An alias that is not there is deleted already. */
    DeleteStateMachineAlias: (request: unknown) =>
      inTurn(async () => {
        const { stateMachineAliasArn } = readFields(aliasOnly, request);
        readQualifiedArn(stateMachineAliasArn);
        await aliases.drop(stateMachineAliasArn);
        return {};
      }),
  };
}

/** The machine whose versions the routes name. @throws ApiError `ValidationException` */
function checkRoutes(routes: readonly AliasRoute[]): string {
  const arns = routes.map(({ versionArn }) => versionArn);
  const received = (values: readonly unknown[]) => `Received: [${values.join(', ')}]`;
  const named = arns.map(readQualifiedArn);
  if (!named.every(({ qualifier }) => isVersion(qualifier)))
    throw invalid(`Routing configuration must contain state machine version ARNs. ${received(arns)}`);
  if (new Set(arns).size < arns.length)
    throw invalid(`Routing configuration must contain distinct state machine version ARNs. ${received(arns)}`);
  const machineArn = named[0]?.machineArn ?? '';
  if (named.some((other) => other.machineArn !== machineArn))
    throw invalid(`Routing configuration must contain versions of the same state machine. ${received(arns)}`);
  const weights = routes.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100)
    throw invalid(`Sum of routing configuration weights must equal 100. ${received(weights)}`);
  return machineArn;
}

const sameRoutes = (a: readonly AliasRoute[], b: readonly AliasRoute[]): boolean =>
  a.length === b.length &&
  a.every(({ versionArn, weight }) => b.some((other) => other.versionArn === versionArn && other.weight === weight));

const listed = ({ arn, createdAt }: StoredAlias) => ({
  stateMachineAliasArn: arn,
  creationDate: epochSeconds(createdAt),
});

const invalid = (problem: string) => invalidRequest(problem, 'INVALID_ROUTING_CONFIGURATION');

const notFound = (arn: string) => resourceNotFound('Request references a resource that does not exist.', arn);
