/** The origin that browsers of better-auth's application would have. */
export const ORIGIN = 'http://bench.example';
