import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { MfaError } from '../core/mfa-error.js';

const MAX_DEPTH = 10;

/**
 * The body of a request as an instance of a class with class-validator decorators. Only the fields that the class
 * declares are read, nothing is converted, and whatever does not fit is refused with the list of complaints.
 *
 * It stands in for a pipe because the application's global pipes must not see these bodies: they could convert a number
 * into a code or refuse a field that the contract ignores.
 * @throws {MfaError} `invalid_request`, or `malformed_body` for a body that is no object or nests too deep
 */
export function readBody<T extends object>(Body: new () => T, raw: unknown): T {
  if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw)))
    throw new MfaError('malformed_body');
  const body = Object.assign(new Body(), pick(raw ?? {}, fieldsOf(Body)));
  // Validators recurse, and a body of 98 kB can nest deeper than the stack.
  if (Object.values(body).some((value) => nestsTooDeep(value))) throw new MfaError('malformed_body');
  const errors = validateSync(body, { forbidUnknownValues: false });
  if (errors.length > 0) throw new MfaError('invalid_request', { messages: errors.flatMap(complaints) });
  return body;
}

function fieldsOf(Body: new () => object): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Body, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

// Own fields only: `__proto__` and inherited names never reach the instance.
function pick(raw: object, fields: Set<string>): object {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => fields.has(name)));
}

function nestsTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    level = level.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function complaints({ constraints = {}, children = [] }: ValidationError): string[] {
  return [...Object.values(constraints), ...children.flatMap(complaints)];
}
