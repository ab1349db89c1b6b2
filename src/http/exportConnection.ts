import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import { parseParameters } from '../domain/connection/request.ts';
import { exportBicep } from '../domain/export/bicep.ts';
import type { OwnedResources } from '../domain/export/ownedResources.ts';
import { exportTerraform } from '../domain/export/terraform.ts';
import { problemOfFaults } from '../domain/failure/problem.ts';
import { endpointMissing, findConnection } from './findConnection.ts';
import type { ConnectionSources } from './findConnection.ts';
import { problemsAsResponses, problemResponse } from './response.ts';

const formats = { terraform: exportTerraform, bicep: exportBicep } as const;
const fileNames = { terraform: 'main.tf', bicep: 'main.bicep' } as const;

export const exportQuerySchema = z.object({
  format: z
    .enum(['terraform', 'bicep'])
    .default('terraform')
    .meta({ description: 'The language of the file' }),
});

/** `GET /api/connections/{id}/export?format=terraform|bicep`: the owned resources as code, so that the user is free to leave. */
export function exportConnection(options: ConnectionSources<OwnedResources>): HttpHandler {
  return problemsAsResponses(async (request) => {
    const query = parseParameters(exportQuerySchema, Object.fromEntries(request.query.entries()));
    if (!query.ok) return problemResponse(problemOfFaults(query.faults));
    const found = await findConnection(request.params.id ?? '', options);
    switch (found.kind) {
      case 'stored':
        return fileResponse(query.value.format, found.stored);
      case 'orphan':
        return endpointMissing(found.orphan);
      case 'refused':
        return found.response;
    }
  });
}

function fileResponse(format: keyof typeof formats, resources: OwnedResources): HttpResponseInit {
  return {
    status: 200,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `inline; filename="${fileNames[format]}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: formats[format](resources),
  };
}
