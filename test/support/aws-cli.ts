import { execFile, spawnSync } from 'node:child_process';

/** How a call of the AWS CLI ended. */
export interface AwsAnswer {
  readonly exitCode: number | null;
  /** The JSON it printed; undefined when it printed none. */
  readonly json: { readonly [member: string]: unknown } | undefined;
  readonly stderr: string;
}

/** `aws stepfunctions <operation> …`, told of an endpoint and of nothing else. */
export type AwsCli = (operation: string, ...args: readonly string[]) => Promise<AwsAnswer>;

/** Why the AWS CLI cannot be used here; undefined when it can: version 1.40 or later is on the PATH. */
export function whyNoAwsCli(): string | undefined {
  const { status, stdout } = spawnSync('aws', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return 'no aws on the PATH';
  const [, major = '0', minor = '0'] = /^aws-cli\/(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) > 1 || Number(minor) >= 40 ? undefined : `aws is ${stdout.split(' ')[0]}, 1.40 is needed`;
}

/** The AWS CLI as a client of a host. It sees no configuration and no credentials of whoever runs it. */
export const awsCli =
  (endpoint: string): AwsCli =>
  (operation, ...args) =>
    new Promise((answered) => {
      const line = ['stepfunctions', operation, '--endpoint-url', endpoint, '--output', 'json', ...args];
      const child = execFile('aws', line, { env: environment(), timeout: 25_000 }, (_, stdout, stderr) =>
        answered({ exitCode: child.exitCode, json: stdout.trim() === '' ? undefined : JSON.parse(stdout), stderr }),
      );
    });

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
  // test-state and start-sync-execution put `sync-` before the host, and nothing resolves sync-127.0.0.1.
  AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
});
