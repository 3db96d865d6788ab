import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { fakeIo } from './testing/fake-io.ts';

const yaml = { '/home/operator/pointsman.yaml': 'host: { address: 127.0.0.1, port: 7500 }\n' };
const env = { POINTSMAN_ENDPOINT: 'http://10.0.0.1:7400/' };

describe('readSettings', () => {
  it('takes the flag before the environment before the file before the default', async () => {
    const origins = [
      await readSettings({ endpoint: 'https://ops.example' }, fakeIo({ env, files: yaml })),
      await readSettings({}, fakeIo({ env, files: yaml })),
      await readSettings({}, fakeIo({ files: yaml })),
      await readSettings({}, fakeIo()),
    ].map(({ endpoint, origin }) => [endpoint, origin]);

    expect(origins).toEqual([
      ['https://ops.example', '--endpoint'],
      ['http://10.0.0.1:7400', 'POINTSMAN_ENDPOINT'],
      ['http://127.0.0.1:7500', '/home/operator/pointsman.yaml'],
      ['http://127.0.0.1:7400', 'default'],
    ]);
  });

  it('puts an IPv6 address of the file into brackets', async () => {
    const files = { '/home/operator/shop/pointsman.yaml': 'host: { address: "::1" }\n' };

    expect((await readSettings({}, fakeIo({ files }))).endpoint).toBe('http://[::1]:7400');
  });

  it('takes the nearest file, also when it names no host', async () => {
    const files = { ...yaml, '/home/operator/shop/pointsman.yaml': 'services: {}\n' };

    expect((await readSettings({}, fakeIo({ files }))).endpoint).toBe('http://127.0.0.1:7400');
  });

  it('refuses a file that is no YAML, naming it', async () => {
    const files = { '/home/operator/shop/pointsman.yaml': 'host: [\n' };

    await expect(readSettings({}, fakeIo({ files }))).rejects.toThrow('/home/operator/shop/pointsman.yaml is no YAML');
  });
});
