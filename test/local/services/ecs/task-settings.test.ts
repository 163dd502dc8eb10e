import type { TaskDefinition } from "../../../../local/services/ecs/state";
import { containerSettings, overrideOf, taskLimits } from "../../../../local/services/ecs/task-settings";

const DEFINITION: TaskDefinition = {
  taskDefinitionArn: "arn:aws:ecs:us-east-1:123456789012:task-definition/app:1",
  family: "app",
  revision: 1,
  status: "ACTIVE",
  cpu: "256",
  memory: "512",
  containerDefinitions: [],
  volumes: [{ name: "scratch" }],
};
const IMAGE = { digest: "sha256:1", chain: "sha256:2", config: {} };
const PLACE = {
  id: "0123",
  address: "10.0.0.7",
  network: "t0123",
  cgroup: "groundplan-1/0123",
  volumeFolder: "/run/volumes/0123",
  environment: { AWS_REGION: "us-east-1" },
};

test("memory is in MiB, and CPU in units", () => {
  expect(taskLimits(DEFINITION)).toEqual({ cpu: 256, memory: 512 * 2 ** 20 });
  expect(taskLimits({ ...DEFINITION, cpu: undefined, memory: undefined })).toEqual({});
});

test("what RunTask overrides counts for that container alone", () => {
  const settings = { overrides: { containerOverrides: [{ name: "app", command: ["migrate"] }] } };
  expect(overrideOf(settings, "app")).toMatchObject({ command: ["migrate"] });
  expect(overrideOf(settings, "other")).toEqual({});
  expect(overrideOf({}, "app")).toEqual({});
});

test("secrets and overrides come before the task definition's variables", () => {
  const container = {
    name: "app",
    environment: [
      { name: "A", value: "1" },
      { name: "B", value: "1" },
      { name: "AWS_REGION", value: "own" },
    ],
    command: ["serve"],
    readonlyRootFilesystem: true,
    memory: 128,
    mountPoints: [
      { sourceVolume: "scratch", containerPath: "/tmp", readOnly: false },
      { sourceVolume: "unknown", containerPath: "/x" },
    ],
  };
  const override = { environment: [{ name: "A", value: "2" }], command: ["migrate", "up"] };
  const settings = containerSettings(DEFINITION, container, override, IMAGE, PLACE, { B: "secret" });
  expect(settings).toMatchObject({
    id: "0123-app",
    hostname: "ip-10-0-0-7",
    command: ["migrate", "up"],
    environment: { A: "2", B: "secret", AWS_REGION: "own" },
    readonlyRoot: true,
    memory: 128 * 2 ** 20,
    volumes: [{ name: "scratch", target: "/tmp", readonly: false }],
    cgroup: "/groundplan-1/0123/app",
    network: "/run/netns/t0123",
  });
});

test("an address that was signed on this machine leads to AWS from a task too, and no other is changed", () => {
  const place = { ...PLACE, environment: { AWS_ENDPOINT_URL: "http://aws.localhost:4566" } };
  const environmentOf = (value: string) =>
    containerSettings(DEFINITION, { name: "a" }, { environment: [{ name: "A", value }] }, IMAGE, place, {})
      .environment.A;
  expect(environmentOf("http://127.0.0.1:4566/b/seed?X-Amz-Date=1")).toBe(
    "http://169.254.170.1:4566/b/seed?X-Amz-Date=1",
  );
  for (const other of ["http://127.0.0.1:45661/b", "http://127.0.0.1:80/b", "see http://127.0.0.1:4566/b"])
    expect(environmentOf(other)).toBe(other);
});
