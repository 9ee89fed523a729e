import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

// Only what the page needs: its own scripts, styles and requests, and pictures in its text (the QR code). An attacker who finds a way to write
// into the page can then run nothing and send nothing elsewhere.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the page by name. They are read once, so no name in a request reaches the file system. */
function readFiles(): Map<string, Buffer> {
  const folder = join(import.meta.dirname, '../page');
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
  // The package brings it built for browsers.
  const client = readFileSync(fileURLToPath(import.meta.resolve('nestjs-mfa/client')));
  return new Map([...files, ['nestjs-mfa-client.js', client]]);
}

/** Serves the page. */
@Controller()
export class PageController {
  private readonly files = readFiles();

  @Get()
  @Header('Content-Security-Policy', POLICY)
  @Header('Cross-Origin-Opener-Policy', 'same-origin')
  @Header('Permissions-Policy', 'publickey-credentials-create=(self), publickey-credentials-get=(self)')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Cache-Control', 'no-cache')
  index(): StreamableFile {
    return this.file('index.html');
  }

  @Get('page/:name')
  @Header('Cross-Origin-Resource-Policy', 'same-origin')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Cache-Control', 'no-cache')
  file(@Param('name') name: string): StreamableFile {
    const content = this.files.get(name);
    if (!content) throw new NotFoundException();
    return new StreamableFile(content, { type: `${TYPES[extname(name)]}; charset=utf-8` });
  }
}
