/** `T` with every key optional, at every depth; lists and plain values are given whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

/**
 * Merges an overlay into a base: objects key by key at every depth, everything else replaced.
 * Neither of the two is changed. A key whose value is `undefined` keeps the base's.
 */
export function mergeDeep<B extends object, O extends object>(base: B, overlay: O): B & O {
  const merged = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(overlay)) {
    if (value === undefined) continue;
    const under = merged[key];
    merged[key] = isObject(under) && isObject(value) ? mergeDeep(under, value) : value;
  }
  return merged as B & O;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
