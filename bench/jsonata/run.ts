/**
 * What an evaluation costs with our evaluator, against the library whose language it speaks (jsonata 2.0.6, as AWS runs it).
 * `node bench/jsonata/run.ts [rounds] [milliseconds]` (7 and 100). Each expression is compiled once; both evaluators take turns
 * within a round, because a machine's speed drifts over a run, and ratios are taken within a round.
 */
import { cpus } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import library from 'jsonata';
import { toEpochMs } from '../../engine/data/instant.ts';
import { program } from '../../engine/data/jsonata/engine.ts';
import { awsLimits } from '../../engine/data/jsonata/meter.ts';
import { expressions, input } from './expressions.ts';

const [rounds = 7, milliseconds = 100] = process.argv.slice(2).map(Number);
const states = { input };
const surroundings = {
  bindings: {},
  states,
  now: toEpochMs(0),
  random: { number: () => 0.5, uuid: () => '' },
  limits: awsLimits,
};

console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
console.log(`${rounds} rounds of ${milliseconds} ms each; µs per evaluation, in turns: jsonata 2.0.6, ours, …\n`);
for (const { name, text, kind } of expressions) {
  const theirs = library(text);
  const ours = program(text);
  const evaluateTheirs = async (): Promise<unknown> => theirs.evaluate(undefined, { states });
  const evaluateOurs = (): unknown => ours.runToJson(surroundings);
  const expected: unknown = JSON.parse(JSON.stringify(await evaluateTheirs()));
  if (!isDeepStrictEqual(evaluateOurs(), expected)) throw new Error(`${name}: the answers differ`);
  const ratios: number[] = [];
  const raw: string[] = [];
  for (let round = 0; round <= rounds; round++) {
    const slow = await measure(evaluateTheirs);
    const fast = await measure(evaluateOurs);
    if (round === 0) continue; // warming up
    ratios.push(slow / fast);
    raw.push(`${slow.toFixed(2)} ${fast.toFixed(2)}`);
  }
  ratios.sort((a, b) => a - b);
  const [low = 0, middle = 0, high = 0] = [ratios[0], ratios[Math.floor(ratios.length / 2)], ratios.at(-1)];
  console.log(
    `${kind.padEnd(9)} ${name.padEnd(9)} ${middle.toFixed(1)}× (${low.toFixed(1)}–${high.toFixed(1)})   ${raw.join(' · ')}`,
  );
}

/** Microseconds for one evaluation. What is not a promise is not awaited, as in the engine. */
async function measure(evaluate: () => unknown): Promise<number> {
  const start = performance.now();
  let count = 0;
  let end = start;
  while (end - start < milliseconds) {
    for (let times = 0; times < 20; times++) {
      const result = evaluate();
      if (result instanceof Promise) await result;
    }
    count += 20;
    end = performance.now();
  }
  return ((end - start) * 1000) / count;
}
