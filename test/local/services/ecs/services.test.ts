import { AwsCaller } from "../../../../local/gateway/caller";
import { clusterOperations } from "../../../../local/services/ecs/clusters";
import type { Input } from "../../../../local/services/ecs/input";
import { serviceOperations } from "../../../../local/services/ecs/services";
import { emptyDocument } from "../../../../local/services/ecs/state";
import { taskDefinitionOperations } from "../../../../local/services/ecs/task-definitions";
import { taskOperations } from "../../../../local/services/ecs/tasks";
import type { World } from "../../../../local/services/ecs/world";

const OPERATIONS = {
  ...clusterOperations,
  ...serviceOperations,
  ...taskDefinitionOperations,
  ...taskOperations,
};
const NETWORK = { awsvpcConfiguration: { subnets: ["subnet-1"] } };
const TASK = {
  family: "app",
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "app", image: "app", portMappings: [{ containerPort: 8080 }] }],
};

let world: World;

beforeEach(async () => {
  const place = { account: "123456789012", region: "us-east-1" };
  world = {
    place,
    document: emptyDocument(),
    caller: new AwsCaller(() => Promise.reject(new Error("nobody is asked")), place),
    obstacle: undefined,
    save: () => undefined,
    reconcile: () => undefined,
    launch: () => undefined,
    halt: () => undefined,
  };
  await call("CreateCluster", { clusterName: "main" });
  await call("RegisterTaskDefinition", TASK);
});

async function call(operation: string, input: Input): Promise<unknown> {
  return OPERATIONS[operation]?.({ cluster: "main", ...input }, world);
}

const create = (more: Input = {}) =>
  call("CreateService", {
    serviceName: "app",
    taskDefinition: "app",
    desiredCount: 1,
    networkConfiguration: NETWORK,
    ...more,
  });
const deployments = async () => {
  const { services } = (await call("DescribeServices", { services: ["app"] })) as {
    services: readonly { readonly desiredCount: number; readonly deployments: readonly object[] }[];
  };
  return services[0];
};

test("a service whose task definition was deregistered still scales, and takes no other that is not active", async () => {
  await create();
  await call("DeregisterTaskDefinition", { taskDefinition: "app:1" });
  await call("UpdateService", { service: "app", desiredCount: 0 });
  expect(await deployments()).toMatchObject({
    desiredCount: 0,
    deployments: [{ rolloutState: "IN_PROGRESS" }],
  });
  await expect(call("UpdateService", { service: "app", taskDefinition: "app:1" })).rejects.toThrow(
    "TaskDefinition is inactive",
  );
  await expect(call("RunTask", { taskDefinition: "app:1", networkConfiguration: NETWORK })).rejects.toThrow();
});

test("another count is no new deployment; another task definition, or force, is", async () => {
  await create();
  await call("UpdateService", { service: "app", desiredCount: 3 });
  expect((await deployments())?.deployments).toHaveLength(1);
  await call("UpdateService", { service: "app", forceNewDeployment: true });
  expect((await deployments())?.deployments).toHaveLength(2);
  await call("RegisterTaskDefinition", TASK);
  await call("UpdateService", { service: "app", taskDefinition: "app:2" });
  expect((await deployments())?.deployments).toMatchObject([
    { status: "PRIMARY" },
    { status: "ACTIVE" },
    { status: "ACTIVE" },
  ]);
});

test.each<[string, string, Input]>([
  ["a network", "Network Configuration must be provided", { networkConfiguration: undefined }],
  [
    "a container that is there",
    "The container web does not exist",
    { loadBalancers: [{ containerName: "web", containerPort: 8080 }] },
  ],
  [
    "a port that it has",
    "did not have a container port 80 defined",
    { loadBalancers: [{ containerName: "app", containerPort: 80 }] },
  ],
  ["a task definition", "Unable to describe task definition", { taskDefinition: "other" }],
])("a service needs %s", async (_, message, more) => {
  await expect(create(more)).rejects.toThrow(message);
});

test.each<[string, string, Input]>([
  ["sizes that Fargate has", "No Fargate configuration exists", { memory: "4096" }],
  ["awsvpc", "Fargate only supports network mode", { networkMode: "bridge" }],
  [
    "a role for secrets",
    "you must also specify a value for 'executionRoleArn'",
    { containerDefinitions: [{ name: "app", image: "app", secrets: [{ name: "A", valueFrom: "a" }] }] },
  ],
  [
    "an essential container",
    "at least one container must be essential",
    { containerDefinitions: [{ name: "app", image: "app", essential: false }] },
  ],
])("a task definition of Fargate needs %s", async (_, message, more) => {
  await expect(call("RegisterTaskDefinition", { ...TASK, ...more })).rejects.toThrow(message);
});

test("a service is deleted when it has been scaled to nothing, or by force; its cluster after it", async () => {
  await create();
  await expect(call("DeleteService", { service: "app" })).rejects.toThrow("scaled above 0");
  await expect(call("DeleteCluster", {})).rejects.toThrow("Services are active");
  await call("DeleteService", { service: "app", force: true });
  expect(await call("DescribeServices", { services: ["app"] })).toMatchObject({
    services: [{ status: "DRAINING" }],
  });
});
