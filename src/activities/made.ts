import { madeOf } from '../domain/made.ts';
import type { Made } from '../domain/made.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Ports } from '../ports.ts';
import { findStored } from './stored.ts';
import { observeZonesConcerned } from './tearDownObserve.ts';

/** Everything that was made for a connection, from one fresh reading; null when no private endpoint carries its marks. */
export async function observeMade(ports: Ports, id: string): Promise<Made | null> {
  const { stored } = await findStored(ports, id);
  if (!stored) return null;
  const subject = subjectOf(stored.connection, { specReadable: stored.specReadable });
  const { zones } = await observeZonesConcerned(ports, subject);
  return madeOf(stored, { zones });
}
