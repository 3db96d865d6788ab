import type { AwsJson } from '../../../adapters/aws/aws-json.ts';

/** The table of `dynamoTable`, as the stack makes it. */
export async function createTable(dynamodb: AwsJson, TableName: string): Promise<void> {
  await dynamodb('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
}
