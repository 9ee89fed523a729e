import { type HandledRoute, isGuardedBy } from '../http/own-routes.js';
import { SafeFetchGuard } from '../http/safe-fetch.guard.js';
import { ManagementScopeGuard } from '../session/management-scope.js';
import { isOpenToRecovery } from '../session/recovery-only.js';
import { SessionGuard } from '../session/session.guard.js';
import type { Answer, Content, Operation, Schema } from './document.js';
import type { Facts } from './facts.js';
import { type Refusal, refusalAnswers } from './refusals.js';
import type { RouteDescription } from './route-description.js';
import { decorated, metadataOf } from './route-metadata.js';
import { securityOf } from './security.js';
import { TEXT } from './shape.js';

/** The refusals of every route: an error, or a failure that will pass. */
const ANY: readonly Refusal[] = ['server_error', 'unavailable'];

/** A body that does not parse, is too long, or has an unknown type or coding. */
const UNREADABLE: readonly Refusal[] = ['malformed_body', ['malformed_body', 413], ['malformed_body', 415]];

/** The refusals of a body, by what the route does with it. */
const OF_BODY: Record<HandledRoute['body'], readonly Refusal[]> = {
  ignored: [],
  parsed: UNREADABLE,
  taken: ['invalid_request', ...UNREADABLE, 'unparsed_body'],
};

/** Returns one method of a path, from the decorators of its handler and controller and from its description. */
export function operationOf(route: HandledRoute, description: RouteDescription, facts: Facts): Operation {
  const { id, summary, body, content = body && inJson(body) } = description;
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  return {
    operationId: id,
    summary,
    tags: tagsOf(route),
    ...securityOf(route, facts),
    ...(parameters.length > 0 && { parameters: parameters.map(inPath) }),
    ...(content && { requestBody: { required: needsBody(content), content } }),
    responses: { ...answersOf(route, description), ...refusalsOf(route, description, facts) },
  };
}

function tagsOf(route: HandledRoute): readonly string[] {
  return decorated<string[]>('apiUseTags', route) ?? ['mfa'];
}

function answersOf({ handler }: HandledRoute, { answer }: RouteDescription): Record<string, Answer> {
  const status = metadataOf<number>('__httpCode__', handler) ?? 200;
  const empty = { [status]: { description: 'Done.' } };
  if (!answer) return empty;
  const said = { description: 'Done.', content: inJson(answer) };
  return status === 204 ? { 200: said, ...empty } : { [status]: said };
}

function refusalsOf(route: HandledRoute, description: RouteDescription, facts: Facts): Record<string, Answer> {
  const { refusals = [], errors } = description;
  return errors ?? refusalAnswers([...refusals, ...OF_BODY[route.body], ...ofGuards(route, facts), ...ANY], facts);
}

function ofGuards(route: HandledRoute, { isOwn, managementScope }: Facts): Refusal[] {
  const { controller, handler } = route;
  const isSignedIn = isGuardedBy(route, SessionGuard);
  const refusals: [boolean, Refusal][] = [
    [isSignedIn, 'not_authenticated'],
    [isSignedIn && !isOwn, 'user_required'],
    [isSignedIn && !isOpenToRecovery(controller, handler), 'recovery_required'],
    [isGuardedBy(route, ManagementScopeGuard) && managementScope !== undefined, 'insufficient_scope'],
    [isGuardedBy(route, SafeFetchGuard), 'cross_site'],
  ];
  return refusals.filter(([holds]) => holds).map(([, refusal]) => refusal);
}

function inPath(name: string): NonNullable<Operation['parameters']>[number] {
  return { name, in: 'path', required: true, schema: TEXT };
}

function inJson(schema: Schema): Content {
  return { 'application/json': { schema } };
}

function needsBody(content: Content): boolean {
  return Object.values(content).some(({ schema }) => schema.oneOf !== undefined || schema.required !== undefined);
}
