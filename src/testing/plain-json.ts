/** Says whether a value comes back from JSON as it was. A member that is undefined counts as missing. */
export function isJson(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isJson(item));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(isJson);
}

/** Returns a deeply frozen copy: code that tries to change it throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const copy = Array.isArray(value) ? value.map(frozen) : mapped(value);
  return Object.freeze(copy) as Value;
}

function mapped(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, frozen(member as unknown)]));
}
