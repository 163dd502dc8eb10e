import { type Place, pathOf, queryOf } from "../../../gateway/exchange";

/** What a request of the distribution protocol is about. */
export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "catalog" }
  | { readonly kind: "unknown" }
  | { readonly kind: "tags" | "uploads"; readonly name: string }
  | {
      readonly kind: "manifest" | "blob" | "upload" | "referrers";
      readonly name: string;
      readonly reference: string;
    };

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints */
export function routeOf(url: string): Route {
  const path = pathOf(url);
  if (path === "/v2" || path === "/v2/") return { kind: "base" };
  if (path === "/v2/_catalog") return { kind: "catalog" };
  const route = withName(path);
  return "name" in route && !NAME.test(route.name) ? { kind: "unknown" } : route;
}

function withName(path: string): Route {
  const [, name = "", rest = "", reference = ""] =
    /^\/v2\/(.+)\/(tags\/list|blobs\/uploads\/?|blobs\/uploads\/(?=[^/])|manifests\/|blobs\/|referrers\/)([^/]*)$/.exec(
      path,
    ) ?? [];
  if (rest === "tags/list") return { kind: "tags", name };
  if (rest.startsWith("blobs/uploads")) {
    return reference === "" ? { kind: "uploads", name } : { kind: "upload", name, reference };
  }
  if (rest === "manifests/") return { kind: "manifest", name, reference };
  if (rest === "blobs/") return { kind: "blob", name, reference };
  if (rest === "referrers/") return { kind: "referrers", name, reference };
  return { kind: "unknown" };
}

const REGISTRY_HOST = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.(?:amazonaws\.com|localhost)(?::\d+)?$/;

/**
 * The registry that a request is for: the one that containerd names as that which this one stands for, or its host's.
 *
 * @see https://github.com/containerd/containerd/blob/v1.6.36/docs/hosts.md#registry-host-namespace
 */
export function registryOf(url: string, host: string | undefined): Place | undefined {
  const [, account, region] =
    REGISTRY_HOST.exec(queryOf(url).get("ns") ?? "") ?? REGISTRY_HOST.exec(host ?? "") ?? [];
  return account !== undefined && region !== undefined ? { account, region } : undefined;
}
