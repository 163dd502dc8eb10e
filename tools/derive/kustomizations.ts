import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";
import { withCanary } from "./canary";

/** An image in a registry of the platform: the last word is the repository, which stays. */
const IMAGE = /^(\s*newName: )\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/.*\/([^/\s]+)$/gm;

/** The Kustomize file of an environment with its names, the registry of its images and its canary; patches and tags stay. */
export function deriveKustomization(
  text: string,
  platform: Pick<Platform, "name">,
  { name, account, region, delivery }: Pick<Environment, "name" | "account" | "region" | "delivery">,
): string {
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com/${platform.name}/${name}`;
  return withCanary(text, delivery.canary.enabled)
    .replace(/^namespace: .*$/m, `namespace: ${platform.name}-${name}`)
    .replace(/^namePrefix: .*$/m, `namePrefix: ${name}-`)
    .replace(/^(\s+app\.kubernetes\.io\/instance: ).*$/m, `$1${name}`)
    .replace(/^(\s+path: \/data\/APP_ENV\n\s+value: ).*$/gm, `$1${name}`)
    .replace(IMAGE, `$1${registry}/$2`);
}

/** The Kustomize file of the base with the platform's name. */
export function deriveBase(text: string, { name }: Pick<Platform, "name">): string {
  return text.replace(/^(\s+app\.kubernetes\.io\/part-of: ).*$/m, `$1${name}`);
}
