import { type Effect, mapRunId } from '../core/index.ts';
import type { StoredMachine } from './ports.ts';

/**
 * `arn:aws:states:<region>:<account>:stateMachine:<name>` → `arn:aws:states:<region>:<account>:execution:<name>:<execution>`.
 * Executions of an Express machine may share a name: theirs is `…:express:<name>:<execution>:<unique>`.
 */
export function executionArn(
  { arn, type }: Pick<StoredMachine, 'arn' | 'type'>,
  name: string,
  unique: () => string,
): string {
  const parts = arn.split(':');
  const rest = type === 'EXPRESS' ? ['express', parts[6], name, unique()] : ['execution', parts[6], name];
  return [...parts.slice(0, 5), ...rest].join(':');
}

/**
 * An execution of a Map Run: `…:execution:<machine>/<label>:<name>`, or for an Express one
 * `…:express:<machine>/<label>:<map run>:<name>`.
 */
export function childArn({
  machineArn,
  executionType,
  name,
  waiter,
}: Pick<Extract<Effect, { kind: 'StartChild' }>, 'machineArn' | 'executionType' | 'name' | 'waiter'>): string {
  const parts = machineArn.split(':');
  const rest = executionType === 'EXPRESS' ? ['express', parts[6], mapRunId(waiter.mapRun)] : ['execution', parts[6]];
  return [...parts.slice(0, 5), ...rest, name].join(':');
}
