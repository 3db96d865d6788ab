/**
 * What a Map Run was told to read or to write cannot be used. Its message is the cause of `States.ItemReaderFailed` or
 * `States.ResultWriterFailed`.
 */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}
