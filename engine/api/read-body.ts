import { parseJson } from '../data/parse-json.ts';
import { ApiError } from './api-error.ts';

/** Bytes of a request. A definition of 1 MiB needs up to twice that when it is written as a JSON text. */
const LONGEST_BODY = 4 * 1024 * 1024;

/**
 * The JSON of a request's body; `{}` for an empty one.
 * @throws ApiError `SerializationException`
 */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    throw new ApiError(
      'SerializationException',
      'The body of the request is no JSON, or is nested more than 1,000 levels deep',
    );
  }
}

/** @throws ApiError `RequestEntityTooLargeException` before more than 4 MiB are read */
export async function readBody(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST_BODY)
      throw new ApiError('RequestEntityTooLargeException', `A request has at most ${LONGEST_BODY} bytes`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
