// Prints every import that breaks a rule, as `file:line`, and exits 1 when there is one.
import { fileURLToPath } from 'node:url';
import { findWrongArrows } from './find-wrong-arrows.ts';

const wrong = findWrongArrows(fileURLToPath(new URL('..', import.meta.url)));
for (const { file, line, to, rule } of wrong) console.error(`${file}:${line} imports ${to}\n    ${rule}`);
console.error(wrong.length === 0 ? 'Every import follows the rules.' : `\n${wrong.length} wrong imports`);
process.exitCode = wrong.length === 0 ? 0 : 1;
