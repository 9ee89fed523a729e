import type { Type } from '@nestjs/common';
import { getMetadataStorage, Matches, ValidateIf, validateSync, type ValidationError } from 'class-validator';
import { MfaError } from '../core/mfa-error.js';

const MAX_DEPTH = 10;

/** The part of a Standard Schema (standardschema.dev) that the module uses. zod, valibot and arktype have it. */
export interface StandardSchema<Output extends object = object> {
  readonly '~standard': {
    validate(value: unknown): StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

type IssuePart = PropertyKey | { readonly key: PropertyKey };

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly IssuePart[] }[] };

/** The shape of a request's body: a class with class-validator decorators, or a Standard Schema. */
export type RequestSchema<Body extends object = object> = Type<Body> | StandardSchema<Body>;

/** Says whether something can describe a body. */
export function isRequestSchema(schema: unknown): schema is RequestSchema {
  return isStandardSchema(schema) || typeof schema === 'function';
}

/** The body of a request by either kind of schema. @throws {MfaError} as `readBody` does */
export async function readRequest<Body extends object>(schema: RequestSchema<Body>, raw: unknown): Promise<Body> {
  if (!isStandardSchema(schema)) return readBody(schema, raw);
  const result = await schema['~standard'].validate(objectOf(raw));
  if (!result.issues) return result.value;
  throw invalidFields(result.issues.map(({ message, path }) => [fieldOf(path), [message]]));
}

/**
 * The body of a request as an instance of a class with class-validator decorators. Only the fields that the class
 * declares are read, nothing is converted, and whatever does not fit is refused with the list of complaints.
 *
 * It stands in for a pipe because the application's global pipes must not see these bodies: they could convert a number
 * into a code or refuse a field that the contract ignores.
 * @throws {MfaError} `invalid_request`, or `malformed_body` for a body that is no object or nests too deep
 */
export function readBody<Body extends object>(Schema: Type<Body>, raw: unknown): Body {
  return bodyReader(Schema)(raw);
}

/** Reads bodies of one class. Keep it where many are read: which fields the class declares is looked up once. */
export function bodyReader<Body extends object>(Schema: Type<Body>): (raw: unknown) => Body {
  const fields = fieldsOf(Schema);
  return (raw) => {
    const body = Object.assign(new Schema(), objectOf(raw, fields));
    const errors = validateSync(body, { forbidUnknownValues: false });
    if (errors.length > 0) throw invalidFields(errors.map((error) => [error.property, complaints(error)]));
    return body;
  };
}

/**
 * Marks a field that may hold a proof: the challenge reads any JSON, and says what is no proof of its kind. A blank text and `null`
 * are a field that a client has left empty, which is a complaint of its own.
 */
export function IsProof(message = '$property must not be blank'): PropertyDecorator {
  const [ifText, isTyped] = [
    ValidateIf((_, value) => value === null || typeof value === 'string'),
    Matches(/\S/, { message }),
  ];
  return (target, property) => {
    ifText(target, property);
    isTyped(target, property);
  };
}

/** Says whether something is a Standard Schema. */
export function isStandardSchema(schema: unknown): schema is StandardSchema {
  const standard = (schema as Partial<StandardSchema> | null | undefined)?.['~standard'];
  return typeof standard?.validate === 'function';
}

// Own fields only: `__proto__` and inherited names never reach an instance.
function objectOf(raw: unknown, fields?: ReadonlySet<string>): object {
  if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw))) {
    throw new MfaError('malformed_body');
  }
  const entries = Object.entries(raw ?? {}).filter(([name]) => (fields ? fields.has(name) : name !== '__proto__'));
  // Validators recurse, and a body of 98 kB can nest deeper than the stack.
  if (entries.some(([, value]) => nestsTooDeep(value))) throw new MfaError('malformed_body');
  return Object.fromEntries(entries);
}

function fieldsOf(Schema: Type): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Schema, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

/** Says whether a request's body is a form. */
export function isForm(headers: Record<string, string | string[] | undefined>): boolean {
  return /^application\/x-www-form-urlencoded/i.test(headers['content-type']?.toString() ?? '');
}

/** Says whether a JSON value nests deeper than a stack of validators may go. */
export function nestsTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    level = level.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function invalidFields(errors: (readonly [field: string, messages: string[]])[]): MfaError {
  const fields: Record<string, string[]> = Object.create(null);
  for (const [field, messages] of errors) (fields[field] ??= []).push(...messages);
  return new MfaError('invalid_request', { messages: errors.flatMap(([, messages]) => messages), fields });
}

// Empty for a complaint about the body as a whole.
function fieldOf([first = '']: readonly IssuePart[] = []): string {
  return String(typeof first === 'object' ? first.key : first);
}

function complaints({ constraints = {}, children = [] }: ValidationError): string[] {
  return [...Object.values(constraints), ...children.flatMap(complaints)];
}
