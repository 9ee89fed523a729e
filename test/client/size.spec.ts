import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';

describe('nestjs-mfa/client', () => {
  it('has less than 1 kB as it is served, minified and not compressed, and imports nothing', async () => {
    const bundle = await rolldown({ input: 'src/client.ts' });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    expect(output.map(({ fileName }) => fileName)).toEqual(['client.js']);
    const [{ code, imports, dynamicImports, exports }] = output;
    expect([imports, dynamicImports, exports]).toEqual([[], [], ['withStepUp']]);
    expect(Buffer.byteLength(code)).toBeLessThan(1000);
  });
});
