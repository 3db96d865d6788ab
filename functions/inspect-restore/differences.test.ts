import { expect, it } from 'vitest';
import type { Contents } from '../ports/recovery/replicated-store.ts';
import { differencesOf } from './differences.ts';

const proven: Contents = {
  structure: 's',
  tables: [
    { name: 'orders', rows: 3, checksum: 'a' },
    { name: 'users', rows: 2, checksum: 'b' },
  ],
};

it('finds nothing in what is the same', () => {
  expect(differencesOf(proven, structuredClone(proven))).toEqual([]);
});

it('names each difference', () => {
  const found: Contents = {
    structure: 't',
    tables: [
      { name: 'orders', rows: 2, checksum: 'c' },
      { name: 'users', rows: 2, checksum: 'c' },
      { name: 'extra', rows: 0, checksum: '' },
    ],
  };

  expect(differencesOf(proven, found)).toEqual([
    'tables, columns, indexes or constraints differ',
    'table orders has 2 rows, not 3',
    'table users has 2 rows, but not the same ones',
    'table extra was not there',
  ]);
  expect(differencesOf(proven, { ...proven, tables: [] })).toEqual([
    'table orders is missing, with 3 rows',
    'table users is missing, with 2 rows',
  ]);
});
