import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import { sampleRequest } from '../demo/connectScenario.ts';
import type { Host } from '../host/host.ts';

/** Lines for a terminal: the sample request, and where to look afterwards. */
export function tryNext({ baseUrl, keys }: Pick<Host, 'baseUrl' | 'keys'>): readonly string[] {
  const connections = `${baseUrl}/api/connections`;
  const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
  const key = `-H 'x-functions-key: ${keys.function}'`;
  const body = `-H 'content-type: application/json' -d '${JSON.stringify(sampleRequest)}'`;
  return [
    'What would be done, and the cost:',
    `  curl -s ${connections}/plan ${key} ${body}`,
    'Connect:',
    `  curl -i ${connections} ${key} ${body}`,
    'Watch it in a browser, or read it:',
    `  ${connections}/${id}?code=${keys.function}`,
    `  curl -s ${connections}/${id} ${key}`,
    'Take it down again:',
    `  curl -i -X DELETE ${connections}/${id} ${key}`,
  ];
}
