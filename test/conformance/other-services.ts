import type { Json } from '../../engine/data/json.ts';
import { textOf } from './case.ts';
import { ACCOUNT, REGION } from './case-host.ts';
import { bucketOf } from './objects.ts';
import type { Stage } from './run-steps.ts';

/**
 * What a recorded test did with other services than Step Functions, as far as it matters to a machine here: queues,
 * objects and log groups. Anything else is answered with nothing; a machine that needs it is refused at its creation.
 */
export async function otherService(service: string, call: string, params: Json, { host }: Stage): Promise<unknown> {
  if (service === 's3') return host.objects.call(call, params);
  switch (`${service}:${call}`) {
    case 'fixture:sqs_create_queue': {
      const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${textOf(params, 'QueueName')}`;
      host.queues.create(url);
      return url;
    }
    case 'fixture:s3_create_bucket':
      host.objects.createBucket(bucketOf(params));
      return bucketOf(params);
    case 'sqs:ReceiveMessage':
      return { Messages: host.queues.receive(textOf(params, 'QueueUrl')).map((Body) => ({ Body })) };
    case 'fixture:sfn_create_log_group':
      host.logs.sink.create(host.logs.arnOf(textOf(params, 'name')));
      return textOf(params, 'name');
    case 'logs:DeleteLogGroup':
      host.logs.sink.drop(host.logs.arnOf(textOf(params, 'logGroupName')));
      return {};
    case 'logs:DescribeLogGroups': {
      const name = textOf(params, 'logGroupNamePrefix');
      return { logGroups: [{ arn: host.logs.arnOf(name), logGroupName: name }] };
    }
    default:
      return {};
  }
}
