// What an application of Nest, TypeORM and class-validator loads anyway.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
import '@nestjs/platform-express';
import '@nestjs/typeorm';
import 'class-validator';
import 'typeorm';
import type { Import } from './cold.js';

const memory = residentMegabytes();
const began = performance.now();
await import('nestjs-mfa');
const milliseconds = performance.now() - began;
const megabytes = residentMegabytes() - memory;
process.send?.({ milliseconds, megabytes } satisfies Import);

// Without garbage, which is mostly that of Nest and TypeORM: whether V8 moves it during this import or before is chance.
function residentMegabytes(): number {
  globalThis.gc!();
  return process.memoryUsage.rss() / 2 ** 20;
}
