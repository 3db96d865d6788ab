import { clusterActions } from './rds-cluster-actions.ts';
import { instanceActions } from './rds-instance-actions.ts';
import { RdsFault, type RdsModel } from './rds-model.ts';
import { arnOf, snapshotArnOf } from './rds-shown.ts';
import { listed, type RdsCall, required, tagsOf } from './rds-form.ts';
import { snapshotActions } from './rds-snapshot-actions.ts';
import type { XmlValue } from './rds-xml.ts';

export type Action = (model: RdsModel, call: RdsCall) => XmlValue;

const TAGS_SHOW_AFTER_SECONDS = 3;

/** Tags show late: whoever reads at once finds what was there before. */
function changeTags(model: RdsModel, call: RdsCall, change: (tags: Map<string, string>) => void): XmlValue {
  const arn = required(call, 'ResourceName');
  const tagged = [
    ...model.databases.map((each) => ({ arn: arnOf(each), tags: each.tags })),
    ...model.snapshots.map((each) => ({ arn: snapshotArnOf(each), tags: each.tags })),
  ].find((each) => each.arn === arn);
  if (tagged === undefined) throw new RdsFault('DBInstanceNotFound', `there is no ${arn}`, 404);
  model.later(TAGS_SHOW_AFTER_SECONDS, () => change(tagged.tags));
  return {};
}

const actions: Readonly<Record<string, Action>> = {
  ...instanceActions,
  ...clusterActions,
  ...snapshotActions,

  AddTagsToResource: (model, call) =>
    changeTags(model, call, (tags) => tagsOf(call).forEach((value, key) => tags.set(key, value))),

  RemoveTagsFromResource: (model, call) =>
    changeTags(model, call, (tags) => listed(call, 'TagKeys').forEach((key) => tags.delete(key))),

  DescribeEvents(model, call) {
    const source = required(call, 'SourceIdentifier');
    const since = Date.parse(required(call, 'StartTime'));
    const found = model.events.filter(
      (each) => each.source === source && each.region === call.region && each.at >= since,
    );
    return {
      Events: { Event: found.map(({ message, at }) => ({ Message: message, Date: new Date(at).toISOString() })) },
    };
  },
};

/** @throws RdsFault for an action that is not modelled, and for what the platform would refuse */
export function perform(model: RdsModel, action: string, region: string, form: URLSearchParams): XmlValue {
  const found = actions[action];
  if (found === undefined) throw new RdsFault('InvalidAction', `the model does not know ${action}`);
  return found(model, { region, form });
}

export const isChange = (action: string): boolean => !action.startsWith('Describe');
