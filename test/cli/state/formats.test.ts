import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { addState } from "../../../cli/commands/state";
import { STATE_FORMATS } from "../../../cli/state/formats";
import { inProcess } from "../in-process";
import { type StateProject, stateProject } from "../project";
import { faultsOf } from "./printed";

const STATE = {
  version: 4,
  terraform_version: "1.11.4",
  serial: 7,
  lineage: "one",
  outputs: { url: {} },
  resources: [{ mode: "managed", type: "aws_vpc", name: "main", instances: [{}] }],
};
const LOCK = {
  ID: "2f4c1a3e-0000-0000-0000-000000000000",
  Operation: "OperationTypePlan",
  Info: "",
  Who: "ci@runner-7",
  Version: "1.11.4",
  Created: "2026-01-01T00:00:00.000Z",
  Path: "states/state/terraform.tfstate",
};
const VERSIONS =
  "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>state/terraform.tfstate</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>9</Size></Version></ListVersionsResult>";

let server: Server;
let project: StateProject;

/** What lies at the lock's key. */
let lock: string;
beforeEach(async () => {
  lock = JSON.stringify(LOCK);
  project = stateProject({ bucket: "states", locking: "s3" });
  // S3, as far as the state of one stack goes.
  server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url.includes("versions"))
      response.writeHead(200, { "content-type": "application/xml" }).end(VERSIONS);
    else response.end(url.includes(".tflock") ? lock : JSON.stringify(STATE));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  project.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function printed(...args: readonly string[]): Promise<{ readonly [key: string]: unknown }> {
  const here = jest.spyOn(process, "cwd").mockReturnValue(project.folder);
  try {
    const { stdout } = await inProcess(addState, ["state", ...args, "--json"], {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    return JSON.parse(stdout);
  } finally {
    process.exitCode = 0;
    here.mockRestore();
  }
}

test("what state prints with --json is what its schemas say", async () => {
  const documents = [
    await printed("locks"),
    await printed("versions", "state"),
    await printed("show", "state"),
  ];
  expect(documents.map(faultsOf)).toEqual([[], [], []]);
  expect(documents).toMatchObject([
    { locks: [{ stack: "state", Who: "ci@runner-7" }], looked: 1 },
    { versions: [{ id: "v1" }], workspace: "default" },
    { serial: 7, resources: ["aws_vpc.main"], outputs: ["url"] },
  ]);
  lock = "not a lock";
  const damaged = await printed("locks");
  expect(faultsOf(damaged)).toEqual([]);
  expect(damaged).toMatchObject({ locks: [{ stack: "state", damaged: expect.any(String) }] });
  // What a restore prints is in the tests of the command: it asks first.
  expect(Object.keys(STATE_FORMATS)).toHaveLength(documents.length + 1);
  // A key that no schema names, another version, and a field that is missing.
  const [locks] = documents;
  expect(faultsOf({ ...locks, more: 1 })).toEqual([" must NOT have additional properties"]);
  expect(faultsOf({ ...locks, version: 2 })).toEqual(["/version must be equal to constant"]);
  expect(faultsOf({ ...locks, looked: undefined })).toEqual([" must have required property 'looked'"]);
  expect(faultsOf([])).toEqual(["no format undefined"]);
});
