import { ApiError } from './api-error.ts';

/** Bytes of a request. A definition of 1 MiB needs up to twice that when it is written as a JSON text. */
const LONGEST_BODY = 4 * 1024 * 1024;

/**
 * The JSON of a request; `{}` for an empty one.
 * @throws ApiError `SerializationException` for no JSON, `RequestEntityTooLargeException` before more than 4 MiB are read
 */
export async function readBody(request: Request): Promise<unknown> {
  const body = await readText(request);
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError('SerializationException', 'The body of the request is no JSON');
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST_BODY)
      throw new ApiError('RequestEntityTooLargeException', `A request has at most ${LONGEST_BODY} bytes`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
