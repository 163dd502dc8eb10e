import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { addGraph } from "../../../cli/commands/graph";
import { addList } from "../../../cli/commands/list";
import { listStacks, withStates } from "../../../cli/list/listed-stacks";
import { findProject, readStacks } from "../../../cli/project/project";
import { inProcess } from "../in-process";
import { type SmallApp, smallApp } from "../small-app";

let app: SmallApp;
let server: Server;

const s3 = (key: string) => ({ s3: { bucket: "states", key, region: "us-east-1" } });

beforeAll(async () => {
  app = smallApp({
    "dev-api": {
      after: ["dev-network"],
      backend: s3("dev/api"),
      json: { resource: { aws_lambda_function: { a: {}, b: {} } } },
    },
    "dev-network": {
      backend: s3("dev/network"),
      json: { provider: { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] } },
    },
    tools: {},
  });
  // S3 itself: one state is there, one is not.
  server = createServer((request, response) => {
    const there = request.method === "HEAD" && request.url?.startsWith("/states/dev/network");
    response.writeHead(there ? 200 : 404, there ? { "last-modified": "Sun, 29 Nov 2026 10:11:12 GMT" } : {});
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  app.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
afterEach(() => jest.restoreAllMocks());

const environment = () => ({
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
});

function run(add: Parameters<typeof inProcess>[0], ...args: readonly string[]) {
  jest.spyOn(process, "cwd").mockReturnValue(app.folder);
  return inProcess(add, [...args, "--no-synth"], environment());
}

test("stacks stand upstream first, each with where its state is", () => {
  const stacks = readStacks(findProject(app.folder));

  expect(listStacks(stacks, ["dev-api", "dev-network"])).toEqual([
    {
      name: "dev-network",
      environment: "dev",
      unit: "network",
      dependencies: [],
      accounts: ["123456789012"],
      region: "eu-west-1",
      resources: 0,
      state: { backend: "s3", bucket: "states", key: "dev/network" },
    },
    {
      name: "dev-api",
      environment: "dev",
      unit: "api",
      dependencies: ["dev-network"],
      accounts: [],
      resources: 2,
      state: { backend: "s3", bucket: "states", key: "dev/api" },
    },
  ]);
});

test("list shows the environments with their stacks, and --state when each was written", async () => {
  const { code, stdout } = await run(addList, "list", "--state");

  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "(no environment)",
      "  tools        backend local",
      "dev",
      "  dev-network  s3://states/dev/network  written 2026-11-29 10:11 UTC",
      "  dev-api      s3://states/dev/api  not applied yet",
      "  dev-api after dev-network",
      "",
    ].join("\n"),
  );
});

test("a state that cannot be looked for is named, and hides none of the others", async () => {
  const stacks = readStacks(findProject(app.folder));
  const [one, other] = listStacks(stacks, ["dev-api", "dev-network"]);
  const refused = stacks.map((stack) =>
    stack.name === "dev-api"
      ? {
          ...stack,
          json: {
            terraform: {
              backend: { s3: { ...s3("k").s3, http_proxy: "http://proxy" } },
            },
          },
        }
      : stack,
  );
  Object.assign(process.env, environment());

  const found = await withStates(
    [one, other].flatMap((stack) => stack ?? []),
    refused,
  );

  expect(found.map(({ state }) => state.written)).toEqual(["2026-11-29T10:11:12.000Z", undefined]);
  expect(found[1]?.state.unseen).toContain("http_proxy");
});

test("graph draws a tree, a Mermaid flowchart or JSON with what is read", async () => {
  const tree = await run(addGraph, "graph");
  const drawn = await run(addGraph, "graph", "--environment", "dev", "--format", "mermaid");
  const json = await run(addGraph, "graph", "--json");

  expect(tree.stdout).toBe("dev-network\n└─ dev-api\ntools\n");
  expect(drawn.stdout).toContain('  subgraph e0["dev"]\n    s0["dev-network"]');
  expect(JSON.parse(json.stdout)).toMatchObject({
    format: "groundplan.graph",
    version: 1,
    stacks: [{ name: "dev-network" }, { name: "dev-api" }, { name: "tools" }],
    edges: [{ from: "dev-network", to: "dev-api", reads: [] }],
  });
});

test("a wrong name is answered with what was meant", async () => {
  const { code, stderr } = await run(addList, "list", "dev-netwrok");

  expect(code).toBe(2);
  expect(stderr).toContain("did you mean dev-network?");
});
