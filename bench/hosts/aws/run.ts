// How large each function's bundle is on Lambda, and how long a fresh process takes to load it, beside a handler that does
// nothing. `node bench/hosts/aws/run.ts [rounds]`; README.md tells what was measured.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unzip } from '../../../scripts/unzip.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const rounds = Number(process.argv[2] ?? 9);

interface Measured {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly zipped: number;
  /** Milliseconds of `import()`, one for each process: by the clock, and of the processor. */
  readonly times: number[];
  readonly cpu: number[];
}

const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'));
try {
  const measured = [bare(), ...bundles()];
  // Round by round, so that what else the machine does falls on all of them.
  for (let round = 0; round < rounds; round++)
    for (const { file, times, cpu } of measured) {
      const [time, work] = importTime(file);
      times.push(time);
      cpu.push(work);
    }
  report(measured);
} finally {
  rmSync(folder, { recursive: true });
}

function bare(): Measured {
  const file = join(folder, 'bare.mjs');
  const text = 'export const handler = async (event) => event;\n';
  writeFileSync(file, text);
  return { name: '(bare handler)', file, bytes: text.length, zipped: 0, times: [], cpu: [] };
}

/** The very archives that would be deployed. */
function bundles(): Measured[] {
  const archives = join(folder, 'package');
  execFileSync(join(root, 'node_modules', '.bin', 'serverless'), ['package', '--package', archives], {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}` },
  });
  return readdirSync(archives)
    .filter((file) => file.endsWith('.zip'))
    .map((archive) => {
      const zip = readFileSync(join(archives, archive));
      const [bundle = Buffer.alloc(0)] = unzip(zip).values();
      const name = archive.slice(0, -'.zip'.length);
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, bundle);
      return { name, file, bytes: bundle.length, zipped: zip.length, times: [], cpu: [] };
    });
}

/** On a machine that others use too, the processor's time says more than the clock's. */
function importTime(file: string): readonly [time: number, cpu: number] {
  const program = `
    const [t, c] = [performance.now(), process.cpuUsage()];
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(c);
    console.log(JSON.stringify([performance.now() - t, (user + system) / 1000]));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}

function report(measured: readonly Measured[]): void {
  const floor = median(measured[0]?.cpu ?? []);
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  console.log(`${rounds} fresh processes each; median, least, and each; ms\n`);
  console.log('| function | bytes | zipped | processor | × bare | clock | each process, processor |');
  console.log('|---|---|---|---|---|---|---|');
  for (const { name, bytes, zipped, times, cpu } of measured) {
    const [work, wall] = [cpu, times].map((each) => `${median(each).toFixed(1)} (${Math.min(...each).toFixed(1)})`);
    const raw = cpu.map((time) => time.toFixed(1)).join(' ');
    const ratio = (median(cpu) / floor).toFixed(1);
    console.log(`| ${name} | ${bytes} | ${zipped} | ${work} | ${ratio} | ${wall} | ${raw} |`);
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
