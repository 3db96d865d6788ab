import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeAws, startFakeAws } from '../../test/support/aws/fake-aws.ts';
import { awsJson } from './aws-json.ts';
import { ecrImageRegistry } from './ecr-image-registry.ts';

let fake: FakeAws;
beforeAll(async () => {
  fake = await startFakeAws();
  fake.images.set('shop:2.0.0', digest);
});
afterAll(() => fake.stop());

const digest = `sha256:${'2'.repeat(64)}`;
const registry = () => ecrImageRegistry(awsJson('ecr', fake.environment));

describe('ecrImageRegistry', () => {
  it('answers what a tag points to, and that a digest is there', async () => {
    expect(await registry().resolve('shop', '2.0.0')).toBe(digest);
    expect(await registry().resolve('shop', digest)).toBe(digest);
  });

  it('knows no image of another tag, another digest or another repository', async () => {
    expect(await registry().resolve('shop', '3.0.0')).toBeUndefined();
    expect(await registry().resolve('shop', `sha256:${'3'.repeat(64)}`)).toBeUndefined();
    expect(await registry().resolve('mail', '2.0.0')).toBeUndefined();
  });

  it('fails when the registry does not answer, rather than to say that there is no image', async () => {
    fake.trouble.push({ status: 400, type: 'AccessDeniedException' });

    await expect(registry().resolve('shop', '2.0.0')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
