import { randomInt, randomUUID } from "node:crypto";
import { clusterOf } from "./clusters";
import { EcsError, invalid } from "./error";
import {
  given,
  type Input,
  now,
  numberOf,
  objectOf,
  objectsOf,
  optionalText,
  textOf,
  textsOf,
} from "./input";
import type { Deployment, EcsServiceState } from "./state";
import { includedTags, putTags, tagsOf } from "./tags";
import { activeTaskDefinition, findTaskDefinition } from "./task-definitions";
import { requireNetwork } from "./tasks";
import { arnOf, type Operation, type World } from "./world";

/** What a deployment keeps of what was asked for: a change of one of these makes a new one. */
const OF_DEPLOYMENT = [
  "launchType",
  "capacityProviderStrategy",
  "platformVersion",
  "networkConfiguration",
  "loadBalancers",
  "serviceRegistries",
  "serviceConnectConfiguration",
  "volumeConfigurations",
  "enableExecuteCommand",
  "propagateTags",
  "enableECSManagedTags",
];

/** What a service keeps beside. */
const OF_SERVICE = [
  "deploymentConfiguration",
  "deploymentController",
  "healthCheckGracePeriodSeconds",
  "schedulingStrategy",
  "placementConstraints",
  "placementStrategy",
  "availabilityZoneRebalancing",
  "role",
];

/** Events that a service tells, newest first. */
const MOST_EVENTS = 100;

/** Notes an event of a service. */
export function noteEvent(service: EcsServiceState, message: string): void {
  service.events = [
    { id: randomUUID(), createdAt: now(), message: `(service ${service.serviceName}) ${message}` },
    ...service.events,
  ].slice(0, MOST_EVENTS);
}

/** Makes a new deployment the first one; those before it go on until it has taken their place. */
export function deploy(
  service: EcsServiceState,
  taskDefinition: string,
  settings: Input,
  undoes?: string,
): Deployment {
  for (const one of service.deployments) one.status = "ACTIVE";
  const deployment: Deployment = {
    id: `ecs-svc/${randomInt(1e9, 9e9)}${randomInt(1e9, 9e9)}`.slice(0, 27),
    status: "PRIMARY",
    taskDefinition,
    settings,
    createdAt: now(),
    updatedAt: now(),
    failedTasks: 0,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: "",
    ...(undoes === undefined ? {} : { undoes }),
  };
  deployment.rolloutStateReason =
    undoes === undefined
      ? `ECS deployment ${deployment.id} in progress.`
      : `ECS deployment circuit breaker: rolling back to the deployment before ${undoes}.`;
  service.deployments = [deployment, ...service.deployments];
  return deployment;
}

function describedDeployment(deployment: Deployment, service: EcsServiceState, world: World): object {
  const tasks = Object.values(world.document.tasks).filter(
    (task) => task.startedBy === deployment.id && task.lastStatus !== "STOPPED",
  );
  const { settings, undoes: _, ...rest } = deployment;
  const running = tasks.filter(
    ({ lastStatus, desiredStatus }) => lastStatus === "RUNNING" && desiredStatus === "RUNNING",
  ).length;
  const strategy = objectsOf(settings, "capacityProviderStrategy");
  return {
    ...rest,
    desiredCount: deployment.status === "PRIMARY" ? service.desiredCount : 0,
    pendingCount: tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING").length - running,
    runningCount: running,
    ...(strategy.length > 0
      ? { capacityProviderStrategy: strategy }
      : { launchType: optionalText(settings, "launchType") ?? "FARGATE" }),
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    ...given(settings, ["networkConfiguration", "serviceConnectConfiguration", "volumeConfigurations"]),
  };
}

