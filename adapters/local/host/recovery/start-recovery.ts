import type { Json } from '../../../../engine/data/json.ts';
import type { StoredMachine } from '../../../../engine/runner/ports.ts';
import type { Runner } from '../../../../engine/runner/runner.ts';

/** The workflows that people start on a protected group. */
export const recoveryWorkflows = [
  'switchover',
  'failover',
  'failback',
  'failover-drill',
  'backup',
  'restore',
  'restore-drill',
] as const;
export type RecoveryWorkflow = (typeof recoveryWorkflows)[number];

/** Starts a workflow on a group; the execution is named after both and the moment: `shop-switchover-20261127T020000Z`. */
export type StartRecovery = (
  group: string,
  workflow: RecoveryWorkflow,
  input: Readonly<Record<string, Json>>,
) => Promise<{ readonly executionArn: string }>;

export const startRecovery =
  (runner: Pick<Runner, 'start'>, machine: (workflow: string) => StoredMachine, now: () => number): StartRecovery =>
  async (group, workflow, input) => {
    const moment = new Date(now()).toISOString().replace(/[-:.]/g, '');
    const name = `${group}-${workflow}-${moment}`;
    const { execution } = await runner.start({
      machine: machine(workflow),
      name,
      input: JSON.stringify({ ...input, group }),
    });
    return { executionArn: execution.arn };
  };
