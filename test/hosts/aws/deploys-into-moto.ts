import {
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Packaged } from '../../support/aws/packaged.ts';
import { serverless } from '../../support/aws/packaged.ts';
import { type MotoServer, startMotoServer } from '../../support/moto-server.ts';
import { onPath } from '../../support/on-path.ts';

/** A real `serverless deploy` of what was packaged, into moto in the place of AWS. */
export function deploysInto(packaged: () => Packaged): void {
  const program = onPath('moto_server');
  describe('serverless deploy', () => {
    if (program === undefined) {
      it.skip('makes the stack in moto, which is started through the SDK: there is no moto_server on PATH', () => {});
      return;
    }
    let moto: MotoServer;
    let client: SFNClient;
    beforeAll(async () => {
      moto = await startMotoServer(program);
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      client = new SFNClient({ endpoint: moto.url, region: 'eu-west-1', credentials });
    });
    afterAll(async () => {
      client.destroy();
      await moto.stop();
    });

    it('makes the stack in moto, whose machines are then described and started through the SDK', async () => {
      const said = await serverless(['deploy', '--package', packaged().folder], {
        AWS_ENDPOINT_URL: moto.url,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      });
      expect(said).toContain('Service deployed');

      const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
      expect(stateMachines.map(({ name }) => name)).toContain('pointsman-dev-backup');
      const stateMachineArn = stateMachines.find(({ name }) => name === 'pointsman-dev-backup')?.stateMachineArn;
      const { definition = '' } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
      expect(JSON.parse(definition).States['Take the lease'].Resource).toBe(
        'arn:aws:lambda:eu-west-1:123456789012:function:pointsman-dev-acquire-lease',
      );
      const started = await client.send(
        new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{"group":"shop"}' }),
      );
      expect(started.executionArn).toBe('arn:aws:states:eu-west-1:123456789012:execution:pointsman-dev-backup:one');
    }, 300_000);
  });
}
