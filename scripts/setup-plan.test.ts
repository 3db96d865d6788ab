import { describe, expect, it } from 'vitest';
import { type Machine, planSetup } from './setup-plan.mjs';

const fresh: Machine = {
  platform: 'linux',
  arch: 'x64',
  node: '20.20.2',
  musl: false,
  pinnedNode: false,
  installed: undefined,
  wanted: 'today linux-x64',
};

describe('planSetup', () => {
  it('installs on a fresh clone with Node 20', () => {
    expect(planSetup(fresh)).toEqual({ kind: 'install', reason: 'no finished installation was found' });
  });

  it('installs again when package-lock.json is another than the one installed', () => {
    const machine = { ...fresh, pinnedNode: true, installed: 'yesterday linux-x64' };

    expect(planSetup(machine)).toEqual({ kind: 'install', reason: 'package-lock.json changed' });
  });

  it('does nothing when what is installed is what is wanted', () => {
    expect(planSetup({ ...fresh, pinnedNode: true, installed: fresh.wanted })).toEqual({ kind: 'ready' });
  });

  it('uses an own Node from 24.15 where no Node is pinned', () => {
    expect(planSetup({ ...fresh, platform: 'darwin', arch: 'arm64', node: '24.15.0' }).kind).toBe('install');
    expect(planSetup({ ...fresh, musl: true, node: '26.1.0' }).kind).toBe('install');
  });

  it.each([
    [
      { platform: 'darwin', arch: 'arm64', node: '24.14.9' },
      'On darwin-arm64 Pointsman needs Node 24.15 or newer and this is Node 24.14.9',
    ],
    [
      { platform: 'linux', arch: 'ppc64', node: '22.5.0' },
      'On linux-ppc64 Pointsman needs Node 24.15 or newer and this is Node 22.5.0',
    ],
    [
      { musl: true, node: '22.5.0' },
      'On linux-x64 with musl Pointsman needs Node 24.15 or newer and this is Node 22.5.0',
    ],
    [{ node: '18.19.0' }, 'Setting up Pointsman needs Node 20 or newer and this is Node 18.19.0'],
  ])('says what to install on %j', (machine, sentence) => {
    expect(planSetup({ ...fresh, ...machine })).toEqual({
      kind: 'refuse',
      sentence: `${sentence}: install Node 24 from https://nodejs.org/en/download and run the same command again.`,
    });
  });

  it('sends Windows users to WSL', () => {
    expect(planSetup({ ...fresh, platform: 'win32', node: '24.21.0' })).toEqual({
      kind: 'refuse',
      sentence: 'Pointsman runs on Linux and macOS: on Windows, install WSL 2 and Node 24 inside it.',
    });
  });
});
