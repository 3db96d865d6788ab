import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position, SiteName } from '../../../functions/ports/recovery/position.ts';
import type { Promotion } from '../../../functions/ports/recovery/replicated-store.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { writeWhole } from '../../shared/write-whole.ts';

/** What a keeper remembers of its site, durably. */
export interface SiteRecord {
  /** Highest it was shown; lower ones are refused. */
  readonly epoch: number;
  readonly role: { readonly kind: 'primary' } | { readonly kind: 'standby'; readonly leader: SiteName };
  /** What it shall be, also when its machine comes back. */
  readonly wanted: 'running' | 'stopped';
  readonly frozen: boolean;
  readonly isolated: boolean;
  /** A standby that shall get no changes for now. */
  readonly detached: boolean;
  /** Standbys of which one must have a commit before it is acknowledged; empty: none. */
  readonly synchronous: readonly SiteName[];
  /** Why it stopped by itself. */
  readonly fencedItself: { readonly at: number; readonly why: string } | null;
  /** Set before it is promoted; `done` when it is. */
  readonly promotion: { readonly epoch: number; readonly done: OwnPromotion | null } | null;
  readonly rebuilt: { readonly epoch: number; readonly leader: SiteName; readonly quarantine: string | null } | null;
  /** Data that was put aside, oldest first. */
  readonly quarantines: readonly Quarantine[];
}

export interface OwnPromotion {
  readonly promotion: Promotion;
  /** No transaction of before the fork has this number or a higher one, and all of after have. */
  readonly firstXid: string;
}

export interface Quarantine {
  readonly path: string;
  /** Timeline it was on, and where its control file says it is. */
  readonly position: Position;
  readonly at: number;
}

export interface SiteNotes {
  read(): SiteRecord;
  /** Known at once, durable with the next note. */
  remember(change: Partial<SiteRecord>): void;
  /** Resolves when the change is durable, with all that was remembered; of what is so already, and durably, at once. */
  note(change: Partial<SiteRecord>): Promise<void>;
}

export async function openSiteNotes(keeperFolder: string): Promise<SiteNotes> {
  const file = join(keeperFolder, 'record.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  let record: SiteRecord = { ...unknownSite, ...(JSON.parse(text) as Partial<SiteRecord>) };
  let written = text;
  const turn = inTurn();
  return {
    read: () => record,
    remember(change) {
      record = { ...record, ...change };
    },
    note(change) {
      record = { ...record, ...change };
      return turn(async () => {
        const wanted = `${JSON.stringify(record, null, 1)}\n`; // with what was noted since: it is durable with this
        if (wanted === written) return;
        await writeWhole(file, wanted, true);
        written = wanted;
      });
    },
  };
}

const unknownSite: SiteRecord = {
  epoch: 0,
  role: { kind: 'primary' },
  wanted: 'stopped',
  frozen: false,
  isolated: false,
  detached: false,
  synchronous: [],
  fencedItself: null,
  promotion: null,
  rebuilt: null,
  quarantines: [],
};
