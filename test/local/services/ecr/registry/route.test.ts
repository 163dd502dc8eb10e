import { registryOf, routeOf } from "../../../../../local/services/ecr/registry/route";

test.each([
  ["/v2/", { kind: "base" }],
  ["/v2/_catalog?n=3", { kind: "catalog" }],
  ["/v2/groundplan/dev/app/tags/list", { kind: "tags", name: "groundplan/dev/app" }],
  ["/v2/app/manifests/v1", { kind: "manifest", name: "app", reference: "v1" }],
  ["/v2/app/blobs/sha256:1", { kind: "blob", name: "app", reference: "sha256:1" }],
  ["/v2/app/blobs/uploads/", { kind: "uploads", name: "app" }],
  ["/v2/app/blobs/uploads?mount=x", { kind: "uploads", name: "app" }],
  ["/v2/app/blobs/uploads/1?digest=x", { kind: "upload", name: "app", reference: "1" }],
  ["/v2/a/blobs/b/manifests/v1", { kind: "manifest", name: "a/blobs/b", reference: "v1" }],
  ["/v2/app/referrers/sha256:1", { kind: "referrers", name: "app", reference: "sha256:1" }],
])("%s is %j", (url, route) => {
  expect(routeOf(url)).toEqual(route);
});

test.each([
  "/v2/App/manifests/v1",
  "/v2/../etc/manifests/v1",
  "/v2/app",
  "/v2//manifests/v1",
  "/v2/%2e/blobs/x",
])("planted fault: %s is of no repository", (url) => {
  expect(routeOf(url)).toEqual({ kind: "unknown" });
});

test("the registry is the one that containerd names, or the host's", () => {
  const place = { account: "210987654321", region: "eu-west-1" };
  const host = "210987654321.dkr.ecr.eu-west-1.amazonaws.com";
  expect(registryOf(`/v2/app/manifests/v1?ns=${host}`, "127.0.0.1:4566")).toEqual(place);
  expect(registryOf("/v2/app/manifests/v1", "210987654321.dkr.ecr.eu-west-1.localhost:4566")).toEqual(place);
  expect(registryOf("/v2/app/manifests/v1", "127.0.0.1:4566")).toBeUndefined();
  expect(registryOf("/v2/app/manifests/v1?ns=docker.io", undefined)).toBeUndefined();
});
