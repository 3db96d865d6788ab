import type { Json } from '../../engine/data/json.ts';
import { textOf } from './case.ts';
import { ACCOUNT, REGION } from './case-host.ts';
import type { Stage } from './run-steps.ts';

/**
 * What a recorded test did with other services than Step Functions, as far as it matters to a machine here: queues and
 * log groups. Anything else is answered with nothing; a machine that needs it is refused at its creation.
 */
export function otherService(service: string, call: string, params: Json, { host }: Stage): unknown {
  switch (`${service}:${call}`) {
    case 'fixture:sqs_create_queue': {
      const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${textOf(params, 'QueueName')}`;
      host.queues.create(url);
      return url;
    }
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
