// Adds to package-lock.json the platform packages that npm left out of it: `node scripts/complete-lockfile.mjs` after a
// change of dependencies. A registry that carries only some platforms' packages makes npm write a lockfile that its own
// `npm ci` refuses ("Missing … from lock file"). An added entry has version and platform, but no integrity.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));

const wanted = Object.values(lock.packages).flatMap((each) => Object.entries(each.optionalDependencies ?? {}));
const missing = wanted.filter(([name]) => lock.packages[`node_modules/${name}`] === undefined);
for (const [name, version] of missing)
  lock.packages[`node_modules/${name}`] = { version, dev: true, optional: true, ...platformOf(name) };

const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`added ${missing.length} platform packages to ${file}`);

/** From a name like `@oxlint/binding-linux-arm64-musl`. npm skips a package whose platform is another. */
function platformOf(name) {
  const os = /android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32/.exec(name)?.[0];
  const cpu = /arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64/.exec(name)?.[0];
  if (os === undefined || cpu === undefined) throw new Error(`${name} does not say its platform`);
  const libc = os !== 'linux' ? undefined : name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined;
  return { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}
