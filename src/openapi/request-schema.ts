import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { type RequestSchema, isStandardSchema } from '../http/body.js';
import type { OpenApiDocument, Schema } from './document.js';
import { ANY_OBJECT, type ObjectSchema } from './shape.js';
import { fieldSchema, type ValidationRule } from './validation-rules.js';

/** Says how a schema writes itself as JSON Schema (standardschema.dev/json-schema): zod, valibot and arktype do. */
interface JsonSchemaSource {
  jsonSchema?: { input(options: { target: string }): object };
}

/**
 * Returns what a client must send for a class with class-validator decorators or a Standard Schema. It is any object where the schema
 * cannot say it.
 */
export function requestSchema(schema: RequestSchema, { openapi }: Pick<OpenApiDocument, 'openapi'>): Schema {
  if (!isStandardSchema(schema)) return classSchema(schema);
  const target = openapi.startsWith('3.0') ? 'openapi-3.0' : 'draft-2020-12';
  return standardSchema(schema['~standard'] as JsonSchemaSource, target) ?? ANY_OBJECT;
}

function standardSchema({ jsonSchema }: JsonSchemaSource, target: string): Schema | undefined {
  try {
    const { $schema: _, ...schema } = (jsonSchema?.input({ target }) ?? {}) as Schema & { $schema?: string };
    // A reference is from the root of its own document.
    const isWhole = schema.type === 'object' && !JSON.stringify(schema).includes('"$ref"');
    return isWhole ? schema : undefined;
  } catch {
    // E.g. a transformation, which JSON Schema has no words for.
    return undefined;
  }
}

/** Returns the schema of a class with class-validator decorators. A rule that has no words in JSON Schema leaves its field open. */
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
  // `@IsDefined()` holds whatever a condition says.
  if (rules.some(({ type }) => type === 'isDefined')) return true;
  return !rules.some(({ type }) => type === 'conditionalValidation' || type === 'whitelistValidation');
}
