import { applyDecorators, Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

// Only what the pages need: their own scripts, styles and requests, and pictures in their text (the QR code). An attacker who finds a way to
// write into a page can then run nothing and send nothing elsewhere.
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

/** The headers of a page. */
const Page = () =>
  applyDecorators(
    Header('Content-Security-Policy', POLICY),
    Header('Cross-Origin-Opener-Policy', 'same-origin'),
    Header('Permissions-Policy', 'publickey-credentials-create=(self), publickey-credentials-get=(self)'),
    Header('Referrer-Policy', 'no-referrer'),
    Header('X-Content-Type-Options', 'nosniff'),
    Header('Cache-Control', 'no-cache'),
  );

/** The files of the pages by name. They are read once, so no name in a request reaches the file system. */
function readFiles(): Map<string, Buffer> {
  const folder = join(import.meta.dirname, '../page');
  // Swagger UI comes with @nestjs/swagger.
  const swagger = createRequire(import.meta.resolve('@nestjs/swagger'));
  const paths = [
    ...readdirSync(folder).map((name) => join(folder, name)),
    ...['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => swagger.resolve(`swagger-ui-dist/${name}`)),
  ];
  // The package brings it built for browsers.
  const client = readFileSync(fileURLToPath(import.meta.resolve('nestjs-mfa/client')));
  return new Map([
    ...paths.map((path) => [basename(path), readFileSync(path)] as const),
    ['nestjs-mfa-client.js', client],
  ]);
}

/** Serves the page, and the page of the API's documentation. */
@Controller()
export class PageController {
  private readonly files = readFiles();

  @Get()
  @Page()
  index(): StreamableFile {
    return this.file('index.html');
  }

  @Get('docs')
  @Page()
  docs(): StreamableFile {
    return this.file('docs.html');
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
