import { type Emulator, startEmulator } from "../../../emulator";
import { Configuration } from "../../configuration";
import { clusterResources, type Shape } from "./resources";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => emulator?.stop());

const FIRST: Shape = {
  version: "1.34",
  cidrs: [],
  logs: ["api", "audit"],
  support: "STANDARD",
  max: 2,
  team: "platform",
  coredns: "v1.12.4-eksbuild.1",
  groups: [],
};

const SECOND: Shape = {
  version: "1.35",
  cidrs: ["203.0.113.0/24"],
  logs: ["audit", "scheduler"],
  support: "EXTENDED",
  max: 3,
  team: "shop",
  coredns: "v1.14.3-eksbuild.3",
  groups: ["breakglass"],
};

/** What a cluster needs, which goes last. */
const BASE = [
  "aws_vpc",
  "aws_subnet",
  "aws_security_group",
  "aws_iam_role",
  "aws_kms_key",
  "aws_eks_cluster",
];

test("a whole cluster: applied, no second change, changed and upgraded in place, taken apart", async () => {
  const configuration = new Configuration(emulator.environment, emulator.provider);
  try {
    await configuration.use(clusterResources(FIRST));
    await configuration.apply();
    expect(await configuration.plan()).toMatchObject({ code: 0 });

    await configuration.use(clusterResources(SECOND));
    expect(await configuration.apply()).toMatch(/ 0 added, \d changed, 0 destroyed/);
    expect(await configuration.plan()).toMatchObject({ code: 0 });

    // All but the cluster: before it deletes that, the provider waits up to a minute. Other tests see it go.
    const rest = Object.entries(clusterResources(SECOND)).filter(([type]) => BASE.includes(type));
    await configuration.use(Object.fromEntries(rest));
    expect(await configuration.apply()).toMatch(/ 0 added, 0 changed, \d+ destroyed/);
    expect(await configuration.plan()).toMatchObject({ code: 0 });
  } finally {
    configuration.remove();
  }
});
