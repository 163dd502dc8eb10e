import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { addState } from "../../../cli/commands/state";
import type { Run } from "../groundplan";
import { inProcess } from "../in-process";
import { type StateProject, stateProject } from "../project";
import { faultsOf } from "../state/printed";

const STATE = JSON.stringify({
  version: 4,
  terraform_version: "1.11.4",
  serial: 7,
  lineage: "one",
  outputs: {},
  resources: [],
});

let project: StateProject;
let server: Server;

/** The bucket: its objects by path, the same content for every version. */
let objects: Map<string, string>;

beforeEach(async () => {
  project = stateProject({ bucket: "states", locking: "s3" });
  objects = new Map([["/states/state/terraform.tfstate", STATE]]);
  server = createServer((request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    const chunks: Buffer[] = [];
    request
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("end", () => {
        if (request.method === "PUT") objects.set(path, Buffer.concat(chunks).toString());
        if (request.method === "DELETE") objects.delete(path);
        const found = objects.get(path);
        response.writeHead(request.method === "GET" && found === undefined ? 404 : 200);
        response.end(request.method === "GET" ? found : undefined);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  project.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Runs `state restore` at a terminal at which somebody answers. */
async function restore(answer: string, ...args: readonly string[]): Promise<Run> {
  const { port } = server.address() as AddressInfo;
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  terminal.write(`${answer}\n`);
  const real = Object.getOwnPropertyDescriptor(process, "stdin") as PropertyDescriptor;
  const here = jest.spyOn(process, "cwd").mockReturnValue(project.folder);
  const asked = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  Object.defineProperty(process, "stdin", { configurable: true, value: terminal });
  try {
    return await inProcess(addState, ["state", "restore", "state", "v1", ...args], environment);
  } finally {
    Object.defineProperty(process, "stdin", real);
    here.mockRestore();
    asked.mockRestore();
  }
}

test("a restore that nobody wants leaves all as it is, and says so in JSON alone", async () => {
  const { code, stdout } = await restore("n", "--json");

  expect(code).toBe(0);
  const said = JSON.parse(stdout);
  expect(said).toEqual({
    format: "groundplan.state.restore",
    version: 1,
    restored: false,
    stack: "state",
    id: "v1",
  });
  expect(faultsOf(said)).toEqual([]);
  expect([...objects]).toEqual([["/states/state/terraform.tfstate", STATE]]);
});

test("without --json it is said in words", async () => {
  expect((await restore("n")).stdout).toBe("Nothing was changed.\n");
});
