/** Text that is HTML already. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Part[];

/** A piece of HTML; what is put in is escaped, unless it is HTML itself. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: texts.reduce((before, text, i) => `${before}${markupOf(parts[i - 1] ?? '')}${text}`),
});

function markupOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A whole page that needs nothing else, and reads well on paper too. */
export const page = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>${body}</body>
</html>
`.markup;

const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dce2, #3a4048); --quiet: light-dark(#5b6470, #9aa4b0); --bar: light-dark(#2f6fdb, #6ea2ff); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
header { border-left: .4rem solid var(--line); padding-left: 1rem; }
header p { margin: .25rem 0; }
header.done { border-color: #2e9e5b; } header.aborted, header.refused { border-color: #d29a1f; } header.failed { border-color: #cf3a3a; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; } tr:first-child th { color: var(--quiet); font-weight: 400; }
.bar { width: 30%; } .bar i { display: block; height: .7rem; margin-top: .35rem; min-width: 2px; background: var(--bar); border-radius: 2px; }
.quiet { color: var(--quiet); } .warn { color: light-dark(#9a5b00, #f0b24a); }
pre { overflow-x: auto; font-size: .85rem; }
footer { margin-top: 3rem; font-size: .85rem; } footer p { margin: 0; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } }
`;
