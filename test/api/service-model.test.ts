import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../support/api-under-test.ts';
import { brokenRequests } from './broken-requests.ts';
import { activityArn, everyOperation } from './every-operation.ts';
import { misfits } from './misfits.ts';
import { findServiceModel } from './service-model.ts';

const model = findServiceModel();
const operations = Object.keys(model?.operations ?? {});

/** Limits of the model that AWS itself does not keep. */
const NOT_KEPT = new Set(['ValidateStateMachineDefinition: definition is empty']);

describe.skipIf(model === undefined)('AWS’s service model (skipped where Python has no botocore)', () => {
  it('has the operations that are here', () => {
    expect(Object.keys(apiUnderTest().operations).sort()).toEqual(operations.sort());
  });

  it('says what the answers are', async () => {
    const tested = apiUnderTest();
    const called = new Set<string>();
    const found: string[] = [];
    const answers = new Map<string, { readonly [member: string]: unknown }>();
    const call = async (operation: string, request: object) => {
      const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
      const body = JSON.stringify(request);
      const answer = await tested.fetch(new Request('http://states.test/', { method: 'POST', headers, body }));
      const value = (await answer.json()) as { readonly [member: string]: unknown };
      const shape = model?.operations[operation]?.output?.shape;
      if (answer.status !== 200) found.push(`${operation} was refused: ${JSON.stringify(value)}`);
      else if (model !== undefined && shape !== undefined) found.push(...misfits(model, shape, value, operation));
      await tested.runner.settled();
      called.add(operation);
      answers.set(operation, value);
      return value;
    };
    const mapRunArn = () => JSON.stringify(answers.get('ListMapRuns')).match(/arn:[^"]*:mapRun:[^"]*/)?.[0] ?? '';
    for (const next of everyOperation(mapRunArn)) {
      const { operation, request } = typeof next === 'function' ? next() : next;
      await call(operation, request);
    }
    const { taskToken } = await call('GetActivityTask', { activityArn, workerName: 'w' });
    await call('SendTaskHeartbeat', { taskToken });
    await call('SendTaskSuccess', { taskToken, output: '1' });

    expect(found).toEqual([]);
    expect(operations.filter((operation) => !called.has(operation))).toEqual(['SendTaskFailure', 'UpdateMapRun']);
  });

  describe.each(operations)('%s', (operation) => {
    const broken = model === undefined ? [] : brokenRequests(model, operation);
    const kept = broken.filter(({ what }) => !NOT_KEPT.has(`${operation}: ${what}`));

    it.each(kept)('refuses a request whose $what, in AWS’s words', async ({ request, constraint }) => {
      const { fetch } = apiUnderTest();
      const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
      const body = JSON.stringify(request);
      const answer = await fetch(new Request('http://states.test/', { method: 'POST', headers, body }));
      const { __type, message } = (await answer.json()) as { __type?: string; message?: string };

      expect(__type).toBe('ValidationException');
      expect(message).toContain(`1 validation error detected: ${constraint}`);
      expect(answer.status).toBe(400);
    });
  });
});
