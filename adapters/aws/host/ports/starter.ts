import type { JsonObject } from '../../../../engine/data/json.ts';
import { textIn } from '../../aws-json.ts';
import { AwsRefusal } from '../../aws-refusal.ts';
import type { LambdaHost } from '../lambda-host.ts';

/** Starts workflows of the stack. */
export interface Starter {
  /**
   * The same name with the same input is the same execution: when it runs or ran already, it is not started again.
   * (Step Functions API, "StartExecution")
   */
  start(workflow: string, name: string, input: JsonObject): Promise<StartedExecution>;
}

export interface StartedExecution {
  readonly executionArn: string;
  /** Whether it is known to have been there before: it ended, or has another input. */
  readonly isKnown: boolean;
}

export const starter = (host: LambdaHost): Starter => ({
  async start(workflow, name, input) {
    const stateMachineArn = `${host.variable('POINTSMAN_MACHINES')}${workflow}`;
    try {
      const asked = { stateMachineArn, name, input: JSON.stringify(input) };
      const started = await host.aws('states')('StartExecution', asked);
      return { executionArn: textIn(started, 'executionArn'), isKnown: false };
    } catch (thrown) {
      if (!(thrown instanceof AwsRefusal) || thrown.name !== 'ExecutionAlreadyExists') throw thrown;
      return { executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`, isKnown: true };
    }
  },
});
