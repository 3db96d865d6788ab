/** A failure a workflow may name in `Retry` or `Catch`: `name` is the text `ErrorEquals` compares. */
export class StepFailure extends Error {
  override readonly name: `Pointsman.${string}`;

  constructor(name: `Pointsman.${string}`, message: string, options?: ErrorOptions) {
    super(message, options); // what was asked, what was found, what would work
    this.name = name;
  }
}
