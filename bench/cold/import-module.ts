// What an application of Nest, TypeORM and class-validator loads anyway.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
import '@nestjs/platform-express';
import '@nestjs/typeorm';
import 'class-validator';
import 'typeorm';
import type { Import } from './cold.js';

const memory = process.memoryUsage.rss();
const began = performance.now();
await import('nestjs-mfa');
const milliseconds = performance.now() - began;
const megabytes = (process.memoryUsage.rss() - memory) / 2 ** 20;
process.send?.({ milliseconds, megabytes } satisfies Import);
