#!/usr/bin/env node
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { KeyRotation, type RotationProgress } from './index.js';

const USAGE = `Usage: nestjs-mfa <command> <file of your root module> [options]

  rotate-keys   reseals every row whose seal is not from the first of your keys
  key-report    says how many rows still need each key

  --export <name>    the name of the module in the file   (AppModule)
  --after <user id>  continues after this user            (from the start)
  --batch <rows>     rows to read at a time               (100)
`;

const COMMANDS: Record<string, Command> = {
  'rotate-keys': rotateKeys,
  'key-report': keyReport,
};

interface Options {
  export?: string;
  after?: string;
  batch?: string;
}

/** Returns true if nothing is left to do. */
type Command = (keys: KeyRotation, options: Options) => Promise<boolean>;

interface Call {
  command: Command;
  file: string;
  options: Options;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const call = read(args);
  if (!call) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { command, file, options } = call;
  const app = await start(file, options.export ?? 'AppModule');
  try {
    return (await command(app.get(KeyRotation, { strict: false }), options)) ? 0 : 1;
  } finally {
    await app.close();
  }
}

// Not strict: unknown arguments show the usage, not a stack.
function read(args: string[]): Call | undefined {
  const text = { type: 'string' } as const;
  const options = { export: text, after: text, batch: text };
  const { positionals, values } = parseArgs({ args, allowPositionals: true, strict: false, options });
  const [name = '', file = '', ...more] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const isKnown = Object.entries(values).every(([key, value]) => key in options && typeof value === 'string');
  const given = values as Options;
  if (!command || !file || more.length > 0 || !isKnown || !/^[1-9]\d*$/.test(given.batch ?? '1')) return undefined;
  return { command, file, options: given };
}

// The application itself, without its server, so it has the same keys, entity and database.
async function start(file: string, name: string): Promise<INestApplicationContext> {
  const exported = (await import(pathToFileURL(resolve(file)).href)) as Record<string, Type | undefined>;
  const module = exported[name];
  if (!module) throw new Error(`${file} exports no ${name}: name the root module with --export.`);
  return NestFactory.createApplicationContext(module, { logger: ['error', 'fatal'], abortOnError: false });
}

async function rotateKeys(keys: KeyRotation, { after, batch }: Options): Promise<boolean> {
  const onProgress = ({ rows, resealed, left, cursor }: RotationProgress) =>
    say(`${rows} rows, ${resealed} resealed, ${left} left; continue with --after '${cursor}'`);
  const { rows, resealed, left } = await keys.run({ after, batchSize: batch ? Number(batch) : undefined, onProgress });
  say(`Done: ${rows} rows, ${resealed} resealed, ${left} left.`);
  return left === 0;
}

async function keyReport(keys: KeyRotation): Promise<boolean> {
  const { primary, rows, unused } = await keys.report();
  for (const [id, count] of Object.entries({ [primary]: 0, ...rows })) {
    say(`${id}${id === primary ? ' (first)' : ''}: ${count} rows`);
  }
  for (const id of unused) say(`${id}: no row needs it`);
  return true;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
