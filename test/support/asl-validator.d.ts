/** The part of asl-validator that is used; the package has no types of its own. */
declare module 'asl-validator' {
  /** Reads a definition, adding a `QueryLanguage` to states that have none. */
  export default function validator(definition: unknown): {
    readonly isValid: boolean;
    readonly errors: readonly object[];
  };
}
