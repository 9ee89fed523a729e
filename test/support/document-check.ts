import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Documented, documentedIn } from './open-api.js';

/** A request as it was sent, and its answer. */
export interface Exchanged {
  method: string;
  path: string;
  /** The body that was sent as JSON. */
  json?: unknown;
  status: number;
  text: string;
  headers?: Headers;
}

const ROOT = 'document';

/** Compares what an application does with what its document says. */
export class DocumentCheck {
  /** Every operation and status that was compared, e.g. `mfaLogin 200`. */
  readonly seen = new Set<string>();
  private readonly operations: { pattern: RegExp; operation: Documented }[];
  private readonly ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

  constructor(document: OpenAPIObject) {
    this.ajv.addSchema({ ...document, $id: ROOT });
    this.operations = documentedIn(document).map((operation) => ({
      pattern: new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+').replace(/\/$/, '')}/?(\\?.*)?$`),
      operation,
    }));
  }

  /** How an answer differs from the document: nothing, or a line for each difference. Routes that it does not describe may answer anything. */
  complaints({ method, path, json, status, text, headers }: Exchanged): string[] {
    const operation = this.operationAt(method, path);
    if (!operation) return [];
    const place = `${operation.operationId} ${status}`;
    this.seen.add(place);
    const answer = operation.responses[status];
    if (!answer) return [`${place}: the document has no such answer: ${text}`];
    const undescribed = ['retry-after', 'www-authenticate'].filter(
      (name) => headers?.has(name) && !Object.keys(answer.headers ?? {}).some((one) => one.toLowerCase() === name),
    );
    const found = [...this.ofBody(operation, ['responses', String(status)], answer, text), ...undescribed];
    const sent = status < 300 && json !== undefined ? this.ofRequest(operation, json) : [];
    return [...found, ...sent].map((complaint) => `${place}: ${complaint}`);
  }

  private operationAt(method: string, path: string): Documented | undefined {
    const found = this.operations.filter(
      ({ pattern, operation }) => operation.method.toUpperCase() === method && pattern.test(path),
    );
    return found.at(-1)?.operation;
  }

  private ofBody(
    operation: Documented,
    place: string[],
    { content }: Documented['responses'][string],
    text: string,
  ): string[] {
    if (!content) return text === '' ? [] : [`a body where there is none: ${text}`];
    return this.differences(operation, [...place, 'content', 'application/json', 'schema'], JSON.parse(text));
  }

  private ofRequest(operation: Documented, json: unknown): string[] {
    const content = operation.requestBody?.content;
    if (!content?.['application/json']) return [];
    return this.differences(operation, ['requestBody', 'content', 'application/json', 'schema'], json);
  }

  private differences({ path, method }: Documented, place: string[], value: unknown): string[] {
    const pointer = ['paths', path, method, ...place].map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = this.ajv.compile({ $ref: `${ROOT}#/${pointer.join('/')}` });
    if (validate(value)) return [];
    return [`${this.ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`];
  }
}
