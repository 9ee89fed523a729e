import type ts from 'typescript';
import type { EditedSource } from './edited-source.js';

/** Returns the value of a property of an object literal, or undefined. */
export function valueOf(
  { compiler }: EditedSource,
  object: ts.ObjectLiteralExpression,
  name: string,
): ts.Expression | undefined {
  const property = object.properties.find((one) => one.name && nameText(one.name) === name);
  if (!property) return undefined;
  if (compiler.isPropertyAssignment(property)) return property.initializer;
  return compiler.isShorthandPropertyAssignment(property) ? property.name : undefined;
}

/** Adds properties after the others. Each text is added as it is. */
export function addProperties(
  source: EditedSource,
  object: ts.ObjectLiteralExpression,
  properties: readonly string[],
): void {
  if (properties.length > 0) append(source, object, object.properties, properties);
}

/** Adds elements to an array literal, after the others. */
export function addElements(source: EditedSource, array: ts.ArrayLiteralExpression, elements: readonly string[]): void {
  append(source, array, array.elements, elements);
}

/** Returns an array literal with a line for each element. */
export function arrayText(elements: readonly string[]): string {
  return `[${elements.map((one) => `\n  ${indented(one, '  ')},`).join('')}\n]`;
}

function append(source: EditedSource, literal: ts.Node, items: ts.NodeArray<ts.Node>, texts: readonly string[]): void {
  const [first, last] = [items[0], items.at(-1)];
  const start = literal.getStart();
  const isLong = first !== undefined && source.text.slice(start, first.getStart()).includes('\n');
  const outer = source.indentAt(start);
  const indent = isLong ? source.indentAt(first.getStart()) : `${outer}  `;
  const lines = texts.map((text) => `\n${indent}${indented(text, indent)},`).join('');
  if (last && !items.hasTrailingComma) source.insert(last.end, ',');
  if (isLong) return source.insert(behindComments(source, items.end), lines);
  // Elements on the same line as the brackets move to their own line.
  if (first) source.insert(first.getStart(), `\n${indent}`);
  source.insert(literal.end - 1, `${lines}\n${outer}`);
}

// `Users, // those of the shop`: the comment belongs to what is before it.
function behindComments({ compiler, text }: EditedSource, position: number): number {
  return compiler.getTrailingCommentRanges(text, position)?.at(-1)?.end ?? position;
}

function indented(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}

function nameText(name: ts.PropertyName): string {
  return name.getText().replace(/^['"]|['"]$/g, '');
}
