import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeAws, startFakeAws } from '../../test/support/aws/fake-aws.ts';
import { awsJson } from './aws-json.ts';

let fake: FakeAws;
beforeEach(async () => {
  fake = await startFakeAws();
});
afterEach(() => fake.stop());

const ask = { Key: { pk: { S: 'a' }, sk: { S: 'b' } } };

describe('awsJson', () => {
  it('calls a service with a signed request', async () => {
    expect(await awsJson('dynamodb', fake.environment)('GetItem', ask)).toEqual({});
    expect(fake.calls).toEqual(['DynamoDB_20120810.GetItem']);
  });

  it('asks again when it is throttled, or the service is in trouble', async () => {
    fake.trouble.push({ status: 400, type: 'com.amazonaws#ThrottlingException' }, { status: 503, type: '' });

    expect(await awsJson('dynamodb', fake.environment)('GetItem', ask)).toEqual({});
    expect(fake.calls).toHaveLength(3);
  });

  it('gives up after five times, and says how often it asked', async () => {
    fake.trouble.push(...Array.from({ length: 9 }, () => ({ status: 400, type: 'ThrottlingException' })));

    await expect(awsJson('dynamodb', fake.environment)('GetItem', ask)).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'dynamodb GetItem (asked 5 times): in trouble',
    });
    expect(fake.calls).toHaveLength(5);
  });

  it('asks once when it is refused', async () => {
    fake.trouble.push({ status: 400, type: 'com.amazon.coral#AccessDeniedException' });

    await expect(awsJson('ssm', fake.environment)('GetParameter', {})).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(fake.calls).toHaveLength(1);
  });

  it('says which service was not answered, and why', async () => {
    const environment = { ...fake.environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };

    await expect(awsJson('dynamodb', environment)('GetItem', ask)).rejects.toThrow(
      /^dynamodb GetItem \(asked 5 times\) was not answered: fetch failed: /,
    );
  });

  it('names what is missing in its environment', async () => {
    await expect(awsJson('dynamodb', { AWS_REGION: 'eu-west-1' })('GetItem', ask)).rejects.toThrow(
      'AWS_ACCESS_KEY_ID is not set',
    );
  });

  it('goes to the endpoint of the region, of China as well', async () => {
    const urls: string[] = [];
    const call: typeof fetch = async (url) => {
      urls.push((url as URL).href);
      return new Response('{}');
    };
    for (const AWS_REGION of ['eu-west-1', 'cn-north-1'])
      await awsJson(
        'ecr',
        { AWS_REGION, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
        call,
      )('DescribeImages', {});

    expect(urls).toEqual(['https://api.ecr.eu-west-1.amazonaws.com/', 'https://api.ecr.cn-north-1.amazonaws.com.cn/']);
  });
});
