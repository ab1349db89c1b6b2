import { failureCatalog } from '../../../src/domain/failure/catalog.ts';
import { remedyOf } from '../../../src/domain/failure/remedy.ts';
import type { FailureCode } from '../../../src/domain/failure/catalog.ts';
import { MOST_EVENTS, MOST_ENDED_STATUS_BYTES } from '../../support/runBounds.ts';
import type { Cell, CellResult, End } from './cell.ts';
import { expected } from './expected.ts';

/** What is wrong with the end of a cell, in words; empty when nothing is. */
export function faultsOf(cell: Cell, result: CellResult): readonly string[] {
  const { end, later, secondWrites, leftovers, historyEvents, customStatusBytes } = result;
  const wanted = expected(cell);
  const wrong: string[] = [];
  if (result.hits === 0) wrong.push('no call met the fault');
  if (end.status === 'connected') {
    if (!wanted.connected) wrong.push(`connected, and not stopped by ${wanted.codes.join(' or ')}`);
  } else if (!(end.status === 'degraded' && wanted.partial) && !wanted.shown?.includes(end.status)) {
    wrong.push(...wrongEnd(end, wanted.codes, wanted.phases));
  }
  if (later.status !== 'connected') wrong.push(`later ${later.status} ${later.code ?? ''}`);
  // A client that always reads "not found" can only request the resource again.
  const mayRepeat = cell.kind === 'not found (yet)' && cell.times === 'always';
  if (!mayRepeat) wrong.push(...secondWrites.map((write) => `second write ${write}`));
  wrong.push(...leftovers.map((id) => `left over: ${id}`));
  if (result.impatient) wrong.push('did not wait as long as asked to');
  if (historyEvents > MOST_EVENTS) wrong.push(`${historyEvents} events in one history`);
  if (customStatusBytes >= MOST_ENDED_STATUS_BYTES) wrong.push(`custom status of ${customStatusBytes} bytes`);
  return wrong;
}

function wrongEnd(end: End, codes: readonly FailureCode[], phases: readonly string[]): readonly string[] {
  const { status, phase, cause, remedy } = end;
  const code = codes.find((candidate) => candidate === end.code);
  if (code === undefined || !phases.includes(phase ?? '')) {
    const wanted = codes.length === 0 ? 'connected' : `${codes.join(' or ')} in ${phases.join(' or ')}`;
    return [`${status} ${end.code ?? ''} in ${phase ?? 'no phase'}, and not ${wanted}`];
  }
  // Where the names of the case are known, they replace the correction; what to request then remains.
  const next = remedyOf(code, 'connect', '').trim();
  const says = cause === failureCatalog[code].cause && remedy.length > next.length && remedy.endsWith(next);
  return says ? [] : ['cause or remedy are not those of the catalogue'];
}
