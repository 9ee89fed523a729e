/** The parts of an OpenAPI document (3.0 or 3.1, from any generator) that the module reads. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, object>;
  components?: { schemas?: Record<string, object>; securitySchemes?: Record<string, object> };
}

/** A JSON Schema, limited to what both OpenAPI 3.0 and 3.1 understand. */
export interface Schema {
  $ref?: string;
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  format?: string;
  description?: string;
  enum?: readonly unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  allOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
}

/** A body in a request or an answer. */
export type Content = Record<string, { schema: Schema }>;

/** An answer to a request. */
export interface Answer {
  description: string;
  headers?: Record<string, { description: string; schema: Schema }>;
  content?: Content;
}

/** The security schemes that a request needs, each with its scopes. It needs all of them. */
export type SecurityRequirement = Record<string, readonly string[]>;

/** One method of a path. */
export interface Operation {
  operationId: string;
  summary: string;
  tags: readonly string[];
  security?: readonly SecurityRequirement[];
  parameters?: readonly { name: string; in: 'path'; required: true; schema: Schema }[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, Answer>;
}
