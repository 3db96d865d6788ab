/** `arn:aws:states:<region>:<account>:stateMachine:<name>` → `arn:aws:states:<region>:<account>:execution:<name>:<execution>`. */
export function executionArn(machineArn: string, name: string): string {
  const parts = machineArn.split(':');
  return [...parts.slice(0, 5), 'execution', parts[6], name].join(':');
}
