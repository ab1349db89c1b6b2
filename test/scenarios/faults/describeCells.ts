import { callsBySite } from './callsBySite.ts';
import type { CallsBefore } from './callsBySite.ts';
import { runCell } from './cell.ts';
import type { Cell, Times } from './cell.ts';
import { noteRow, rowsIn } from './cellRow.ts';
import { faultKinds, kindNames } from './faultKinds.ts';
import { startFaultRig } from './faultRig.ts';
import { siteKey, sites } from './sites.ts';
import type { Site } from './sites.ts';
import { faultsOf } from './verdict.ts';

const TIMES: readonly Times[] = [1, 3, 'always'];
/** Without FAULTS=all one cell in so many is run, spread over sites, kinds and times. */
const SAMPLE = 307;

export const allCells: readonly Cell[] = sites
  .flatMap((site) => kindNames.filter((kind) => faultKinds[kind](site)).map((kind) => ({ site, kind })))
  .flatMap((cell) => TIMES.map((times) => ({ ...cell, times })));

export function titleOf({
  site,
  kind,
  times,
}: {
  readonly site: Site;
  readonly kind: string;
  readonly times: Times;
}): string {
  return `${siteKey(site)}: ${kind}, ${times}`;
}

/** All cells that have not ended well yet, or a sample of them. */
function chosenOf(cells: readonly Cell[]): readonly Cell[] {
  const { FAULTS, FAULTS_ROWS: directory } = process.env;
  if (FAULTS !== 'all') return cells.filter((_, index) => index % SAMPLE === SAMPLE - 1);
  const rows = directory === undefined ? [] : rowsIn(directory);
  const done = new Set(rows.flatMap((row) => ('site' in row && row.wrong.length === 0 ? titleOf(row) : [])));
  return cells.filter((cell) => !done.has(titleOf(cell)));
}

/** One test for each cell of the sites that are chosen. */
export function describeCells(name: string, isChosen: (site: Site) => boolean): void {
  const chosen = chosenOf(allCells.filter(({ site }) => isChosen(site)));
  // A file must have a test, and may be done when a run is continued, or have none of the sample.
  if (chosen.length === 0) {
    it.skip(name, () => undefined);
    return;
  }
  describe(name, () => {
    let before: CallsBefore;

    beforeAll(async () => {
      const rig = await startFaultRig();
      before = await callsBySite(rig);
      await rig.stop();
    });

    it.each(chosen.map((cell) => ({ ...cell, title: titleOf(cell) })))(
      '$title',
      async ({ site, kind, times }) => {
        const result = await runCell({ site, kind, times }, before);

        const wrong = faultsOf({ site, kind, times }, result);
        noteRow({ site, kind, times, result, wrong });
        expect(wrong).toEqual([]);
      },
    );
  });
}
