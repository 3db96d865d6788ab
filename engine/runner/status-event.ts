import type { Announcement } from '../core/execution.ts';
import type { EpochMs } from '../data/instant.ts';
import type { ExecutionSummary } from './ports.ts';
import { notRedrivable } from './redrivable.ts';

/**
 * What EventBridge tells of an execution whose status changed. Dates in `detail` are milliseconds since 1970.
 * (Step Functions guide, "Automating Step Functions event delivery with EventBridge")
 */
export function statusEvent(summary: ExecutionSummary, id: string, now: EpochMs): Announcement {
  const { arn, machineArn, versionArn, aliasArn, name, status, startedAt, stoppedAt } = summary;
  const { input, output, error, cause, redriveCount, redrivenAt } = summary;
  const [, , , region = '', account = ''] = arn.split(':');
  const reason = notRedrivable(summary, now);
  return {
    version: '0',
    id,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region,
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: machineArn,
      stateMachineVersionArn: versionArn ?? null,
      stateMachineAliasArn: aliasArn ?? null,
      name,
      status,
      startDate: startedAt,
      stopDate: stoppedAt ?? null,
      input,
      inputDetails: { included: true },
      output: output ?? null,
      outputDetails: output === undefined ? null : { included: true },
      error: error ?? null,
      cause: cause ?? null,
      redriveCount: redriveCount ?? 0,
      redriveDate: redrivenAt ?? null,
      redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      redriveStatusReason: reason ?? null,
    },
  };
}
