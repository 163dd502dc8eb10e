import { clientsOf } from "../../../../cli/artifact/ami/clients";
import { preflight } from "../../../../cli/artifact/ami/preflight";
import { imageRequest, type RequestOptions } from "../../../../cli/artifact/ami/request";
import { Ec2Server } from "./ec2-server";

/** The key of a private image, in every Region that the image goes to. */

const OPTIONS: RequestOptions = {
  image: "vxlan-graviton",
  regions: ["us-east-1", "us-west-2"],
  way: "copy",
  run: "42",
  source: {
    repository: "octo-org/platform",
    ref: "refs/heads/main",
    sha: "0123456789abcdef0123456789abcdef01234567",
  },
  time: new Date("2026-11-30T12:00:00Z"),
};
const before = { ...process.env };
let server: Ec2Server;

beforeEach(async () => {
  server = await Ec2Server.start();
  Object.assign(process.env, server.environment());
});
afterEach(async () => {
  process.env = before;
  await server.stop();
});

const ALIAS = "alias/images";
const ask = (kmsKey?: string) =>
  preflight(imageRequest({ ...OPTIONS, ...(kmsKey ? { kmsKey } : {}) }), (region) => clientsOf(region), {});
const give = (region: string, state = "Enabled", spec = "SYMMETRIC_DEFAULT") =>
  server.region(region).keys.set(ALIAS, { state, spec });

test("a key that every Region has passes; of an image without one nothing is asked", async () => {
  give("us-east-1");
  give("us-west-2");
  await ask(ALIAS);
  expect(server.calls.filter(({ action }) => action === "DescribeKey").map(({ region }) => region)).toEqual(
    expect.arrayContaining(["us-east-1", "us-west-2"]),
  );
  server.calls.length = 0;
  await ask();
  expect(server.calls.map(({ action }) => action)).not.toContain("DescribeKey");
});

test.each<[string, () => void, RegExp]>([
  [
    "that a Region of the copies lacks",
    () => undefined,
    /^us-west-2 has no key alias\/images\n.*create-alias --region us-west-2 --alias-name alias\/images/,
  ],
  ["that is disabled", () => give("us-west-2", "Disabled"), /is in the state Disabled\n.*kms enable-key/],
  [
    "that is to be deleted",
    () => give("us-west-2", "PendingDeletion"),
    /is in the state PendingDeletion\n.*cancel-key-deletion/,
  ],
  [
    "of another kind",
    () => give("us-west-2", "Enabled", "RSA_2048"),
    /us-west-2 is RSA_2048 for ENCRYPT_DECRYPT, and volumes take symmetric keys alone/,
  ],
  [
    "that the credentials may not use",
    () => server.fail({ action: "DescribeKey", region: "us-west-2", code: "AccessDeniedException" }),
    /these credentials may not use key alias\/images of us-west-2\n.*<prefix>-images/,
  ],
])("a key %s is found before the build", async (_title, plant, message) => {
  give("us-east-1");
  plant();
  await expect(ask(ALIAS)).rejects.toThrow(message);
});
