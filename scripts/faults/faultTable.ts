import { format, resolveConfig } from 'prettier';
import { faultKinds } from '../../test/scenarios/faults/faultKinds.ts';
import type { CellRow, EventRow } from '../../test/scenarios/faults/cellRow.ts';
import type { End } from '../../test/scenarios/faults/cell.ts';
import { siteKey, sites } from '../../test/scenarios/faults/sites.ts';
import { withRemedies } from '../generatedPages.ts';

const marks = { connected: '●', stopped: '○', wrong: '✗' } as const;

/** docs/reference/faults.md, of what a run of all cells found. */
export async function faultTable(cells: readonly CellRow[], events: readonly EventRow[]): Promise<string> {
  const kinds = Object.keys(faultKinds);
  const largest = (of: (row: CellRow) => number): number => Math.max(0, ...cells.map(of));
  const text = `<!-- Made by \`npm run test:faults\`; do not edit. -->

# Connect under failure

Each call that connect makes to the outside met each fault, once, three times and always: ${cells.length} runs over the
simulators in virtual time. The three marks of a cell stand for these three.

| mark | meaning |
| --- | --- |
| ${marks.connected} | ends connected, and nothing was written a second time |
| ${marks.stopped} | stops in the phase of the call with the code, cause and remedy for it; nothing is left without its owner, and no link; the same request, posted when the fault is over, ends connected |
| ${marks.wrong} | does not end as it should |

Cells that failed: **${cells.filter(({ wrong }) => wrong.length > 0).length}**. The longest history had
${largest(({ result }) => result.historyEvents)} events, the largest custom status ${largest(({ result }) => result.customStatusBytes)} bytes.
The whitelist entry of Zilliz cannot be read back, so it is made again when its answer was lost: up to
${largest(({ result }) => result.whitelistEntries)} times in a run.

${table(
  ['step', 'call', ...kinds],
  sites.map((site) => siteRow(cells, siteKey(site), kinds)),
)}

An empty cell: the fault cannot meet the call. \`answer lost\`, \`garbage\` and \`truncated JSON\` come after the other side
has done what it was asked for. Where Azure says for ever that something is not there, it may be asked for it again.

## Codes

${table(
  ['fault, always', 'ends with'],
  kinds.map((kind) => [kind, codesOf(cells, kind)]),
)}

## Other events

${table(
  ['event', 'ends', 'the same request later'],
  events.map(({ event, end, later }) => [event, endOf(end), later]),
)}
${wrongCells(cells)}`;
  const options = await resolveConfig(import.meta.filename);
  return format(withRemedies(`${text}\n`), { ...options, parser: 'markdown' });
}

function siteRow(cells: readonly CellRow[], key: string, kinds: readonly string[]): readonly string[] {
  const own = cells.filter(({ site }) => siteKey(site) === key);
  const [step = '', call = ''] = key.split(' ');
  return [step, call, ...kinds.map((kind) => markOf(own.filter((row) => row.kind === kind)))];
}

function markOf(rows: readonly CellRow[]): string {
  return ([1, 3, 'always'] as const)
    .flatMap((times) => rows.filter((row) => row.times === times))
    .map(({ wrong, result }) => {
      if (wrong.length > 0) return marks.wrong;
      return result.end.status === 'failed' ? marks.stopped : marks.connected;
    })
    .join('');
}

function codesOf(cells: readonly CellRow[], kind: string): string {
  const always = cells.filter((row) => row.kind === kind && row.times === 'always');
  const codes = new Set(always.map(({ result }) => result.end.code ?? 'connected'));
  return [...codes]
    .toSorted()
    .map((code) => `\`${code}\``)
    .join(', ');
}

function endOf({ status, code, phase }: End): string {
  return code === null ? status : `\`${code}\` in ${phase ?? 'no phase'}`;
}

function wrongCells(cells: readonly CellRow[]): string {
  const wrong = cells.filter((row) => row.wrong.length > 0);
  if (wrong.length === 0) return '';
  const rows = wrong.map(({ site, kind, times, wrong: faults }) => [
    `${siteKey(site)}: ${kind}, ${times}`,
    faults.join('; '),
  ]);
  return `\n## Cells that failed\n\n${table(['cell', 'what is wrong'], rows)}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
