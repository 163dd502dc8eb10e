import type { Owner } from "./settings";

/** Page of an owner at GitHub, by which runners and scale sets register, e.g. `https://github.com/octo-org`. */
export function ownerPage(
  apiUrl: string,
  { owner, scope, repositories }: Omit<Owner, "installationId">,
): string {
  const page = apiUrl
    .replace(/^https:\/\/api\.(github\.com|[\w-]+\.ghe\.com)$/, "https://$1")
    .replace(/\/api\/v3$/, "");
  return `${page}/${owner}${scope === "repository" ? `/${repositories[0]}` : ""}`;
}
