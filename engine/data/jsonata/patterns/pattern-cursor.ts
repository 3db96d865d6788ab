/** A place in a regular expression that is being read. */
export interface PatternCursor {
  /** Those in force here: `(?i:…)` changes them inside. */
  flags: { readonly ignoreCase: boolean; readonly multiline: boolean; readonly dotAll: boolean };
  readonly groupsOpened: number;
  /** In the whole expression, before it is read: they decide what `\2` and `\k` mean. */
  readonly groupCount: number;
  groupsNamed(name: string): readonly number[];
  readonly hasNames: boolean;
  atEnd(): boolean;
  sees(text: string): boolean;
  /** Moves past the text if it is here. */
  take(text: string): boolean;
  /** What the expression, which must be sticky, finds here. */
  seesPattern(expression: RegExp): string | undefined;
  /** Moves past it. */
  takePattern(expression: RegExp): string | undefined;
  /** Moves past one unit. */
  next(): number;
  /** @returns the number of the group that starts here */
  openGroup(): number;
}

export function patternCursor(source: string, flags: string): PatternCursor {
  const names = groupNames(source);
  let at = 0;
  let opened = 0;
  const seesPattern = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    return expression.exec(source)?.[0];
  };
  return {
    flags: { ignoreCase: flags.includes('i'), multiline: flags.includes('m'), dotAll: flags.includes('s') },
    get groupsOpened() {
      return opened;
    },
    groupCount: names.length,
    groupsNamed: (name) => names.flatMap((each, index) => (each === name ? [index + 1] : [])),
    hasNames: names.some((name) => name !== undefined),
    atEnd: () => at >= source.length,
    sees: (text) => source.startsWith(text, at),
    take(text) {
      const here = source.startsWith(text, at);
      if (here) at += text.length;
      return here;
    },
    seesPattern,
    takePattern(expression) {
      const found = seesPattern(expression);
      at += found?.length ?? 0;
      return found;
    },
    next: () => source.charCodeAt(at++),
    openGroup: () => ++opened,
  };
}

/** Of each group that catches text its name, undefined for those without. */
function groupNames(source: string): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const unit = source[at];
    if (unit === '\\') at++;
    else if (unit === '[') inClass = true;
    else if (unit === ']') inClass = false;
    else if (unit === '(' && !inClass) {
      if (source[at + 1] !== '?') names.push(undefined);
      else if (source[at + 2] === '<' && source[at + 3] !== '=' && source[at + 3] !== '!')
        names.push(source.slice(at + 3, source.indexOf('>', at)));
    }
  }
  return names;
}
