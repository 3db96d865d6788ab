// npm run package:azure -- [--out FOLDER] [--config pointsman.yaml]: the folder that `func azure functionapp publish` or a zip
// deployment takes. The functions are one bundle: what is not used is not in it, and nothing is installed on the platform.
import { copyFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beginPackage, endWith, readOptions } from './package-folder.ts';

const { out, config } = readOptions({
  usage: 'npm run package:azure -- [--out FOLDER] [--config pointsman.yaml]',
  out: '.pointsman/azure',
  more: ['config'],
});
if (config !== undefined && !existsSync(config)) endWith(`there is no configuration file ${config}`);
beginPackage(out, { name: 'pointsman-azure', private: true, main: 'main.js', type: 'commonjs' });

await build({
  entryPoints: [join(import.meta.dirname, '../adapters/azure/host/main.ts')],
  outfile: join(out, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node22',
  // The worker hands `@azure/functions-core` to whoever requires it: a CommonJS module does.
  format: 'cjs',
  external: ['@azure/functions-core'],
  define: { 'import.meta.dirname': '__dirname' },
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  logLevel: 'warning',
});

const host = {
  version: '2.0',
  functionTimeout: '00:10:00',
  extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.26.0, 5.0.0)' },
  extensions: {
    http: { routePrefix: '' },
    durableTask: {
      hubName: 'pointsman',
      // An id whose instance is under way is refused: that is what makes a notice that is sent twice start once.
      overridableExistingInstanceStates: 'NonRunningStates',
      maxConcurrentActivityFunctions: 20,
      maxConcurrentOrchestratorFunctions: 20,
      storageProvider: { type: 'AzureStorage', partitionCount: 4 },
    },
  },
  logging: {
    logLevel: { default: 'Information', 'DurableTask.AzureStorage': 'Warning', 'DurableTask.Core': 'Warning' },
    applicationInsights: { samplingSettings: { isEnabled: true, excludedTypes: 'Request;Exception' } },
  },
};
const json = (name: string, value: object) => writeFileSync(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
json('host.json', host);
writeFileSync(join(out, '.funcignore'), 'local.settings.json\n*.map\n');
if (config !== undefined) copyFileSync(config, join(out, 'pointsman.yaml'));
console.log(`${out}: main.js ${Math.round(statSync(join(out, 'main.js')).size / 1024)} KiB, host.json, package.json`);
