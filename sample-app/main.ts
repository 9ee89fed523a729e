import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { Demo } from './demo.js';
import { serveDocs } from './docs.js';
import { httpAdapter } from './http-adapter.js';
import { pageUrl, port } from './surroundings.js';

// Only this machine can call it, unless you set HOST: everybody knows the demo user's password.
const host = process.env['HOST'] ?? '127.0.0.1';

const app = await NestFactory.create(AppModule, await httpAdapter());
app.enableShutdownHooks();
const demo = await app.get(Demo).prepare();
await serveDocs(app);
await listen();
const lines = Object.entries({ URL: `http://${host}:${port}`, ...demo }).map(([name, value]) => `${name}=${value}\n`);
process.stdout.write(
  `\nThe sample is running. Open ${pageUrl.origin} in a browser. A walk with curl is in sample-app/README.md.\n\n${lines.join('')}\n`,
);

async function listen(): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    new Logger('Sample').fatal(`Port ${port} is in use. Take another one: PORT=${port + 1} npm start`);
    process.exit(1);
  }
}
