import { describe, expect, it } from 'vitest';
import { orderTarget, refuseUnheard } from './order-target.ts';

const run = (name: string) => ({
  executionArn: `arn:aws:states:us-east-1:000000000000:execution:machine:${name}`,
  startedAt: 0,
  waitingFor: 'its next step',
  since: 0,
  order: null,
});
const move = run('shop-switchover');
const drill = run('shop-restore-drill');
const backup = run('shop-backup');

describe('an order', () => {
  it('is for what holds the group', () => {
    expect(orderTarget('shop', { holder: move, besides: [drill] }, undefined)).toBe(move);
  });

  it('is for the drill when nothing else runs', () => {
    expect(orderTarget('shop', { holder: null, besides: [drill] }, undefined)).toBe(drill);
  });

  it('is for the one that is named', () => {
    expect(orderTarget('shop', { holder: move, besides: [drill, backup] }, 'shop-backup')).toBe(backup);
  });

  it('is refused, with their names, when several could be meant', () => {
    expect(() => orderTarget('shop', { holder: null, besides: [drill, backup] }, undefined)).toThrow(
      'several runs are on shop: shop-restore-drill, shop-backup',
    );
  });

  it('is refused when nothing runs, or not what is named', () => {
    expect(() => orderTarget('shop', { holder: null, besides: [] }, undefined)).toThrow('nothing runs on shop');
    expect(() => orderTarget('shop', { holder: move, besides: [] }, 'shop-backup')).toThrow(
      'no run shop-backup is on shop; there is shop-switchover',
    );
  });

  it('that a backup does not hear is refused', () => {
    const arn = (workflow: string) => `arn:aws:states:us-east-1:000000000000:execution:${workflow}:shop-1`;
    expect(() => refuseUnheard('pause', { ...backup, executionArn: arn('backup') })).toThrow(
      'shop-1 is a backup and hears no pause, only abort',
    );
    expect(() => refuseUnheard('abort', { ...backup, executionArn: arn('backup') })).not.toThrow();
    expect(() => refuseUnheard('pause', { ...move, executionArn: arn('switchover') })).not.toThrow();
  });
});
