import { failure } from '../failure.ts';
import type { Run } from '../evaluator/frame.ts';
import { allocate, spend } from '../meter.ts';
import { native, type Native, type Natives } from './native.ts';

/** (JSONata, "String functions": Base64 and URLs) */
export const encodingFunctions: Natives = {
  base64encode: coder((text) => Buffer.from(text, 'latin1').toString('base64')),
  base64decode: coder((text) => Buffer.from(text, 'base64').toString('latin1')),
  encodeUrlComponent: urlCoder('encodeUrlComponent', encodeURIComponent),
  encodeUrl: urlCoder('encodeUrl', encodeURI),
  decodeUrlComponent: urlCoder('decodeUrlComponent', decodeURIComponent),
  decodeUrl: urlCoder('decodeUrl', decodeURI),
};

function coder(code: (text: string) => string): Native {
  return native('<s-:s>', 1, (run: Run, text?: string) => {
    if (text === undefined) return undefined;
    spend(run.meter, text.length >> 2);
    const result = code(text);
    allocate(run.meter, result.length);
    return result;
  });
}

function urlCoder(functionName: string, code: (text: string) => string): Native {
  return coder((text) => {
    try {
      return code(text);
    } catch {
      throw failure('D3140', { value: text, functionName }); // half a character, or a percent sign that begins nothing
    }
  });
}
