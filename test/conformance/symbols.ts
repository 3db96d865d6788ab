/** A symbol of a case: `${3.executionArn}`, `${3.executionArn:-1}`, `${3}`, `${3.$error}`, `${4.Messages[0].Body.$json}`. */
export const SYMBOL = /\$\{\d+[^}]*\}/g;
const PARTS = /^\$\{(\d+)([^}:]*)(?::(-?\d+))?\}$/;

export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What a step came to. */
export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'refused';
      readonly operation: string;
      readonly code: string;
      readonly message: string;
      readonly status: number;
    };

/** What a symbol stands for, given the answers so far by step number; undefined when nothing is there. */
export function resolveSymbol(symbol: string, answerOf: (n: number) => Answer | undefined): unknown {
  const [, n, path = '', part] = PARTS.exec(symbol) ?? [];
  const answer = n === undefined ? undefined : answerOf(Number(n));
  if (answer === undefined) return undefined;
  const steps = path.match(/\$?[\w-]+(?=[.[]|$)|\[-?\d+\]/g) ?? [];
  const found = steps.reduce<unknown>((value, step) => follow(value, step, answer), shownAnswer(answer));
  return part === undefined ? found : String(found).split(':').at(Number(part));
}

function follow(value: unknown, step: string, answer: Answer): unknown {
  if (step === '$error')
    return answer.kind === 'refused'
      ? `An error occurred (${answer.code}) when calling the ${answer.operation} operation: ${answer.message}`
      : undefined;
  if (step === '$typename') return answer.kind === 'refused' ? answer.code : undefined;
  if (step === '$json') return typeof value === 'string' ? JSON.parse(value) : value;
  if (step.startsWith('[')) return Array.isArray(value) ? (value.at(Number(step.slice(1, -1))) as unknown) : undefined;
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
}

/** An answer as the recordings show it: with its HTTP status, a refusal with AWS's code and text. */
function shownAnswer(answer: Answer): unknown {
  if (answer.kind === 'value') return answer.value;
  const { code, message, status } = answer;
  return {
    Error: { Code: code, Message: message },
    ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: status },
    message,
  };
}

/** A value with every symbol in it replaced; a text that is one symbol becomes what it stands for, of whatever type. */
export function substituteSymbols(value: unknown, resolve: (symbol: string) => unknown): unknown {
  if (typeof value === 'string')
    return PARTS.test(value) ? resolve(value) : value.replace(SYMBOL, (symbol) => String(resolve(symbol)));
  if (Array.isArray(value)) return value.map((item) => substituteSymbols(item, resolve));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, substituteSymbols(member, resolve)]));
}
