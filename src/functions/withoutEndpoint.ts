import type { HttpResponseInit } from '@azure/functions';
import { notAllowedAlone } from '../domain/notAllowedSubject.ts';
import { faultOfOrphan } from '../domain/orphans.ts';
import type { Orphan } from '../domain/orphans.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import type { Allowed } from '../domain/bounds.ts';
import { problemAnswer } from './answer.ts';

/** The answer of routes that need the private endpoint, where the search finds none: what is left of it, if anything. */
export function withoutEndpoint(orphan: Orphan | null, allowed: Allowed): HttpResponseInit {
  if (!orphan) {
    const detail = 'neither a private endpoint nor a record carries the marks of this ID';
    return problemAnswer(problemOf('connection-not-found', detail));
  }
  const [first, ...others] = notAllowedAlone(orphan, allowed);
  if (first) return problemAnswer(problemOfFaults([first, ...others]));
  const { code, detail } = faultOfOrphan(orphan);
  return problemAnswer(problemOf(code, detail));
}
