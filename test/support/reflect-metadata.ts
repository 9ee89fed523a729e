// By a file of ours, so that Node loads it once. Vitest runs a set-up file again for each test file, and every further run of
// reflect-metadata is one more registry that each look-up asks.
import 'reflect-metadata';
