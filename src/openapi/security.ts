import { type HandledRoute, isGuardedBy } from '../http/own-routes.js';
import { ManagementScopeGuard } from '../session/management-scope.js';
import { SessionGuard } from '../session/session.guard.js';
import type { Operation, SecurityRequirement } from './document.js';
import type { Facts } from './facts.js';
import type { PlacedRoute } from './placed-routes.js';
import { decorated } from './route-metadata.js';

const TOKEN = 'mfaToken';
const PASSWORD = 'mfaPassword';
const CLIENT = 'mfaClient';

/**
 * Returns the security schemes of a route. The application's own decorators come first, e.g. `@ApiCookieAuth()`.
 * Without them, an application with its own credential gets the document's default.
 */
export function securityOf(route: HandledRoute, facts: Facts): Pick<Operation, 'security'> {
  const own = decorated<SecurityRequirement[]>('apiSecurity', route);
  if (own) return { security: own };
  if (isGuardedBy(route, SessionGuard)) return facts.isOwn ? {} : { security: ofSession(route, facts) };
  // A client may authenticate in the body too.
  return { security: isOfOAuth(route, facts) ? [{ [CLIENT]: [] }, {}] : [] };
}

/** Returns the definitions of the security schemes that these routes use. */
export function securitySchemes(placed: readonly PlacedRoute[], { isOwn, path, managementScope }: Facts) {
  if (isOwn) return {};
  const token = { [TOKEN]: { type: 'http', scheme: 'bearer', description: 'A token of a login.' } };
  const tokenUrl = placed.find(({ route }) => route.path === `${path}/oauth2/token`)?.path;
  if (tokenUrl === undefined) return token;
  const scopes = managementScope === undefined ? {} : { [managementScope]: 'Manage factors' };
  return {
    ...token,
    [PASSWORD]: { type: 'oauth2', flows: { password: { tokenUrl, refreshUrl: tokenUrl, scopes } } },
    [CLIENT]: { type: 'http', scheme: 'basic', description: 'The id and the secret of an OAuth2 client.' },
  };
}

function ofSession(route: HandledRoute, { hasOAuth, managementScope }: Facts): SecurityRequirement[] {
  const scopes = managementScope !== undefined && isGuardedBy(route, ManagementScopeGuard) ? [managementScope] : [];
  return [{ [TOKEN]: [] }, ...(hasOAuth ? [{ [PASSWORD]: scopes }] : [])];
}

function isOfOAuth({ path }: HandledRoute, facts: Facts): boolean {
  return path.startsWith(`${facts.path}/oauth2/`);
}
