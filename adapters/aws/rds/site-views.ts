import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database } from './database.ts';
import { asFailure } from './faults.ts';
import { identifierOf } from './identifiers.ts';
import type { RdsContext } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';
import type { LiveSite, SiteView } from './topology.ts';

export const isScratch = ({ group }: RdsContext, name: GroupName): boolean => name.startsWith(`${group}--`);

/** The sites of the group, or of one that was staged from it: the same regions, other identifiers. */
export function sitesOf(context: RdsContext, group: GroupName): readonly (readonly [SiteName, RdsSite])[] {
  const sites = Object.entries(context.settings.sites);
  if (group === context.group) return sites;
  if (!isScratch(context, group))
    throw new StepFailure('Pointsman.NoSuchSite', `there is no group ${group} here; there is ${context.group}`);
  const suffix = group.slice(context.group.length);
  return sites.map(([name, site]) => [name, { ...site, identifier: identifierOf(site.identifier, suffix) }]);
}

/** What lies at each site; `silent` where the region does not answer or refuses. */
export async function databasesOf(
  context: RdsContext,
  group: GroupName,
): Promise<
  readonly { readonly site: SiteName; readonly settings: RdsSite; readonly found: Database | 'silent' | undefined }[]
> {
  return Promise.all(
    sitesOf(context, group).map(async ([site, settings]) => {
      const found = await context.api
        .find(settings.region, settings.identifier)
        .catch((thrown: unknown) => unanswered(thrown, site));
      return { site, settings, found };
    }),
  );
}

/** Whoever may not look should hear that, and not that the site is down. */
function unanswered(thrown: unknown, site: SiteName): 'silent' {
  const failure = asFailure(thrown, `${site}: look`, 'look');
  if (failure.name === 'Pointsman.AccessDenied') throw failure;
  return 'silent';
}

export function viewOf(views: readonly SiteView[], group: GroupName, site: SiteName): SiteView {
  const found = views.find((each) => each.site === site);
  if (found !== undefined && !(group.includes('--') && views.every(({ database, isSilent }) => !database && !isSilent)))
    return found;
  const known = found === undefined ? views.map((each) => each.site).join(', ') : 'none: it is not staged';
  throw new StepFailure('Pointsman.NoSuchSite', `${group} has no site ${site}; it has ${known}`);
}

/** @throws StepFailure `Pointsman.SiteUnreachable` when the platform does not show it */
export function live(view: SiteView): LiveSite {
  const { database, site, settings } = view;
  if (database !== undefined) return { ...view, database };
  const what = view.isSilent
    ? `the region ${settings.region} does not answer`
    : `there is no ${settings.identifier} there`;
  throw new StepFailure('Pointsman.SiteUnreachable', `${site}: ${what}`);
}

/** Statuses in which clients are served. */
const SERVING =
  /^(available|backing-up|modifying|storage-optimization|storage-config-upgrade|storage-full|maintenance|configuring-.*|resetting-master-credentials|promoting|switching-over|failing-over)$/;

export const isServing = ({ status }: Database): boolean => SERVING.test(status);

/** Statuses that a database leaves by nobody's doing but a person's: how it ended is not known. */
export const isBroken = ({ status }: Database): boolean =>
  /^(failed|inaccessible-encryption-credentials.*|incompatible-.*|restore-error)$/.test(status);
