import { accessEntries } from "./access-entries";
import { accessPolicies } from "./access-policies";
import { addonVersions } from "./addon-versions";
import { addons } from "./addons";
import { clusterUpdates } from "./cluster-updates";
import { clusters } from "./clusters";
import { fargateProfiles } from "./fargate-profiles";
import { identityProviders } from "./identity-providers";
import { insights } from "./insights";
import { nodeGroups } from "./node-groups";
import type { Operation } from "./operation";
import { podIdentities } from "./pod-identities";
import { tags } from "./tags";
import { updates } from "./updates";
import { describeClusterVersions } from "./versions";

/** An operation, with what the path of a request names. */
export interface Route {
  readonly run: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/** Finds the operation of a request by its method and path. */
export function routeOf(method: string, pathname: string): Route | undefined {
  const segments = pathname.split("/").slice(1);
  for (const { template, run } of ROUTES) {
    const path = match(template, [method, ...segments]);
    if (path) return { run, path };
  }
  return undefined;
}

const ROUTES = Object.entries({
  ...clusters,
  ...clusterUpdates,
  ...updates,
  ...nodeGroups,
  ...fargateProfiles,
  ...addons,
  ...addonVersions,
  ...accessEntries,
  ...accessPolicies,
  ...podIdentities,
  ...identityProviders,
  ...insights,
  ...tags,
  "GET /cluster-versions": describeClusterVersions,
}).map(([route, run]) => ({ template: route.replace(" /", "/").split("/"), run }));

/** What the braces of a template stand for; names in a path are percent-encoded, as ARNs have slashes. */
function match(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) path[name] = decoded(segment);
    else if (part !== segment) return undefined;
  }
  return path;
}

/** A name that is not encoded as it should be is taken as it stands: there will be nothing of that name. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
