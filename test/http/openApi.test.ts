import { openApiDocument } from '../../src/http/openApi/document.ts';
import { routes } from '../../src/http/routes.ts';

interface Document {
  paths: Record<string, Record<string, { requestBody?: unknown; security: unknown[] }>>;
}

describe('the OpenAPI document', () => {
  const { paths } = openApiDocument() as Document;

  it('has each route that is registered, and no other', () => {
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(documented.toSorted()).toEqual(
      routes.map(({ method, route }) => `${method} /api/${route}`).toSorted(),
    );
  });

  it('asks for a key or a token on every route but the anonymous ones', () => {
    for (const { method, route, right } of routes) {
      const operation = paths[`/api/${route}`]?.[method.toLowerCase()];
      expect(operation?.security).toEqual(right === 'anyone' ? [] : [{ functionKey: [] }, { entra: [] }]);
    }
  });

  it('describes the request by the schema that validates it', () => {
    expect(JSON.stringify(paths['/api/connections']?.post?.requestBody)).toContain('"deadlineMinutes"');
    expect(JSON.stringify(paths['/api/connections']?.post?.requestBody)).toContain(
      '"additionalProperties":false',
    );
  });
});
