import { describe, expect, it } from 'vitest';
import { type Arrow, brokenRule } from './import-rules.ts';

const arrow = (text: string, kind: Arrow['kind'] = 'static'): Arrow => {
  const [from = '', to = ''] = text.split(' → ');
  return { from, to, kind };
};

describe('brokenRule', () => {
  it.each([
    'engine/core/map.ts → engine/data/json.ts',
    'engine/api/describe.ts → engine/runner/runner.ts',
    'functions/shift-traffic/handler.ts → functions/ports/traffic-router.ts',
    'functions/shift-traffic/handler.ts → functions/shift-traffic/input.ts',
    'functions/shift-traffic/handler.test.ts → adapters/memory/traffic-router.ts',
    'adapters/local/router/routes.ts → adapters/local/router/arms.ts',
    'adapters/local/host/host.ts → adapters/oci/image-registry.ts',
    'adapters/world.ts → engine/runner/runner.ts',
    'adapters/local/router/routes.test.ts → test/contracts/traffic-router.ts',
    'cli/validate.ts → engine/asl/reader.ts',
    'test/e2e/deploy.test.ts → cli/pointsman.ts',
    'workflows/canary/canary.test.ts → functions/shift-traffic/handler.ts',
  ])('allows %s', (text) => {
    expect(brokenRule(arrow(text))).toBeUndefined();
  });

  it.each([
    ['engine/data/json.ts → engine/asl/machine.ts', 'engine/data imports nothing else of the project'],
    ['engine/asl/reader.ts → engine/core/map.ts', 'engine/asl imports engine/data only'],
    ['engine/core/map.ts → engine/runner/ports.ts', 'engine/core imports engine/asl and engine/data only'],
    ['engine/runner/runner.ts → engine/api/describe.ts', 'engine/runner imports engine/core'],
    ['engine/api/describe.ts → functions/step-failure.ts', 'the engine imports nothing else'],
    ['functions/judge/handler.ts → functions/notify/handler.ts', 'a step function imports functions/ports'],
    ['functions/judge/handler.ts → engine/data/json.ts', 'a step function imports functions/ports'],
    ['functions/judge/handler.ts → adapters/memory/leases.ts', 'a step function imports functions/ports'],
    ['functions/ports/leases.ts → functions/judge/handler.ts', 'functions/ports imports step-failure.ts only'],
    ['adapters/memory/leases.ts → adapters/local/control/leases.ts', 'an adapter imports port files'],
    ['adapters/local/router/routes.ts → engine/core/map.ts', 'an adapter imports port files'],
    ['adapters/local/host/host.ts → cli/pointsman.ts', 'a host composes engine, functions and adapters only'],
    ['cli/push.ts → adapters/oci/image-registry.ts', 'cli imports engine/asl'],
    ['cli/start.ts → adapters/local/host/run-host.ts', 'by import() only'],
    ['engine/data/json.ts → test/support/clock.ts', 'only tests import test/'],
    ['test/support/clock.ts → bench/steps/run.ts', 'only bench/ imports bench/'],
    ['examples/demo/run.ts → cli/pointsman.ts', 'an example stands alone'],
    ['elsewhere/a.ts → engine/data/json.ts', 'this folder is in no zone'],
  ])('refuses %s', (text, rule) => {
    expect(brokenRule(arrow(text))).toContain(rule);
  });

  it('gives adapters the types of the engine, not its code', () => {
    const store = 'adapters/local/execution-store/rows.ts → engine/core/history.ts';

    expect(brokenRule(arrow(store, 'type'))).toBeUndefined();
    expect(brokenRule(arrow(store, 'static'))).toContain('engine types');
  });

  it('lets cli/commands/down.ts load what ends a data folder when asked, and nothing else of the adapters', () => {
    const end = 'adapters/local/host/end-data-folder.ts';

    expect(brokenRule(arrow(`cli/commands/down.ts → ${end}`, 'dynamic'))).toBeUndefined();
    expect(brokenRule(arrow(`cli/commands/down.ts → ${end}`))).toContain('by import() only');
    expect(brokenRule(arrow(`cli/start.ts → ${end}`, 'dynamic'))).toContain('run-host.ts by import() only');
  });

  it('lets cli/start.ts load the host when asked, and nothing else of the adapters', () => {
    expect(brokenRule(arrow('cli/start.ts → adapters/local/host/run-host.ts', 'dynamic'))).toBeUndefined();
    expect(brokenRule(arrow('cli/start.ts → adapters/world.ts', 'dynamic'))).toContain('run-host.ts by import() only');
    expect(brokenRule(arrow('cli/push.ts → adapters/local/host/run-host.ts', 'dynamic'))).toContain('cli imports');
  });
});
