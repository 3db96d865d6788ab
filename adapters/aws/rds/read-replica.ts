import { CreateDBInstanceReadReplicaCommand } from '@aws-sdk/client-rds';
import type { Database } from './database.ts';
import { absent } from './faults.ts';
import { asTags, packed, unpacked } from './marks.ts';
import { named, type RdsContext } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';

/** Makes a read replica under the identifier of a site. One that is being made already is no failure. */
export async function replicate(
  { regions }: RdsContext,
  leader: Database,
  site: RdsSite,
  epoch: number,
  marks: Readonly<Record<string, string>>,
): Promise<void> {
  const { groups = packed(...site.scratchGroups), ...kept } = marks;
  const command = new CreateDBInstanceReadReplicaCommand({
    DBInstanceIdentifier: site.identifier,
    SourceDBInstanceIdentifier: leader.region === site.region ? leader.identifier : leader.arn,
    VpcSecurityGroupIds: [...unpacked(groups)],
    PubliclyAccessible: false,
    Tags: asTags({ ...kept, epoch: String(epoch), 'made-in': String(epoch) }),
    ...(site.subnetGroup !== undefined && { DBSubnetGroupName: site.subnetGroup }),
    ...(site.parameterGroup !== undefined && { DBParameterGroupName: site.parameterGroup }),
    ...(leader.settings.encrypted === 'true' && site.kmsKey !== undefined && { KmsKeyId: site.kmsKey }),
    ...(leader.region !== site.region && { SourceRegion: leader.region }),
  });
  const asked = regions.in(site.region).send(command).catch(absent('DBInstanceAlreadyExists'));
  await named(`${site.identifier}: replicate ${leader.identifier}`, asked);
}
