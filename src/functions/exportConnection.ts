import type { HttpHandler } from '@azure/functions';
import { exportBicep } from '../domain/exportBicep.ts';
import { exportTerraform } from '../domain/exportTerraform.ts';
import type { Made } from '../domain/made.ts';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import { notAllowedHere } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/requestFaults.ts';
import { answering, problemAnswer } from './answer.ts';

const formats = { terraform: exportTerraform, bicep: exportBicep } as const;
const fileNames = { terraform: 'main.tf', bicep: 'main.bicep' } as const;

/** `GET /api/connections/{id}/export?format=terraform|bicep`: what was made, so that nobody is locked in. */
export function exportConnection(options: {
  readonly allowed: Allowed;
  readonly made: (id: string) => Promise<Made | null>;
}): HttpHandler {
  return answering(async (request) => {
    const id = request.params.id ?? '';
    const format = request.query.get('format') ?? 'terraform';
    if (!isFormat(format)) {
      return problemAnswer(problemOf('invalid-request', 'format is terraform or bicep'));
    }
    const made = isConnectionId(id) ? await options.made(id) : null;
    if (!made)
      return problemAnswer(
        problemOf('connection-not-found', 'no private endpoint carries the marks of this ID'),
      );
    const [first, ...others] = notAllowedHere(made.connection, options.allowed);
    if (first) return problemAnswer(problemOfFaults([first, ...others]));
    return {
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `inline; filename="${fileNames[format]}"`,
        'cache-control': 'no-store',
      },
      body: formats[format](made),
    };
  });
}

function isFormat(format: string): format is keyof typeof formats {
  return Object.hasOwn(formats, format);
}
