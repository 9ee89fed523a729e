// Vitest runs a set-up file again for each test file, but what it imports from node_modules only once. Each run of reflect-metadata
// would add one more provider, and look-ups ask all of them.
import 'reflect-metadata';
