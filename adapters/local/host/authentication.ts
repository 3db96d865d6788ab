import type { Authentication } from '../../../engine/api/index.ts';
import type { Configuration } from '../../configuration.ts';
import { secretReference } from '../../notify/secret-reference.ts';

/** The keys of the configuration; undefined when it names none. A secret is read anew for each request. */
export function authenticationIn({ authentication, aws }: Configuration): Authentication | undefined {
  if (authentication === undefined) return undefined;
  const secrets = new Map(authentication.keys.map(({ accessKeyId, secret }) => [accessKeyId, secretReference(secret)]));
  return {
    secretOf: async (accessKeyId) => secrets.get(accessKeyId)?.(),
    region: aws.region,
    now: Date.now,
  };
}
