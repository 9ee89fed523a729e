import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { type RequestSchema, isStandardSchema } from '../http/body.js';
import type { OpenApiDocument, Schema } from './document.js';
import { ANY_OBJECT, type ObjectSchema } from './shape.js';
import { fieldSchema, type ValidationRule } from './validation-rules.js';

/** How a Standard Schema converts itself to JSON Schema (standardschema.dev/json-schema). */
interface JsonSchemaSource {
  jsonSchema?: { input(options: { target: string }): object };
}

/**
 * Returns what a client must send for a class with class-validator decorators or a Standard Schema. If the schema
 * cannot be converted to JSON Schema, that is any object.
 */
export function requestSchema(schema: RequestSchema, { openapi }: Pick<OpenApiDocument, 'openapi'>): Schema {
  if (!isStandardSchema(schema)) return classSchema(schema);
  const target = openapi.startsWith('3.0') ? 'openapi-3.0' : 'draft-2020-12';
  return standardSchema(schema['~standard'] as JsonSchemaSource, target) ?? ANY_OBJECT;
}

function standardSchema({ jsonSchema }: JsonSchemaSource, target: string): Schema | undefined {
  try {
    const { $schema: _, ...schema } = (jsonSchema?.input({ target }) ?? {}) as Schema & { $schema?: string };
    // A reference starts at the root of its own document, so it would break in this one.
    const isWhole = schema.type === 'object' && !JSON.stringify(schema).includes('"$ref"');
    return isWhole ? schema : undefined;
  } catch {
    // E.g. for a transformation, which JSON Schema cannot express.
    return undefined;
  }
}

/** Returns the schema of a class with class-validator decorators. Leaves out rules that JSON Schema cannot express. */
export function classSchema(Schema: Type): ObjectSchema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Schema, '', false, false);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const rulesOf = (name: string) => rules.filter(({ propertyName }) => propertyName === name);
  const required = names.filter((name) => isRequired(rulesOf(name)));
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, fieldSchema(rulesOf(name))])),
    // OpenAPI 3.0 refuses an empty list.
    ...(required.length > 0 && { required }),
  };
}

function isRequired(rules: readonly ValidationRule[]): boolean {
  // `@IsDefined()` applies even if a condition such as `@IsOptional()` would skip the other rules.
  if (rules.some(({ type }) => type === 'isDefined')) return true;
  return !rules.some(({ type }) => type === 'conditionalValidation' || type === 'whitelistValidation');
}