/** A service as it is described. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export function describedService(service: EcsServiceState, input: Input, world: World): object {
  const { settings } = service;
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  const current = { ...settings, ...primary?.settings };
  const tasks = Object.values(world.document.tasks).filter(
    (task) =>
      task.clusterArn === service.clusterArn &&
      task.group === `service:${service.serviceName}` &&
      task.desiredStatus === "RUNNING",
  );
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  const strategy = objectsOf(current, "capacityProviderStrategy");
  return {
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    status: service.status,
    loadBalancers: objectsOf(current, "loadBalancers"),
    serviceRegistries: objectsOf(current, "serviceRegistries"),
    desiredCount: service.desiredCount,
    runningCount: running,
    pendingCount: tasks.length - running,
    ...(strategy.length > 0
      ? { capacityProviderStrategy: strategy }
      : { launchType: optionalText(current, "launchType") ?? "FARGATE" }),
    platformVersion: optionalText(current, "platformVersion") ?? "LATEST",
    platformFamily: "Linux",
    taskDefinition: primary?.taskDefinition ?? "",
    deploymentConfiguration: deploymentConfigurationOf(service),
    deployments: service.deployments.map((one) => describedDeployment(one, service, world)),
    roleArn: `arn:aws:iam::${world.place.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events,
    createdAt: service.createdAt,
    createdBy: service.createdBy,
    placementConstraints: objectsOf(settings, "placementConstraints"),
    placementStrategy: objectsOf(settings, "placementStrategy"),
    ...given(current, ["networkConfiguration", "volumeConfigurations"]),
    healthCheckGracePeriodSeconds: numberOf(settings, "healthCheckGracePeriodSeconds") ?? 0,
    schedulingStrategy: optionalText(settings, "schedulingStrategy") ?? "REPLICA",
    deploymentController: objectOf(settings, "deploymentController") ?? { type: "ECS" },
    enableECSManagedTags: current.enableECSManagedTags === true,
    propagateTags: optionalText(current, "propagateTags") ?? "NONE",
    enableExecuteCommand: current.enableExecuteCommand === true,
    availabilityZoneRebalancing: optionalText(settings, "availabilityZoneRebalancing") ?? "DISABLED",
    ...includedTags(world, input, service.serviceArn),
  };
}

/** How a service is deployed, with what AWS takes where nothing is said. */
export function deploymentConfigurationOf({ settings }: EcsServiceState): {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
} {
  const asked = objectOf(settings, "deploymentConfiguration") ?? {};
  const breaker = objectOf(asked, "deploymentCircuitBreaker") ?? {};
  return {
    strategy: "ROLLING",
    bakeTimeInMinutes: 0,
    ...asked,
    minimumHealthyPercent: numberOf(asked, "minimumHealthyPercent") ?? 100,
    maximumPercent: numberOf(asked, "maximumPercent") ?? 200,
    deploymentCircuitBreaker: { enable: breaker.enable === true, rollback: breaker.rollback === true },
  } as ReturnType<typeof deploymentConfigurationOf>;
}

/** The service that a request names, by name or ARN. @throws EcsError where there is none, or it is not active. */
function serviceOf(input: Input, world: World, key = "service"): EcsServiceState {
  const { clusterArn } = clusterOf(input, world);
  const service = findService(textOf(input, key), clusterArn, world);
  if (!service) throw new EcsError("ServiceNotFoundException", "Service not found.");
  if (service.status !== "ACTIVE") throw new EcsError("ServiceNotActiveException", "Service was not ACTIVE.");
  return service;
}

function findService(
  name: string,
  clusterArn: string,
  { document, place }: World,
): EcsServiceState | undefined {
  const cluster = clusterArn.slice(clusterArn.indexOf("/") + 1);
  const short = name.slice(name.lastIndexOf("/") + 1);
  return document.services[arnOf(place, `service/${cluster}/${short}`)];
}

