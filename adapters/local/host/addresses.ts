/** The ARNs of one account and region, as every client of Step Functions expects them. */
export interface Addresses {
  function(name: string): string;
  machine(name: string): string;
  role(): string;
}

export const addressesIn = ({ region, account }: { readonly region: string; readonly account: string }): Addresses => ({
  function: (name) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  machine: (name) => `arn:aws:states:${region}:${account}:stateMachine:${name}`,
  role: () => `arn:aws:iam::${account}:role/pointsman`,
});
