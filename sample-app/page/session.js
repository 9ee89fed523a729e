// The token is kept in sessionStorage: it survives a reload of this tab, is not shared with other tabs, and ends with the tab. Any script in
// this page could read it, and the Content-Security-Policy lets only the page's own scripts run. A cookie that scripts cannot read is the
// other way: see docs/sessions.md.
const KEY = 'token';

/** The token of this session, or null. */
export function currentToken() {
  return sessionStorage.getItem(KEY);
}

export function keepToken(token) {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}
