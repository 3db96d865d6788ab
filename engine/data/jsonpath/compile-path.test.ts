import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { compilePath } from './compile-path.ts';

const store = {
  books: [
    { title: 'A', price: 1, tags: ['x', 'y'], sold: true },
    { title: 'B', price: 5, tags: [], sold: false },
    { title: 'C', price: 9 },
  ],
  'delivery-partner': 'mail',
  limit: 4,
  nothing: null,
};

const evaluate = (path: string, input: Json = store) =>
  compilePath(path).evaluate(scopeOf({ input, context: { State: { Name: 'S' } }, variables: { list: [{ a: 7 }] } }));

describe('compilePath', () => {
  it.each<[string, Json]>([
    ['$', store],
    ['$.limit', 4],
    ['$.delivery-partner', 'mail'],
    ["$['delivery-partner']", 'mail'],
    ['$["books"][1].title', 'B'],
    ['$.books[-1].title', 'C'],
    ['$.nothing', null],
    ['$$.State.Name', 'S'],
    ['$$', { State: { Name: 'S' } }],
    ['$list[0].a', 7],
    ["$['limit','nothing']", { limit: 4, nothing: null }],
  ])('finds the one value that %s names', (path, value) => {
    expect(evaluate(path)).toEqual(value);
  });

  it.each<[string, Json]>([
    ['$.books[*].title', ['A', 'B', 'C']],
    ['$.books[0,2].title', ['A', 'C']],
    ['$.books[1:].title', ['B', 'C']],
    ['$.books[:1].title', ['A']],
    ['$.books[-2:-1].title', ['B']],
    ['$..price', [1, 5, 9]],
    ['$..tags[*]', ['x', 'y']],
    ['$.books[0].*', ['A', 1, ['x', 'y'], true]],
    ["$.books[*]['title','price'].length()", 3],
    ['$..books[0].title', ['A']],
  ])('gives an array of what %s finds', (path, values) => {
    expect(evaluate(path)).toEqual(values);
  });

  it.each<[string, Json]>([
    ['@.price == 5', ['B']],
    ["@.price == '5'", ['B']],
    ["@.price === '5'", []],
    ['@.price != 5', ['A', 'C']],
    ['@.price > 1 && @.price <= 9', ['B', 'C']],
    ['@.price < 2 || @.title == "C"', ['A', 'C']],
    ['@.sold', ['A', 'B']],
    ['!@.sold', ['C']],
    ['!(@.price >= 5)', ['A']],
    ['@.price > $.limit', ['B', 'C']],
    ['@.title =~ /[ab]/i', ['A', 'B']],
    ["@.title in ['A', 'C']", ['A', 'C']],
    ["@.title nin ['A', 'C']", ['B']],
    ["@.tags contains 'x'", ['A']],
    ['@.tags size 2', ['A']],
    ['@.tags empty true', ['B']],
    ["@.tags anyof ['y', 'z']", ['A']],
    ["@.tags subsetof ['x', 'y', 'z']", ['A', 'B']],
  ])('filters by %s', (filter, titles) => {
    expect(evaluate(`$.books[?(${filter})].title`)).toEqual(titles);
  });

  it.each(['$.missing[*]', '$.missing.deep[1:5].name', '$.limit[?(@.a)]', '$..missing'])(
    'gives an empty array when %s finds nothing, as recorded on AWS',
    (path) => {
      expect(evaluate(path)).toEqual([]);
    },
  );

  it('gives null past the end of an array', () => {
    expect(evaluate('$.books[3]')).toBe(null);
  });

  it.each<[string, Json]>([
    ['$.books.length()', 3],
    ['$..price.sum()', 15],
    ['$.books[*].price.max()', 9],
    ['$.books[*].price.avg()', 5],
    ['$.books[0].keys()', ['title', 'price', 'tags', 'sold']],
    ['$.books[0].tags.first()', 'x'],
  ])('computes %s', (path, value) => {
    expect(evaluate(path)).toEqual(value);
  });

  it.each([
    ['$.missing', "Invalid path '$.missing' : No results for path: $['missing']"],
    ['$.no.such.path', "Invalid path '$.no.such.path' : Missing property in path $['no']"],
    ['$.limit[0]', "Invalid path '$.limit[0]' : Filter: [0] can only be applied to arrays. Current context is: 4"],
    ['$.constructor', "Invalid path '$.constructor' : No results for path: $['constructor']"],
    ['$.__proto__', "Invalid path '$.__proto__' : No results for path: $['__proto__']"],
    ['$other', "Invalid path '$other' : There is no such variable; there are: list"],
  ])('fails for %s in the words of AWS', (path, cause) => {
    expect(() => evaluate(path)).toThrow(expect.objectContaining({ error: 'States.Runtime', message: cause }));
  });

  it('names the field and the input where the field is read as a template', () => {
    expect(() => compilePath('$.x', 'CausePath').evaluate(scopeOf({ input: { a: 1 } }))).toThrow(
      `The JSONPath '$.x' specified for the field 'CausePath' could not be found in the input '{"a":1}'`,
    );
  });

  it('finds undefined, and does not fail, where there is nothing', () => {
    expect(compilePath('$.missing.deep').find(scopeOf())).toBe(undefined);
  });

  it.each([
    '',
    'a',
    '$.',
    '$..',
    '$.a b',
    '$.a[',
    '$.a[]',
    '$.a[x]',
    "$.a['b",
    '$.a.run()',
    '$.a[?(@.b ~ 1)]',
    '$.a[?(1)]',
    '@.a',
    '$1',
  ])('refuses %j', (path) => {
    expect(() => compilePath(path)).toThrow(expect.objectContaining({ code: 'SCHEMA_VALIDATION_FAILED' }));
  });
});
