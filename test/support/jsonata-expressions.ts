import * as fc from 'fast-check';

/** Data whose members have the names that the expressions ask for. */
export const anyData: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1, 2, -1, 3.5, 'x', 'ab', '', 'hello world', '12'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.record({ a: tie('value'), b: tie('value'), c: tie('value'), d: tie('value') }, { requiredKeys: [] }),
    fc.array(
      fc.record({ a: fc.nat(3), b: fc.constantFrom('x', 'y', 'z'), c: tie('value') }, { requiredKeys: ['a', 'b'] }),
      { maxLength: 4 },
    ),
  ),
})).value;

/**
 * Expressions of every kind of node, most of which find something in the data. They bind no variable inside of arrays and
 * objects, whose parts the library evaluates in no order one could rely on, and never run for long.
 */
export const anyExpression: fc.Arbitrary<string> = fc.letrec<{ expression: string; step: string; lambda: string }>(
  (tie) => {
    const expression = tie('expression');
    const [step, lambda] = [tie('step'), tie('lambda')];
    const say = (text: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]) =>
      fc.tuple(...parts).map((values) => String.raw(text, ...values));
    const one = (...texts: string[]) => fc.constantFrom(...texts);
    const name = one('a', 'b', 'c', 'd');
    const operator = one('+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in');
    return {
      step: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'expression' },
        name,
        one('*', '**', '$', '%', 'a[]', 'b[0]', 'a[-1]', '"a"', '`b`'),
        say`${name}[${expression}]`,
        say`${name}[${one('0', '-1', '1', 'a', 'a > 1', 'b = "x"', '$ = 1', '[0, 1]', '%.a', '[0..1]')}]`,
        say`${name}@$x`,
        say`${name}#$i`,
        say`${name}^(${one('a', '>a', 'b, >a', '$')})`,
        say`(${expression})`,
        say`{"k": ${expression}}`,
        say`[${expression}, ${name}]`,
        say`$string(${name})`,
      ),
      lambda: fc.oneof(
        { depthIdentifier: 'expression' },
        say`function($x){ ${expression} }`,
        say`function($x, $i){ ${one('$x', '$i', '$x & $i', '$x.a', '$i < 2', '$x > 1')} }`,
        say`function($x, $i)<nn?:n>{ $x }`,
        say`function($x)<x-:x>{ ${expression} }`,
        one('$string', '$uppercase', '$sum', '$boolean', '$length(?)', '$append(?, 1)', '$exists', '$type', '/a/'),
      ),
      expression: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'expression', withCrossShrink: true },
        one('1', '0', '2.5', '-3', '"x"', '"ab"', '""', 'true', 'false', 'null', '$', '$$', '$x', '$i', 'a', 'b'),
        say`${step}.${step}`,
        say`${step}.${step}.${step}`,
        say`$$.${step}.${step}`,
        say`${step}`,
        say`${expression} ${operator} ${expression}`,
        say`(${expression}).${step}`,
        say`(${expression})[${one('0', '-1', '$ = 1', '$ > 1', 'a', '$i = 0')}]`,
        say`(${expression})[]`,
        say`-${step}`,
        say`[${expression}, ${expression}]`,
        say`[${one('0', '1', '3', 'a')}..${one('2', '4', 'a')}]`,
        say`{"p": ${expression}, "q": ${expression}}`,
        say`${step}.${step}{${one('b', '$string(a)', '"k"')}: ${one('a', '$', '$sum(a)', '$count($)')}}`,
        say`a@$x.${step}{$string($x.a): $x.b}`,
        say`a#$i.${step}.{"i": $i, "v": $}`,
        say`${step}.${step}.{"parent": %.a, "own": $}`,
        say`${step}^(${one('a', '>a', 'b', '<a, >b')}).${step}`,
        say`${expression} ? ${expression} : ${expression}`,
        say`${expression} ? ${expression}`,
        say`($x := ${expression}; ${expression})`,
        say`($f := ${lambda}; $f(${expression}))`,
        say`($f := ${lambda}; $map(${expression}, $f))`,
        say`${lambda}(${expression}, ${expression})`,
        say`${expression} ~> ${lambda}`,
        say`(${lambda} ~> ${lambda})(${expression})`,
        say`${expression} ~> |${one('$', 'a', '**', '*', 'c.a')}|{"n": ${expression}}${one('', ', "a"', ', ["a", "b"]', ', 1')}|`,
        say`$map(${expression}, ${lambda})`,
        say`$filter(${expression}, ${lambda})`,
        say`$single(${expression}, ${lambda})`,
        say`$reduce(${expression}, function($p, $q){ ${one('$p + $q', '$p & $q', '$append($p, $q)', '[$p, $q]')} }${one('', ', 1', ', []')})`,
        say`$sort(${expression}${one('', ', function($l, $r){ $l > $r }', ', function($l, $r){ $l.a < $r.a }')})`,
        say`$each(${expression}, ${lambda})`,
        say`$sift(${expression}, ${lambda})`,
        say`$${one('sum', 'count', 'max', 'min', 'average', 'string', 'length', 'uppercase', 'trim', 'number', 'abs')}(${expression})`,
        say`$${one('floor', 'ceil', 'round', 'sqrt', 'boolean', 'not', 'exists', 'keys', 'spread', 'merge')}(${expression})`,
        say`$${one('reverse', 'distinct', 'type', 'lowercase', 'base64encode', 'encodeUrl', 'zip', 'clone')}(${expression})`,
        say`$${one('append', 'join', 'lookup', 'contains', 'split', 'power', 'substringBefore', 'zip', 'round', 'pad')}(${expression}, ${expression})`,
        say`$substring(${expression}, ${one('0', '1', '-2', 'a')}, ${one('0', '1', '2', '-1', 'b')})`,
        say`$match(${expression}, ${one('/a/', '/(l)(o)?/', '/./', '/x*/', '/\\d+/')}, ${one('0', '1', '5')})`,
        say`$replace(${expression}, ${one('"l"', '/l+/', '/(.)(.)/', '/o/i')}, ${one('"<$0>"', '"$2$1"', '"$$"', 'function($m){ $m.match }', '1')})`,
        say`$split(${expression}, ${one('"l"', '""', '/[ol]/', '" "')}${one('', ', 2')})`,
        say`${expression} ~> $${one('sum', 'string', 'count', 'uppercase', 'sort', 'map(function($x){ $x })')}`,
        say`$formatNumber(${expression}, ${one('"0"', '"#,##0.00"', '"#.##;(#.##)"', '"01%"', '"000"', '"#,#,0"', '"$#"')})`,
        say`$formatInteger(${expression}, ${one('"0"', '"#,##0"', '"w"', '"Ww;o"', '"I"', '"a"', '"1;o"', '"#:##.0"')})`,
        say`$fromMillis(${expression}, ${one('"[Y]-[M]-[D]"', '"[FNn] [D1o] [MNn,3-3] [h]:[m] [P]"', '"[X]w[W]d[F1]"', '"[dwo]"')})`,
        say`$formatBase(${expression}, ${one('2', '16', '1')})`,
      ),
    };
  },
).expression;
