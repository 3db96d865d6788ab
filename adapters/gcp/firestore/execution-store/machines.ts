import type { ExecutionStore, StoredMachine } from '../../../../engine/runner/ports.ts';
import type { Documents, StoredDocument, Write } from '../documents.ts';
import { type Entry, packed, unpacked } from './bodies.ts';
import { pageToken, readPageToken } from '../../../../engine/runner/page-token.ts';
import { paths } from './paths.ts';
import { pageOf } from './read-executions.ts';

type MachineStore = Pick<ExecutionStore, 'putMachine' | 'deleteMachine' | 'machine' | 'machines'>;

/** Machines by ARN, with every revision they ever had. A definition may have a mebibyte, as much as a document. */
export function firestoreMachines(documents: Documents): MachineStore {
  async function revision(arn: string, revisionId: string): Promise<StoredMachine | undefined> {
    const path = paths.revision(arn, revisionId);
    const [first] = await documents.get([path]);
    if (first === undefined) return undefined;
    const count = Number(first.fields['pieces']);
    const others = await documents.get(Array.from({ length: count - 1 }, (_, i) => `${path}-${i + 1}`));
    const texts = [first, ...others].flatMap((piece) => (piece === undefined ? [] : [textsIn(piece)]));
    const body = texts.length === count ? unpacked(texts).get('body') : undefined;
    if (body === undefined) throw new Error(`revision ${revisionId} of ${arn} is stored in part`);
    return JSON.parse(body);
  }

  return {
    async putMachine(machine) {
      const { arn, name, revisionId } = machine;
      const path = paths.revision(arn, revisionId);
      const entry: Entry = ['body', JSON.stringify(machine)];
      const bodies = packed([entry], '');
      const pieces = bodies.map(
        ({ texts }, i): Write => ({
          kind: 'put',
          path: i === 0 ? path : `${path}-${i}`,
          fields: { arn, revisionId, pieces: bodies.length, texts },
        }),
      );
      const newest = { arn, name, order: `${name}\n${arn}`, revisionId };
      await documents.write([{ kind: 'put', path: paths.machine(arn), fields: newest }, ...pieces]);
    },

    async deleteMachine(arn) {
      const gone: Write = { kind: 'delete', path: paths.machine(arn) };
      for (let more = true; more; ) {
        const items = await documents.find(ownedQuery(arn));
        await documents.write([gone, ...items.map(({ path }): Write => ({ kind: 'delete', path }))]);
        more = items.length > 0;
      }
    },

    async machine(arn, revisionId) {
      if (revisionId !== undefined) return revision(arn, revisionId);
      const [newest] = await documents.get([paths.machine(arn)]);
      return newest && revision(arn, String(newest.fields['revisionId']));
    },

    async machines({ limit, from }) {
      const after = String(readPageToken('machines', from, [''])[0]);
      const found = await documents.find(machineQuery(after, limit + 1));
      const { items, next } = pageOf(found, limit, ({ fields }) => pageToken('machines', [String(fields['order'])]));
      const machines = items.map(({ fields }) => revision(String(fields['arn']), String(fields['revisionId'])));
      return { items: (await Promise.all(machines)).flatMap((machine) => machine ?? []), next };
    },
  };
}

const textsIn = ({ fields }: StoredDocument) => fields['texts'] as Readonly<Record<string, string>>;

const machineQuery = (after: string, limit: number) => ({
  collection: 'machines',
  equal: {},
  order: { by: 'order', descending: false },
  range: { '>': after },
  limit,
});

const ownedQuery = (owner: string) => ({
  collection: 'items',
  equal: { owner },
  order: { by: 'place', descending: false },
  limit: 300,
});
