"use strict";

// Looks at as many previews as the argument says, in an S3 of this process, judges them as `preview gc` does, and writes
// down the warning of nine in ten of them: two calls for each.
const { createServer } = require("node:http");

const count = Number(process.argv[2]);
const KEY = /^\/acme-dev-state\/environments\/([a-z0-9-]+)\/metadata\.json$/;
let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (searchParams.get("list-type") === "2") return void response.end(page(searchParams));
  const [, name = ""] = KEY.exec(pathname) ?? [];
  if (request.method === "PUT") {
    const isKnown = request.headers["if-match"] === '"1"';
    return void request.resume().on("end", () => response.writeHead(isKnown ? 200 : 412).end());
  }
  response.writeHead(200, { etag: '"1"' }).end(JSON.stringify(metadataOf(name)));
});
server.listen(0, "127.0.0.1", async () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
  });
  const { PreviewStore } = require("../../cli/dist/preview/store");
  const { sweep, warned } = require("../../cli/dist/preview/sweep");
  const store = new PreviewStore({ bucket: "acme-dev-state", region: "us-east-1" });
  const previews = await store.all();
  const now = Date.parse("2026-11-03T10:00:00Z");
  const findings = sweep({ previews, tagged: new Map(), now, isAlive: () => false });
  if (previews.length !== count || findings.length !== count)
    throw new Error(`${findings.length} findings of ${previews.length} previews`);
  const stored = new Map(previews.map((/** @type {{ name: string }} */ one) => [one.name, one]));
  const warnings = findings.filter((/** @type {{ action: string }} */ { action }) => action === "warn");
  if (warnings.length !== count - Math.ceil(count / 10)) throw new Error(`${warnings.length} are warned of`);
  for (const { name } of warnings)
    await store.change(name, (/** @type {any} */ found) => warned(found, name, now), stored.get(name));
  if (asked > 2 * count + Math.max(1, Math.ceil(count / 1000)))
    throw new Error(`${asked} calls for ${count} previews`);
  server.closeAllConnections();
  server.close();
});

/** A page of a thousand names. @param {URLSearchParams} asked */
function page(asked) {
  const from = Number(asked.get("continuation-token") ?? 0);
  const to = Math.min(count, from + 1000);
  const names = Array.from(
    { length: to - from },
    (_, at) => `<CommonPrefixes><Prefix>environments/preview-${from + at}/</Prefix></CommonPrefixes>`,
  );
  const next = to < count ? `<NextContinuationToken>${to}</NextContinuationToken>` : "";
  return `<ListBucketResult><IsTruncated>${to < count}</IsTruncated>${next}${names.join("")}</ListBucketResult>`;
}

/** Every tenth is over, and the others end within a day. @param {string} name */
function metadataOf(name) {
  const isOver = name.endsWith("0");
  return {
    format: "groundplan-preview",
    version: 1,
    name,
    status: "active",
    template: "api-service",
    owner: "ana@example.com",
    ttl: "7d",
    createdAt: "2026-11-01T10:00:00.000Z",
    updatedAt: "2026-11-01T10:00:00.000Z",
    expiresAt: isOver ? "2026-11-02T10:00:00.000Z" : "2026-11-04T09:00:00.000Z",
    input: { config: { environment: { KEY: "x".repeat(1000) } } },
    history: [],
  };
}
