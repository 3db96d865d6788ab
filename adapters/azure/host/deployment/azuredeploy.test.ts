import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAzureSettings } from '../settings.ts';

interface Resource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly dependsOn?: readonly string[];
  readonly scope?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

const text = readFileSync(join(import.meta.dirname, 'azuredeploy.json'), 'utf8');
const template = JSON.parse(text) as {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: { readonly roles: Readonly<Record<string, string>>; readonly copy: readonly { name: string }[] };
  readonly resources: readonly Resource[];
};
const { parameters, variables, resources } = template;
const namesIn = (kind: string) =>
  new Set([...text.matchAll(new RegExp(`${kind}\\('(\\w+)'\\)`, 'g'))].map(([, name]) => name));

/** `resourceId('T', a, b)` as text, of each resource and of each place that names one. */
const idOf = ({ type, name }: Resource): string => {
  const parts = name
    .replace(/^\[(?:concat\()?|\)?\]$/g, '')
    .split(/, /)
    .map((part) =>
      part.startsWith("'/") ? `'${part.slice(2)}` : part.startsWith('variables') ? part.replace(/\)?$/, ')') : part,
    );
  return `resourceId('${type}', ${parts.join(', ')})`;
};

describe('the deployment template', () => {
  it('declares every parameter and variable it uses, and uses each', () => {
    const declared = new Set([
      ...Object.keys(variables).filter((name) => name !== 'copy'),
      ...variables.copy.map(({ name }) => name),
    ]);
    expect(namesIn('parameters')).toEqual(new Set(Object.keys(parameters)));
    expect(namesIn('variables')).toEqual(declared);
  });

  it('depends on resources that it has', () => {
    const here = new Set(resources.map(idOf));
    const named = resources.flatMap(({ dependsOn = [] }) => dependsOn).filter((id) => id.startsWith('[resourceId('));
    const missing = named.filter((id) => !here.has(id.slice(1, -1)));
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  it('has closed brackets in every expression', () => {
    const expressions = [...text.matchAll(/"(\[(?:[^"\\]|\\.)*)"/g)].map(([, expression = '']) => expression);
    const count = (expression: string, character: string) => expression.split(character).length;
    const open = expressions.filter(
      (each) => !each.endsWith(']') || count(each, '(') !== count(each, ')') || count(each, '[') !== count(each, ']'),
    );
    expect(open).toEqual([]);
    expect(expressions.length).toBeGreaterThan(50);
  });

  it('gives the identity these roles and no others, each on the narrowest thing that has what it is for', () => {
    const roles = resources
      .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
      .map(({ scope = '', properties = {} }) => {
        const role = /roles'\)\.(\w+)/.exec(String(properties['roleDefinitionId']))?.[1];
        return `${role} on ${/'(Microsoft[^']*)', (?:variables|parameters)\('(\w+)'/.exec(scope)?.slice(1).join(' ')}`;
      });
    expect(roles).toEqual([
      'blobOwner on Microsoft.Storage/storageAccounts hostAccount',
      'queueContributor on Microsoft.Storage/storageAccounts hostAccount',
      'tableContributor on Microsoft.Storage/storageAccounts hostAccount',
      'tableContributor on Microsoft.Storage/storageAccounts/tableServices/tables stateAccount',
      'blobContributor on Microsoft.Storage/storageAccounts/blobServices/containers stateAccount',
      'metricsPublisher on Microsoft.Insights/components insights',
      'secretsUser on Microsoft.KeyVault/vaults keyVaultName',
    ]);
  });

  it('sets the app settings that the app reads, and leaves no account with keys', () => {
    const set = [...text.matchAll(/createObject\('name', '(\w+)'/g)].map(([, name = '']) => name);
    const given = Object.fromEntries(set.map((name) => [name, 'https://account.example/']));
    expect(readAzureSettings(given)).toMatchObject({
      POINTSMAN_TABLE_ENDPOINT: 'https://account.example/',
      POINTSMAN_STORE_NAME: 'pointsman',
      POINTSMAN_IDENTITY_CLIENT_ID: 'https://account.example/',
    });
    const accounts = resources.filter(({ type }) => type === 'Microsoft.Storage/storageAccounts');
    expect(accounts.map(({ properties }) => properties?.['allowSharedKeyAccess'])).toEqual([false, false]);
  });
});
