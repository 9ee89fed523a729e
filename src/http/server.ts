import type { AnnouncedRequest } from './announced-body.js';

/** The parts of Express and Fastify that the module uses. Only Fastify has hooks. */
export interface Server {
  use?: (handler: (...args: never[]) => void) => void;
  addHook?: (name: string, hook: (...args: never[]) => unknown) => void;
  register?: (plugin: object) => void;
  /** Adds a route, as Fastify does. */
  route?: (route: { method: string[]; url: string; handler: Function }) => void;
}

/** A request of Express. */
export interface ExpressRequest extends AnnouncedRequest {
  method: string;
  url: string;
}

/** A request of Fastify. What is set as its headers stands before those that came. */
export interface FastifyRequest extends ExpressRequest {
  routeOptions?: { bodyLimit?: number };
}

/** A reply of Fastify. */
export interface FastifyReply {
  statusCode: number;
  getHeader(name: string): number | string | string[] | undefined;
  headers(headers: object): void;
  removeHeader(name: string): void;
  code(status: number): FastifyReply;
  send(text: string): void;
}

/** Ends a hook of Fastify, with the payload that goes on. */
export type Done = (error?: null, payload?: unknown) => void;

/** Hides headers of a request from the server, its plugins and the application. */
export function hideHeaders(request: FastifyRequest, names: readonly string[]): void {
  if (!names.some((name) => request.headers[name] !== undefined)) return;
  request.headers = { ...request.headers, ...Object.fromEntries(names.map((name) => [name, undefined])) };
}
