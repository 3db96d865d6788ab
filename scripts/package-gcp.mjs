// Bundles the functions for Google Cloud: `npm run package:gcp [-- --out FOLDER]` (default .pointsman/gcp). The folder is what
// `gcloud functions deploy --source` takes; adapters/gcp/host/deploy/deploy.sh does that.
import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beginPackage, readOptions } from './package-folder.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { out: folder } = readOptions({
  usage: 'npm run package:gcp -- [--out FOLDER]',
  out: join(root, '.pointsman/gcp'),
});
const { version, dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// Google installs these when it builds the function. The framework has to be the one that serves, not a copy of it; Google's
// clients read files beside them; AWS's SDK is loaded only where `objects` names a service that speaks S3's protocol.
const external = [
  '@google-cloud/firestore',
  '@google-cloud/functions-framework',
  'google-auth-library',
  '@aws-sdk/client-s3',
];

/** zod brings its messages in fifty languages; we speak one. */
const englishOnly = {
  name: 'english-only',
  setup(building) {
    building.onLoad({ filter: /zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

beginPackage(folder, {
  name: 'pointsman-on-google-cloud',
  version,
  private: true,
  type: 'module',
  main: 'index.js',
  engines: { node: '>=24' },
  dependencies: Object.fromEntries(external.map((name) => [name, dependencies[name]])),
});
const { metafile } = await build({
  entryPoints: [join(root, 'adapters/gcp/host/main.ts')],
  outfile: join(folder, 'index.js'),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  external,
  metafile: true,
  plugins: [englishOnly],
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  // CommonJS inside the bundle asks for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await cp(join(root, 'workflows'), join(folder, 'workflows'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});
const [output] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
console.log(`${folder}: index.js ${Math.round((output?.bytes ?? 0) / 1000)} kB`);
