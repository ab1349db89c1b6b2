import { callsBySite } from './callsBySite.ts';
import type { CallsBefore } from './callsBySite.ts';
import { runCell } from './cell.ts';
import type { Times } from './cell.ts';
import { noteRow } from './cellRow.ts';
import { faultKinds, kindNames } from './faultKinds.ts';
import { startFaultRig } from './faultRig.ts';
import { siteKey, sites } from './sites.ts';
import type { Site } from './sites.ts';
import { faultsOf } from './verdict.ts';

const TIMES: readonly Times[] = [1, 3, 'always'];
/** Without FAULTS=all one cell in so many is run, spread over sites, kinds and times. */
const SAMPLE = 211;

/** One test for each cell of the sites that are chosen. */
export function describeCells(name: string, isChosen: (site: Site) => boolean): void {
  describe(name, () => {
    let before: CallsBefore;

    beforeAll(async () => {
      const rig = await startFaultRig();
      before = await callsBySite(rig);
      await rig.stop();
    });

    const cells = sites
      .filter(isChosen)
      .flatMap((site) => kindNames.filter((kind) => faultKinds[kind](site)).map((kind) => ({ site, kind })))
      .flatMap(({ site, kind }) =>
        TIMES.map((times) => ({ site, kind, times, title: `${siteKey(site)}: ${kind}, ${times}` })),
      );
    const chosen =
      process.env.FAULTS === 'all' ? cells : cells.filter((_, index) => index % SAMPLE === SAMPLE - 1);

    it.each(chosen)('$title', async ({ site, kind, times }) => {
      const result = await runCell({ site, kind, times }, before);

      const wrong = faultsOf({ site, kind, times }, result);
      noteRow({ site, kind, times, result, wrong });
      expect(wrong).toEqual([]);
    });
  });
}
