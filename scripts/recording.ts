// The demo as a picture for the README, line by line as it comes: `npm run recording` writes docs/images/demo.svg. Its time is
// scaled to ten seconds; where motion is not wanted, all lines are there from the start.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run recording

Writes docs/images/demo.svg: the demo as a picture, line by line, scaled to ten seconds.
`);

const root = join(import.meta.dirname, '..');
const WIDTH = 1000;
const LINE = 18;
const TOP = 30;
const COLUMNS = 118;
const SECONDS = 10;
/** Slower than the demo by itself, so that a busy machine does not distort the times that it shows. */
const SPEED = '20';

const lines = await recorded();
writeFileSync(join(root, 'docs/images/demo.svg'), picture(lines));
console.log(`docs/images/demo.svg: ${lines.length} lines`);

interface Line {
  readonly at: number;
  readonly text: string;
}

async function recorded(): Promise<readonly Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'recording-'));
  const demo = spawn(
    process.execPath,
    ['sandbox/demo/main.ts', '--speed', SPEED, '--directory', join(directory, 'demo')],
    { cwd: root },
  );
  const startedAt = Date.now();
  const found: Line[] = [{ at: 0, text: '$ npm run demo' }];
  for await (const text of createInterface({ input: demo.stdout }))
    found.push({ at: Date.now() - startedAt, text });
  rmSync(directory, { recursive: true, force: true });
  const all = Math.max(...found.map(({ at }) => at));
  return found.flatMap(({ at, text }) =>
    folded(text).map((part) => ({ at: (at / all) * SECONDS, text: part })),
  );
}

/** A line of the terminal is continued below, indented. */
function folded(text: string, indent = `${/^ */.exec(text)?.[0] ?? ''}  `): readonly string[] {
  if (text.length <= COLUMNS) return [text];
  const space = text.lastIndexOf(' ', COLUMNS);
  const end = space > indent.length ? space : text.lastIndexOf('/', COLUMNS);
  return [text.slice(0, end), ...folded(`${indent}${text.slice(end).trimStart()}`, indent)];
}

function picture(all: readonly Line[]): string {
  const height = TOP + all.length * LINE + 14;
  const rows = all.map(({ at, text }, index) => {
    const colour = text.includes('✓') ? ' fill="#7ee787"' : '';
    const y = TOP + index * LINE;
    return `<text x="18" y="${y}"${colour} style="animation-delay:${at.toFixed(2)}s">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The demo in a terminal">
<style>
text { font: 13px ui-monospace, Menlo, Consolas, monospace; white-space: pre; }
@media (prefers-reduced-motion: no-preference) { text { opacity: 0; animation: show 0.1s forwards; } }
@keyframes show { to { opacity: 1; } }
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g fill="#e6edf3">
${rows.join('\n')}
</g>
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
