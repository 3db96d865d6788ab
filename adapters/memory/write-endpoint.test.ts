import { writeEndpointContract } from '../../test/contracts/write-endpoint.ts';
import { memoryWriteEndpoint } from './write-endpoint.ts';

writeEndpointContract('memoryWriteEndpoint', async () => ({
  endpoint: memoryWriteEndpoint(),
  [Symbol.asyncDispose]: async () => {},
}));
