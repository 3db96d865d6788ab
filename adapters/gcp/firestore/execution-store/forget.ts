import type { EpochMs } from '../../../../engine/data/instant.ts';
import type { Documents, Write } from '../documents.ts';
import { readHead } from './head.ts';
import type { Layouts } from './layout.ts';
import { paths } from './paths.ts';

const EXECUTIONS_AT_ONCE = 50;
const DOCUMENTS_AT_ONCE = 300;

/**
 * Removes executions that ended before an instant. The head goes first, in one commit with a grave that names what is left
 * of it: from then on its ARN is free, and what a crash leaves behind is removed by the next call.
 */
export function executionForgetter(documents: Documents, layouts: Layouts) {
  async function bury(life: string): Promise<void> {
    for (const collection of [paths.history(life), paths.bodies(life)])
      for (let more = true; more; ) {
        const found = await documents.find(anyOf(collection));
        if (found.length > 0) await documents.write(found.map(({ path }): Write => ({ kind: 'delete', path })));
        more = found.length === DOCUMENTS_AT_ONCE;
      }
    await documents.write([{ kind: 'delete', path: paths.grave(life) }]);
  }

  return async (endedBefore: EpochMs): Promise<number> => {
    for (const { fields } of await documents.find(anyOf('graves'))) await bury(String(fields['life']));
    let forgotten = 0;
    for (let more = true; more; ) {
      const old = (await documents.find(endedQuery(endedBefore))).map(readHead);
      const gone = await Promise.all(
        old.map(async ({ arn, life, state, updatedAt }) => {
          const writes: readonly Write[] = [
            { kind: 'delete', path: paths.execution(arn), unchangedSince: updatedAt },
            { kind: 'put', path: paths.grave(life), fields: { life, order: life } },
            ...Object.keys(state.mapRuns).map((id): Write => ({ kind: 'delete', path: `mapRuns/${id}` })),
          ];
          if ((await documents.write(writes)) === 'refused') return 0; // redriven meanwhile
          layouts.drop(arn);
          await bury(life);
          return 1;
        }),
      );
      const count = gone.reduce<number>((sum, each) => sum + each, 0);
      forgotten += count;
      more = count > 0;
    }
    return forgotten;
  };
}

/** What is open when it ended has to be done first. */
const endedQuery = (endedBefore: EpochMs) => ({
  collection: 'executions',
  equal: { waiting: false },
  order: { by: 'stoppedAt', descending: false },
  range: { '<': endedBefore },
  limit: EXECUTIONS_AT_ONCE,
});

const anyOf = (collection: string) => ({
  collection,
  equal: {},
  order: { by: '__name__', descending: false },
  limit: DOCUMENTS_AT_ONCE,
});
