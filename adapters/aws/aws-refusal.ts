import type { JsonObject } from '../../engine/data/json.ts';

/** A call that a service of AWS refused, by the name of its error: `ConditionalCheckFailedException`. */
export class AwsRefusal extends Error {
  override readonly name: string;
  /** Of HTTP. */
  readonly status: number;
  /** The whole answer. */
  readonly answer: JsonObject;

  constructor(name: string, message: string, status: number, answer: JsonObject) {
    super(message);
    this.name = name;
    this.status = status;
    this.answer = answer;
  }
}
