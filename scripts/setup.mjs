// Installs what package-lock.json names, when it is not installed yet. Every npm script starts with it, so that a fresh
// clone needs one command only. Runs on any Node from 20; what follows it in an npm script runs on the pinned Node 24.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planSetup } from './setup-plan.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.pointsman-setup');
const pinnedNode = join(root, 'node_modules', '.bin', 'node');
// Outside node_modules, because `npm ci` empties that folder.
const lockFile = join(root, '.pointsman', 'setup.lock');

process.exitCode = setup();

/** The exit code: 0 when everything is in place. Safe to run several times at once: one installs, the others wait. */
function setup() {
  let plan = planSetup(machine());
  if (plan.kind === 'ready') return 0;
  if (plan.kind === 'install') {
    takeLock();
    try {
      plan = planSetup(machine()); // another process may have installed while this one waited
      if (plan.kind === 'install') return install(plan.reason);
    } finally {
      rmSync(lockFile, { force: true });
    }
  }
  if (plan.kind === 'refuse') console.error(plan.sentence);
  return plan.kind === 'ready' ? 0 : 1;
}

function machine() {
  const { platform, arch, versions } = process;
  const pinned = existsSync(pinnedNode);
  const lock = readFileSync(join(root, 'package-lock.json'));
  return {
    platform,
    arch,
    node: versions.node,
    musl: platform === 'linux' && !pinned && process.report.getReport().header.glibcVersionRuntime === undefined,
    pinnedNode: pinned,
    installed: existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined,
    wanted: `${createHash('sha256').update(lock).digest('hex')} ${platform}-${arch}\n`,
  };
}

function install(reason) {
  console.error(`Installing dependencies with npm ci, because ${reason} …`);
  const { musl, wanted } = machine();
  const npm = process.env.npm_execpath ?? '';
  const known = basename(npm) === 'npm-cli.js'; // another package manager may have started us
  const [command, before] = known ? [process.execPath, [npm]] : ['npm', []];
  // Everything is needed, whatever NODE_ENV and the user's npm configuration leave out.
  const wish = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync(command, [...before, 'ci', ...wish], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) {
    const how = done.error?.message ?? (done.signal === null ? `exit code ${done.status}` : done.signal);
    console.error(`npm ci did not finish (${how}): see its message above, then run the same command again.`);
    return done.status ?? 1;
  }
  if (musl) rmSync(pinnedNode, { force: true }); // built for glibc; this machine's own Node is new enough
  writeFileSync(stampFile, wanted);
  return 0;
}

/** A symbolic link is made at once together with what it says: the pid of the process that installs. */
function takeLock() {
  mkdirSync(join(root, '.pointsman'), { recursive: true, mode: 0o700 }); // a host may keep its data in it later
  for (let told = false; ; ) {
    try {
      return symlinkSync(String(process.pid), lockFile);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = lockHolder();
    if (holder === undefined) continue; // given up in this moment
    if (isAlive(holder)) {
      if (!told) console.error(`Waiting for process ${holder}, which is installing dependencies (${lockFile}) …`);
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    } else {
      dropLockOf(holder);
    }
  }
}

function lockHolder() {
  try {
    return Number(readlinkSync(lockFile));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The holder died. Its link is moved away first: of several processes that saw this, one succeeds. */
function dropLockOf(holder) {
  const aside = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, aside);
    const theirs = Number(readlinkSync(aside)) !== holder; // somebody dropped it before and holds it now
    if (theirs) renameSync(aside, lockFile);
    else rmSync(aside);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
