/** The oldest Node that runs the TypeScript of this repository as it is. */
const oldestNode = [24, 15];

/** Systems for which package.json pins a Node of its own; it is built for glibc. */
const pinnedSystems = ['linux-x64', 'linux-arm64'];

/** What setup has to do on this machine. Pure; its shapes are in setup-plan.d.mts. */
export function planSetup(machine) {
  const here = `this is Node ${machine.node}: install Node 24 from https://nodejs.org/en/download and run the same command again.`;
  if (machine.platform === 'win32')
    return refuse('Pointsman runs on Linux and macOS: on Windows, install WSL 2 and Node 24 inside it.');
  if (!atLeast(machine.node, [20, 0])) return refuse(`Setting up Pointsman needs Node 20 or newer and ${here}`);

  const system = `${machine.platform}-${machine.arch}`;
  const helped = machine.pinnedNode || (pinnedSystems.includes(system) && !machine.musl);
  if (!helped && !atLeast(machine.node, oldestNode))
    return refuse(
      `On ${system}${machine.musl ? ' with musl' : ''} Pointsman needs Node ${oldestNode.join('.')} or newer and ${here}`,
    );

  if (machine.installed === machine.wanted) return { kind: 'ready' };
  const never = machine.installed === undefined;
  return { kind: 'install', reason: never ? 'no finished installation was found' : 'package-lock.json changed' };
}

const refuse = (sentence) => ({ kind: 'refuse', sentence });

function atLeast(version, [major, minor]) {
  const [ownMajor, ownMinor] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
