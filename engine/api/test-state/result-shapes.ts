/** The form of a value in a service's answer, as far as a mock of it is checked. */
export type Shape =
  | { readonly type: 'any' }
  | { readonly type: 'string'; readonly values?: readonly string[] }
  | { readonly type: 'blob'; readonly least?: number; readonly most?: number }
  | { readonly type: 'timestamp' }
  | { readonly type: 'boolean' }
  | { readonly type: 'number'; readonly least?: number; readonly most?: number }
  | { readonly type: 'list'; readonly of: Shape }
  | { readonly type: 'map'; readonly of: Shape }
  | ObjectShape;

export interface ObjectShape {
  readonly type: 'object';
  readonly fields: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

const any: Shape = { type: 'any' };
const string: Shape = { type: 'string' };
const number: Shape = { type: 'number' };
const object = (fields: ObjectShape['fields'], required: readonly string[] = []): ObjectShape => ({
  type: 'object',
  fields,
  required,
});

const capacity = { ReadCapacityUnits: number, WriteCapacityUnits: number, CapacityUnits: number };
const indexCapacities: Shape = { type: 'map', of: object(capacity) };
const itemAnswer = {
  ConsumedCapacity: object({
    ...capacity,
    TableName: string,
    Table: object(capacity),
    LocalSecondaryIndexes: indexCapacities,
    GlobalSecondaryIndexes: indexCapacities,
  }),
};
const itemChange = object({
  ...itemAnswer,
  Attributes: { type: 'map', of: any },
  ItemCollectionMetrics: object({
    ItemCollectionKey: { type: 'map', of: any },
    SizeEstimateRangeGB: { type: 'list', of: number },
  }),
});
const getItem = object({ ...itemAnswer, Item: { type: 'map', of: any } });

/** Answers by `service:action`, from the services' published API models. A mock of any other service is not checked. */
export const resultShapes: Readonly<Record<string, ObjectShape>> = {
  'lambda:invoke': object({ StatusCode: number, FunctionError: string, LogResult: string, ExecutedVersion: string }),
  'states:startExecution': object({ ExecutionArn: string, StartDate: { type: 'timestamp' } }, [
    'ExecutionArn',
    'StartDate',
  ]),
  'events:putEvents': object({
    FailedEntryCount: number,
    Entries: { type: 'list', of: object({ EventId: string, ErrorCode: string, ErrorMessage: string }) },
  }),
  'dynamodb:getItem': getItem,
  'dynamodb:putItem': itemChange,
  'dynamodb:updateItem': itemChange,
  'dynamodb:deleteItem': itemChange,
  'aws-sdk:dynamodb:getItem': getItem,
  'aws-sdk:dynamodb:putItem': itemChange,
  'aws-sdk:dynamodb:updateItem': itemChange,
  'aws-sdk:dynamodb:deleteItem': itemChange,
  'aws-sdk:kms:encrypt': object({
    CiphertextBlob: { type: 'blob', least: 1, most: 6144 },
    KeyId: string,
    EncryptionAlgorithm: {
      type: 'string',
      values: ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'],
    },
  }),
  'aws-sdk:lambda:getFunction': object({
    Configuration: object({
      FunctionName: string,
      FunctionArn: string,
      Role: string,
      Handler: string,
      Description: string,
      LastModified: string,
      CodeSha256: string,
      Version: string,
      RevisionId: string,
      CodeSize: number,
      Timeout: { type: 'number', least: 1 },
      MemorySize: { type: 'number', least: 128, most: 10_240 },
    }),
    Code: object({ RepositoryType: string, Location: string, ImageUri: string, ResolvedImageUri: string }),
    Tags: { type: 'map', of: string },
    Concurrency: object({ ReservedConcurrentExecutions: { type: 'number', least: 0 } }),
  }),
  'aws-sdk:s3:getObject': object({
    AcceptRanges: string,
    CacheControl: string,
    ContentLength: number,
    ContentType: string,
    ETag: string,
    LastModified: { type: 'timestamp' },
    DeleteMarker: { type: 'boolean' },
    MissingMeta: number,
    PartsCount: number,
    TagCount: number,
    VersionId: string,
    Metadata: { type: 'map', of: string },
    StorageClass: {
      type: 'string',
      values: [
        'STANDARD',
        'REDUCED_REDUNDANCY',
        'STANDARD_IA',
        'ONEZONE_IA',
        'INTELLIGENT_TIERING',
        'GLACIER',
        'DEEP_ARCHIVE',
        'OUTPOSTS',
        'GLACIER_IR',
        'SNOW',
        'EXPRESS_ONEZONE',
        'FSX_OPENZFS',
      ],
    },
  }),
};
