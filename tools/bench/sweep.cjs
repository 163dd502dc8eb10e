"use strict";

// Looks at as many previews as the argument says, in an S3 of this process, and judges them as `preview gc` does.
const { createServer } = require("node:http");

const count = Number(process.argv[2]);
const KEY = /^\/acme-dev-state\/environments\/([a-z0-9-]+)\/metadata\.json$/;
let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (searchParams.get("list-type") === "2") return void response.end(page(searchParams));
  const [, name = ""] = KEY.exec(pathname) ?? [];
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
  const { sweep } = require("../../cli/dist/preview/sweep");
  const store = new PreviewStore({ bucket: "acme-dev-state", region: "us-east-1" });
  const previews = await store.all();
  const now = Date.parse("2026-11-03T10:00:00Z");
  const findings = sweep({ previews, tagged: new Map(), now, isAlive: () => false });
  if (previews.length !== count || findings.length !== Math.ceil(count / 10))
    throw new Error(`${findings.length} findings of ${previews.length} previews`);
  if (asked > 2 * count + 1) throw new Error(`${asked} calls for ${count} previews`);
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

/** Every tenth is over. @param {string} name */
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
    expiresAt: isOver ? "2026-11-02T10:00:00.000Z" : "2026-11-08T10:00:00.000Z",
    input: { config: { environment: { KEY: "x".repeat(1000) } } },
    history: [],
  };
}
