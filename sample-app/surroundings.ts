/** Whether the sample runs for real users. Only `NODE_ENV` marks production, as for the module. */
export const inProduction = process.env['NODE_ENV'] === 'production';

export const port = Number(process.env['PORT'] ?? 3000);

/** Where browsers open the page. Passkeys belong to its domain, and browsers make none for an IP address such as 127.0.0.1. */
export const pageUrl = new URL(process.env['PAGE_URL'] || `http://localhost:${port}`);