const TAGS = { include: ["TAGS"] };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export const serviceOperations: Readonly<Record<string, Operation>> = {
  async CreateService(input, world) {
    const cluster = clusterOf(input, world);
    const serviceName = textOf(input, "serviceName");
    const serviceArn = arnOf(world.place, `service/${cluster.clusterName}/${serviceName}`);
    const known = world.document.services[serviceArn];
    if (known?.status === "ACTIVE") throw invalid("Creation of service was not idempotent.");
    if (known?.status === "DRAINING") throw invalid("Unable to Start a service that is still Draining.");
    const definition = activeTaskDefinition(textOf(input, "taskDefinition"), world);
    requireNetwork(definition, input);
    requireContainers(input, definition.containerDefinitions);
    const service: EcsServiceState = {
      serviceArn,
      serviceName,
      clusterArn: cluster.clusterArn,
      status: "ACTIVE",
      desiredCount: numberOf(input, "desiredCount") ?? 0,
      settings: given(input, OF_SERVICE),
      deployments: [],
      events: [],
      createdAt: now(),
      createdBy: `arn:aws:iam::${world.place.account}:root`,
    };
    deploy(service, definition.taskDefinitionArn, given(input, OF_DEPLOYMENT));
    world.document.services[serviceArn] = service;
    putTags(world, serviceArn, tagsOf(input));
    world.reconcile(serviceArn);
    return { service: describedService(service, TAGS, world) };
  },

  UpdateService(input, world) {
    const service = serviceOf(input, world);
    const primary = service.deployments[0];
    const name = optionalText(input, "taskDefinition");
    // What it runs already may have been deregistered since: it goes on, and scales.
    const definition =
      name === undefined
        ? findTaskDefinition(primary?.taskDefinition ?? "", world)
        : activeTaskDefinition(name, world);
    if (!definition) throw invalid("Unable to describe task definition.");
    const settings = { ...primary?.settings, ...given(input, OF_DEPLOYMENT) };
    requireNetwork(definition, settings);
    requireContainers(settings, definition.containerDefinitions);
    service.settings = { ...service.settings, ...given(input, OF_SERVICE) };
    service.desiredCount = numberOf(input, "desiredCount") ?? service.desiredCount;
    const isNew =
      input.forceNewDeployment === true ||
      definition.taskDefinitionArn !== primary?.taskDefinition ||
      JSON.stringify(settings) !== JSON.stringify(primary?.settings);
    if (isNew) deploy(service, definition.taskDefinitionArn, settings);
    world.reconcile(service.serviceArn);
    return { service: describedService(service, TAGS, world) };
  },

  DescribeServices(input, world) {
    const { clusterArn } = clusterOf(input, world);
    const services: object[] = [];
    const failures: object[] = [];
    const asked = textsOf(input, "services");
    if (asked.length === 0) throw invalid("Services cannot be empty.");
    for (const name of asked) {
      const found = findService(name, clusterArn, world);
      if (found) services.push(describedService(found, input, world));
      else failures.push({ arn: name, reason: "MISSING" });
    }
    return { services, failures };
  },

  ListServices(input, world) {
    const { clusterArn } = clusterOf(input, world);
    const all = Object.values(world.document.services);
    return {
      serviceArns: all
        .filter((one) => one.clusterArn === clusterArn && one.status === "ACTIVE")
        .map(({ serviceArn }) => serviceArn),
    };
  },

  DeleteService(input, world) {
    const service = serviceOf(input, world);
    if (service.desiredCount > 0 && input.force !== true) {
      throw invalid("The service cannot be stopped while it is scaled above 0.");
    }
    service.status = "DRAINING";
    service.desiredCount = 0;
    world.reconcile(service.serviceArn);
    return { service: describedService(service, {}, world) };
  },
};

/** @throws EcsError where a load balancer leads to a container or port that there is not. */
function requireContainers(settings: Input, containers: readonly Input[]): void {
  for (const { containerName, containerPort } of objectsOf(settings, "loadBalancers")) {
    const container = containers.find(({ name }) => name === containerName);
    if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
    if (!objectsOf(container, "portMappings").some((port) => port.containerPort === containerPort)) {
      throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
    }
  }
}
