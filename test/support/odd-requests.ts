import * as fc from 'fast-check';
import { type Insider, oddBody, written } from './odd-bodies.js';
import type { AnyRequest } from './wire-client.js';

/** With a session or without, the right password or another: part by part as its insider allows. */
export type OddRequest = (insider: Insider) => AnyRequest;

const ROUTES = [
  '/mfa',
  '/mfa/recovery',
  '/mfa/sms/request',
  '/mfa/sms/verify',
  '/mfa/step-up',
  '/mfa/step-up/challenge',
  '/mfa/step-up/verify',
  '/mfa/login/challenge',
  '/mfa/login/verify',
  '/mfa/factors',
  '/mfa/factors/sms-of-5',
  '/mfa/factors/sms-of-5/verify',
  '/mfa/logout',
  '/mfa/authtoken/login',
  '/mfa/authtoken/login',
  '/mfa/oauth2/token',
  '/mfa/oauth2/token',
];
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND', 'TRACE', 'LINK'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/vnd.api+json',
  'nonsense',
  '',
];

const mostly = fc.nat({ max: 4 }).map((number) => number > 0);
const headerText = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'accept',
    'content-encoding',
    'cookie',
    'expect',
    'if-none-match',
    'range',
    'sec-fetch-site',
    'sec-purpose',
    'origin',
    'x-forwarded-for',
    'x-http-method-override',
    'x-user-id',
    'forwarded',
  ),
  fc.oneof(fc.constantFrom('gzip', 'br', 'deflate', '*', 'bytes=0-1', 'DELETE', 'prefetch', 'cross-site'), headerText),
  { maxKeys: 3 },
);
const authorization = fc.oneof(
  { weight: 4, arbitrary: fc.constant('session' as const) },
  { weight: 2, arbitrary: fc.constant('client' as const) },
  { weight: 2, arbitrary: fc.constant('none' as const) },
  { weight: 2, arbitrary: headerText.map((text) => ({ text })) },
);
const path = fc.tuple(
  fc.oneof(
    { weight: 19, arbitrary: fc.constantFrom(...ROUTES) },
    fc.webPath().map((more) => `/mfa${more}`),
  ),
  fc.constantFrom('', '', '/', '/', '/', '/', '/', '//', '/x'),
  fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    fc.webQueryParameters().map((query) => `?${query}`),
  ),
);

/** Requests of every kind to the module's routes; none of them can know a right code. */
export const oddRequest: fc.Arbitrary<OddRequest> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    fitting: mostly,
    path,
    type: fc.constantFrom(...TYPES),
    fittingType: mostly,
    authorization,
    session: fc.nat(),
    oddHeaders: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, oddHeaders),
    body: oddBody,
  })
  .map((parts) => (insider) => {
    const { path: whole, method, fitting, authorization: by } = parts;
    const [content, type] = written(parts.body, insider);
    const authorized = authorizationOf(by, insider, parts.session);
    return {
      method: fitting ? methodOf(whole[0]) : method,
      path: encodeURI(whole.join('')),
      headers: {
        ...parts.oddHeaders,
        'content-type': parts.fittingType ? type : parts.type,
        ...(authorized !== undefined && { authorization: authorized }),
      },
      body: content,
    };
  });

function methodOf(route: string): string {
  if (route.startsWith('/mfa/sms/')) return 'PUT';
  if (route === '/mfa/factors/sms-of-5') return 'PATCH';
  return route === '/mfa' || route === '/mfa/recovery' ? 'GET' : 'POST';
}

function authorizationOf(
  by: 'session' | 'client' | 'none' | { text: string },
  { sessions, clientId, clientSecret }: Insider,
  session: number,
): string | undefined {
  if (typeof by === 'object') return by.text;
  if (by === 'none') return undefined;
  if (by === 'client') return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  return `Token ${sessions()[session % sessions().length]}`;
}
