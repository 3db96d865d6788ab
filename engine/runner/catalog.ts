import type { EpochMs } from '../data/instant.ts';

/** A revision of a machine that was given a number, and stays. */
export interface StoredVersion {
  /** The machine's ARN, a colon and the number. */
  readonly arn: string;
  readonly machineArn: string;
  /** From 1; a number is never given twice. */
  readonly number: number;
  readonly revisionId: string;
  readonly description: string | undefined;
  readonly createdAt: EpochMs;
}

/** A name for one version, or for two that share the starts by weight. */
export interface StoredAlias {
  /** The machine's ARN, a colon and the name. */
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly routes: readonly AliasRoute[];
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
}

export interface AliasRoute {
  readonly versionArn: string;
  /** Whole percent of the starts; those of an alias are 100 together. */
  readonly weight: number;
}

/** Work that a Task hands to whoever asks for it. */
export interface StoredActivity {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: EpochMs;
}

/** The tags of a machine or an activity, in the order they were first given. */
export interface TagSet {
  /** ARN of what is tagged. */
  readonly arn: string;
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What belongs to machines, and activities: small things that are kept whole under their ARN. */
export interface CatalogItems {
  readonly versions: StoredVersion;
  readonly aliases: StoredAlias;
  readonly activities: StoredActivity;
  readonly tags: TagSet;
}

export type CatalogKind = keyof CatalogItems;

/** Where an item is listed: with its owner, by this text. */
export interface Place {
  /** ARN of what it belongs to and is deleted with; empty for what stands alone. */
  readonly owner: string;
  readonly order: string;
}

/** How each kind is listed: versions newest first, the others by name. */
export const placeOf: { readonly [Kind in CatalogKind]: (item: CatalogItems[Kind]) => Place } = {
  versions: ({ machineArn, number }) => ({ owner: machineArn, order: String(1e12 - number).padStart(12, '0') }),
  aliases: ({ machineArn, name }) => ({ owner: machineArn, order: name }),
  activities: ({ name }) => ({ owner: '', order: name }),
  tags: ({ arn }) => ({ owner: arn, order: arn }),
};
