import type { DistributedMap, ItemReader, MapState } from '../asl/machine.ts';
import type { Scope } from '../data/evaluation.ts';
import { batchLimitsIn } from './batch.ts';
import { effectiveInput } from './data-flow.ts';
import { type Draft, mustRun, open, recordOn, startFrame } from './draft.ts';
import { integerIn, numberIn } from './dynamic.ts';
import { mapRunEffects, saveRun } from './end-map-run.ts';
import type { StartFrame } from './execution.ts';
import { scopesOf } from './leave-state.ts';
import { keyedItemsOf } from './map.ts';
import { type MapRun, NO_COUNTS } from './map-run.ts';
import { takeItems } from './map-run-children.ts';
import { toleranceIn } from './tolerance.ts';

/**
 * Starts a Map Run: the items are at hand or have to be read, and then each has an execution of its own.
 * (Step Functions guide, "Using Map state in Distributed mode")
 */
export function startMapRun(draft: Draft, frameId: string, state: MapState, distributed: DistributedMap): void {
  const scopes = scopesOf(draft, frameId);
  const input = effectiveInput(state.flow, mustRun(draft, frameId).input, scopes);
  const scope = scopes(input);
  const { reader, writer } = distributed;
  const found = reader === undefined ? keyedItemsOf(state, input, scope) : undefined;
  const reading = reader && readingOf(reader, scope);
  const maxConcurrency = state.maxConcurrency === undefined ? 0 : numberIn(state.maxConcurrency, scope);
  const tolerance = toleranceIn(state, scope);
  const batch = batchLimitsIn(distributed.batcher, scope);
  const writeTo = writer?.parameters?.evaluate(scope);

  const value = { length: found?.items.length ?? 0 }; // AWS does not know yet how many it will read
  recordOn(draft, frameId, 'MapStateStarted', { key: 'mapStateStartedEventDetails', value });
  const run: MapRun = {
    ...namesOf(startFrame(draft), distributed.label, draft.random.uuid()),
    status: 'RUNNING',
    startedAt: draft.context.now,
    stoppedAt: undefined,
    maxConcurrency,
    toleratedFailureCount: tolerance.count ?? 0,
    toleratedFailurePercentage: tolerance.percentage ?? 0,
    itemCounts: NO_COUNTS,
    executionCounts: NO_COUNTS,
  };
  const details = { key: 'mapRunStartedEventDetails', value: { mapRunArn: run.arn } } as const;
  const startedEventId = recordOn(draft, frameId, 'MapRunStarted', details);
  saveRun(draft, frameId, {
    phase: 'map-run',
    stage: 'reading',
    startedEventId,
    run,
    nextItem: 0,
    nextChild: 0,
    tolerance,
    input,
    batch,
    writeTo,
    failure: undefined,
  });
  if (found !== undefined) return takeItems(draft, frameId, { ...found, sources: [{ from: 0, source: 'STATE_DATA' }] });
  if (reading !== undefined) openReading(draft, frameId, run, reading);
}

/** What a reader reads, which is known before the run starts. @throws EvaluationError */
export const readingOf = ({ action, config, parameters, maxItems }: ItemReader, scope: Scope) => ({
  action,
  config,
  parameters: parameters?.evaluate(scope) ?? {},
  maxItems: maxItems && integerIn(maxItems, scope),
});

/** Has the items of a run read. */
export function openReading(
  draft: Draft,
  frame: string,
  { arn: mapRun }: Pick<MapRun, 'arn'>,
  reading: ReturnType<typeof readingOf>,
): void {
  open(draft, { kind: 'ReadItems', id: mapRunEffects.read(mapRun), frame, mapRun, ...reading });
}

function namesOf(start: StartFrame, label: string, id: string): Pick<MapRun, 'arn' | 'executionArn' | 'machineArn'> {
  const parts = start.machineArn.split(':');
  const name = `${parts[6]?.split('/')[0]}/${label}`; // a Map inside another one's executions has their machine's name too
  return {
    arn: [...parts.slice(0, 5), 'mapRun', name, id].join(':'),
    executionArn: start.arn,
    machineArn: [...parts.slice(0, 6), name].join(':'),
  };
}
