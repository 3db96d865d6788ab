/** Whether a path inside the folder, with `/` between names, is left out of the image. */
type Ignores = (path: string, isFolder: boolean) => boolean;

/** Left out even without a `.pointsmanignore`; a line `!…` there takes one back in. */
const always = ['.git/', '.hg/', '.svn/', '.pointsman/', '.pointsmanignore', '.DS_Store', '**/node_modules/.cache/'];

/**
 * Reads a `.pointsmanignore`, written like a `.gitignore`: a pattern a line, the last that matches decides. `#` starts
 * a comment, `!` takes back in, a `/` at the end means folders only, a `/` elsewhere ties the pattern to the folder's
 * root; `*`, `?`, `[…]` stay within a name and `**` does not. Inside a folder left out nothing is taken back in.
 */
export function ignoreRules(text: string): Ignores {
  const rules = [...always, ...text.split(/\r?\n/)].flatMap(readRule);
  return (path, isFolder) => {
    const last = rules.findLast((rule) => (isFolder || !rule.foldersOnly) && rule.matches.test(path));
    return last !== undefined && !last.takesBack;
  };
}

interface Rule {
  readonly matches: RegExp;
  readonly foldersOnly: boolean;
  readonly takesBack: boolean;
}

function readRule(line: string): Rule[] {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return [];
  const takesBack = trimmed.startsWith('!');
  const pattern = takesBack ? trimmed.slice(1) : trimmed;
  const body = pattern.replace(/\/$/, '');
  const anywhere = body.includes('/') ? '' : '(?:.*/)?';
  const matches = new RegExp(`^${anywhere}${regexOf(body.replace(/^\//, ''))}$`, 's');
  return [{ matches, foldersOnly: pattern.endsWith('/'), takesBack }];
}

const glob = /\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[^*?[]+|\[/g;

function regexOf(pattern: string): string {
  return pattern.replace(glob, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 2 && part.startsWith('['))
      return `[${part.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
    return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
}
