import { StepFailure } from '../../../../functions/step-failure.ts';

/** A port without an adapter for AWS: whatever needs it fails when its ports are opened, before it does anything. */
export function notOffered(port: string, needs: string): never {
  throw new StepFailure(
    'Pointsman.NotConfigured',
    `the port "${port}" has no adapter for AWS Lambda yet: ${needs}; run this workflow on the local host, see docs/hosts/aws.md`,
  );
}
