import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { Demo } from './demo.js';

const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 3000);

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await listen();
const demo = await app.get(Demo).prepare();
process.stdout.write(
  `\nSample application: http://${host}:${port} (a walk through it: sample-app/README.md)\n${demo}\n`,
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
