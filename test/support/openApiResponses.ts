import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnySchema } from 'ajv';
import { openApiDocument } from '../../src/http/openApi/document.ts';
import type { Answer } from '../../sandbox/rig/deployment.ts';

interface MediaType {
  readonly schema: AnySchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: { readonly 'application/json': MediaType } };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers?: Readonly<Record<string, { readonly required: boolean }>>;
        readonly content: Readonly<Record<string, MediaType>>;
      }
    >
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

/** Checks responses against the OpenAPI document, and records the ones it has checked. */
export class OpenApiAnswers {
  readonly #document = openApiDocument() as Document;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  readonly #seen = new Set<string>();

  /** What the document does not say of the answer, in words; empty when it says all. */
  faultsOf(method: string, path: string, answer: Answer): readonly string[] {
    const { operationId, responses } = this.#operation(method, path);
    this.#seen.add(`${operationId} ${answer.status}`);
    const documented = responses[answer.status] ?? (answer.status >= 500 ? responses.default : undefined);
    if (!documented) return [`status ${answer.status} is not documented`];
    const missing = Object.entries(documented.headers ?? {})
      .filter(([name, { required }]) => required && !answer.headers.has(name))
      .map(([name]) => `the header ${name} is documented and not there`);
    const undocumented = ['location', 'retry-after', 'www-authenticate']
      .filter((name) => answer.headers.has(name) && !documented.headers?.[name])
      .map((name) => `the header ${name} is there and not documented`);
    return [...missing, ...undocumented, ...this.#bodyFaults(documented.content, answer)];
  }

  /** Whether a body may be sent there, after the document. */
  accepts(method: string, path: string, body: unknown): boolean {
    const { requestBody } = this.#operation(method, path);
    return (
      requestBody !== undefined && this.#check(requestBody.content['application/json'].schema, body) === ''
    );
  }

  /** The examples that their schemas refuse, as `operation: fault`. */
  faultsOfExamples(): readonly string[] {
    return Object.values(this.#document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId, requestBody, responses }) => {
        const bodies = [...Object.values(responses), ...(requestBody ? [requestBody] : [])];
        const types = bodies.flatMap(({ content }) => Object.values(content));
        return types.flatMap(({ schema, example, examples = {} }) => {
          const values = Object.values(examples).map(({ value }) => value);
          return [...values, ...(example === undefined ? [] : [example])]
            .map((value) => this.#check(schema, value))
            .filter((fault) => fault !== '')
            .map((fault) => `${operationId}: ${fault}`);
        });
      });
  }

  /** What is documented and has not been seen, as `operation status`; what every route can answer aside. */
  unseen(): readonly string[] {
    return Object.values(this.#document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId, responses }) =>
        Object.keys(responses)
          .filter((status) => status !== 'default' && status !== '401' && status !== '403')
          .map((status) => `${operationId} ${status}`),
      )
      .filter((answer) => !this.#seen.has(answer));
  }

  #bodyFaults(content: Readonly<Record<string, MediaType>>, { headers, body }: Answer): readonly string[] {
    const [type = ''] = (headers.get('content-type') ?? '').split(';');
    const documented = content[type];
    // The platform refuses a key without a body.
    if (body === '' && type === '') return [];
    if (!documented) return [`${type} is not documented`];
    const fault = this.#check(documented.schema, body);
    return fault === '' ? [] : [fault];
  }

  #check(schema: AnySchema, value: unknown): string {
    // References lead into the document.
    const whole = { ...(schema as object), components: this.#document.components };
    return this.#ajv.validate(whole, value) ? '' : this.#ajv.errorsText();
  }

  #operation(method: string, path: string): Operation {
    const [plain = ''] = path.split('?');
    const matching = Object.entries(this.#document.paths).find(
      ([route, methods]) =>
        methods[method.toLowerCase()] &&
        new RegExp(`^${route.replaceAll(/\{\w+\}/g, '(?!plan$)[^/]+')}$`).test(plain),
    );
    const operation = matching?.[1][method.toLowerCase()];
    if (!operation) throw new Error(`${method} ${path} is not documented`);
    return operation;
  }
}
