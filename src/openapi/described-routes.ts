import { RequestMethod } from '@nestjs/common';
import type { HandledRoute } from '../http/own-routes.js';
import { accountRoutes } from './account-routes.js';
import { answerSchemas } from './answer-schemas.js';
import type { ComponentName } from './component.js';
import type { Operation, Schema } from './document.js';
import { factorRoutes } from './factor-routes.js';
import type { Facts } from './facts.js';
import { loginRoutes } from './login-routes.js';
import { methodSchemas } from './method-schemas.js';
import { oauthErrorSchema, oauthRoutes } from './oauth-routes.js';
import { operationOf } from './operations.js';
import { errorSchema } from './refusals.js';
import type { RouteDescription, RouteTable } from './route-description.js';
import { ANY_OBJECT } from './shape.js';

/** A route and its description. */
export interface DescribedRoute {
  route: HandledRoute;
  /** The method in lower case, as in a document, e.g. `post`. */
  method: string;
  operation: Operation;
}

/** Returns the descriptions of routes. */
export function describedRoutes(routes: readonly HandledRoute[], facts: Facts): DescribedRoute[] {
  const table: RouteTable = {
    ...loginRoutes(facts),
    ...oauthRoutes(facts),
    ...accountRoutes(facts),
    ...factorRoutes(facts),
  };
  return routes.map((route) => {
    const method = RequestMethod[route.method];
    const key = `${method} ${route.path.slice(facts.path.length + 1)}`;
    const operation = operationOf(route, table[key] ?? undescribed(route, method), facts);
    return { route, method: method.toLowerCase(), operation };
  });
}

/** Returns the bodies that the descriptions refer to. */
export function componentSchemas(facts: Facts): Partial<Record<ComponentName, Schema>> {
  return {
    ...answerSchemas(facts),
    ...methodSchemas(facts),
    MfaError: errorSchema(facts),
    MfaOAuthError: oauthErrorSchema(facts),
  };
}

// For a route without a description, the guards and the path still give its refusals and its security.
function undescribed({ path, body }: HandledRoute, method: string): RouteDescription {
  const id = `mfa ${method.toLowerCase()} ${path}`.replace(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase());
  return { id, summary: '', answer: ANY_OBJECT, ...(body === 'taken' && { body: ANY_OBJECT }) };
}
