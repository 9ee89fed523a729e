/** Recognises the module's paths before the server has found a route. */
export class ModulePath {
  private readonly pattern: RegExp;
  private readonly oauth: RegExp;

  constructor(readonly path: string) {
    this.pattern = new RegExp(`/${literal(path)}(?:/|$)`, 'i');
    this.oauth = new RegExp(`/${literal(path)}/oauth2/`, 'i');
  }

  /** Says whether a URL is below the module's path, under any prefix. */
  holds(url: string): boolean {
    return this.pattern.test(pathOf(url));
  }

  /** Says whether a URL is one of the OAuth2 routes, whose errors have their own form. */
  isOAuth(url: string): boolean {
    return this.oauth.test(pathOf(url));
  }
}

/** Returns the path of a URL, decoded: Fastify decodes it before it finds the route. */
export function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Escapes a text for use in a regular expression. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
