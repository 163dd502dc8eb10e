import { findProject, isSynthesized, readStacks, type Stack } from "../project/project";
import { readSettings } from "../project/settings";
import type { PreviewPlatform } from "./platform";

/** Names that the stack `preview-shared` has beside those of previews, in every platform. */
const OWN = ["previews", "preview-shared", "preview-expire", "preview-wake"];

/**
 * Names that no new preview may have, for what a preview makes begins with `<platform>-<environment>-<name>`, and so does
 * what the platform itself has made: a preview `api` would claim what the service `api` is called.
 *
 * @param stacks - of the platform, synthesized: every name in them counts, and each of its beginnings.
 */
export function platformNames(
  stacks: readonly Pick<Stack, "json">[],
  { platform, environment }: { readonly platform: string; readonly environment: string },
): ReadonlySet<string> {
  const found = new Set(OWN);
  const prefix = `${platform}-${environment}-`;
  for (const { json } of stacks) {
    for (const text of textsOf(json.resource)) {
      if (!text.startsWith(prefix)) continue;
      const words = /^[a-z0-9-]*/.exec(text.slice(prefix.length))?.[0].split("-") ?? [];
      for (let count = 1; count <= words.length; count += 1) found.add(words.slice(0, count).join("-"));
    }
  }
  return found;
}

/**
 * Every name that is the platform's own: of its environments, whose states lie beside those of previews, and what its
 * stacks make. Where no checkout is synthesized, what every platform has.
 */
export function reservedNames(platform: PreviewPlatform): ReadonlySet<string> {
  const environment = platform.need("environment");
  const place = { platform: platform.need("platform"), environment };
  if (platform.root === undefined) return new Set([environment, ...platformNames([], place)]);
  const project = findProject(platform.root);
  const stacks = isSynthesized(project) ? readStacks(project) : [];
  const { promotion = [] } = readSettings(project);
  return new Set([environment, ...promotion, ...platformNames(stacks, place)]);
}

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const one of Object.values(value)) yield* textsOf(one);
}
