import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { checkApproval } from './handler.ts';

const approval = { by: 'ana', planVersion: 'p1', readinessHash: 'h1', expiresAt: 2000 };
const allowLoss = { bytes: 100, seconds: 5 };
const failing = (name: string) => ({ name, status: 'fail', evidence: 'seen' });
const asked = (input: object, checks: readonly object[] = []) => {
  const readiness = { hash: 'h1', planVersion: 'p1', checks };
  return checkApproval.run(
    checkApproval.read({ mode: 'failover', readiness, approval: { ...approval, allowLoss }, ...input }),
    { clock: { now: () => 1000 } },
    idleCall,
  );
};
const refused = (name: string, message: string) => ({ name: `Pointsman.${name}`, message });

describe('checkApproval', () => {
  it('says in words who approved what', async () => {
    expect(await asked({})).toEqual({
      approvals: ['ana: failover under plan p1, facts h1, with a loss of at most 100 bytes and 5 s'],
      overrides: [],
      allowLoss,
      at: 1000,
    });
  });

  it('is refused when nobody approved', async () => {
    await expect(asked({ approval: null })).rejects.toMatchObject(
      refused('NotApproved', 'not approved: nobody approved it'),
    );
  });

  it.each([
    [{ readinessHash: 'h0' }, 'it is for the facts h0, which are h1 now: look again'],
    [{ planVersion: 'p0' }, 'it is for plan p0, and the plan is p1 now'],
    [{ expiresAt: 1000 }, 'it expired at 1970-01-01T00:00:01.000Z'],
    [{ allowLoss: null }, 'a failover may lose data, and it does not say how much may be lost'],
  ])('is refused with %j', async (more, message) => {
    await expect(asked({ approval: { ...approval, allowLoss, ...more } })).rejects.toMatchObject(
      refused('NotApproved', `not approved: ${message}`),
    );
  });

  it('needs no word on a loss for what loses nothing', async () => {
    expect(await asked({ mode: 'switchover', approval })).toMatchObject({ allowLoss: null });
  });

  it('is refused while a check fails, with its evidence', async () => {
    await expect(asked({}, [failing('settings')])).rejects.toMatchObject(
      refused('NotReady', 'not ready for a failover: settings: seen'),
    );
  });

  it('lets a person set a check aside, with a reason that is kept', async () => {
    const overrides = [{ check: 'settings', reason: 'they differ on purpose' }];

    expect((await asked({ approval: { ...approval, allowLoss, overrides } }, [failing('settings')])).overrides).toEqual(
      ['settings: they differ on purpose (ana)'],
    );
  });

  it('lets nobody set aside what there is nothing to do without', async () => {
    const overrides = [{ check: 'candidate', reason: 'I insist' }];

    await expect(
      asked({ approval: { ...approval, allowLoss, overrides } }, [failing('candidate')]),
    ).rejects.toMatchObject(refused('NotReady', 'not ready for a failover: candidate (cannot be set aside): seen'));
  });
});
