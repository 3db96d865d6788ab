declare const deployment: (osls: {
  readonly resolveVariable: (name: string) => Promise<string>;
}) => Promise<unknown>;
export = deployment;
