/** Where the file systems of instances and images come from; the document that is kept. */
export interface ImageDocument {
  /** Layers of each snapshot that was made here, the topmost first. Other images are the base. */
  snapshots: Record<string, readonly string[]>;

  /** Layers that each instance is based on. */
  instances: Record<string, readonly string[]>;
}

/** A document of nothing. */
export function emptyImages(): ImageDocument {
  return { snapshots: {}, instances: {} };
}

/**
 * The layers that are still needed: those of a snapshot that is there, and those that an instance is based on. A layer of an
 * image that was deregistered stays for the instances that run from it.
 */
export function neededLayers(
  { snapshots, instances }: ImageDocument,
  present: { readonly snapshots: ReadonlySet<string>; readonly instances: ReadonlySet<string> },
): ReadonlySet<string> {
  const of = (chains: Readonly<Record<string, readonly string[]>>, there: ReadonlySet<string>) =>
    Object.entries(chains).flatMap(([id, chain]) => (there.has(id) ? chain : []));
  return new Set([...of(snapshots, present.snapshots), ...of(instances, present.instances)]);
}

/** Forgets snapshots and instances that are gone. */
export function forgetGone(
  document: ImageDocument,
  present: { readonly snapshots: ReadonlySet<string>; readonly instances: ReadonlySet<string> },
): void {
  for (const id of Object.keys(document.snapshots))
    if (!present.snapshots.has(id)) delete document.snapshots[id];
  for (const id of Object.keys(document.instances))
    if (!present.instances.has(id)) delete document.instances[id];
}
