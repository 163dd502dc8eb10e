import { clientError, EcsError } from "./error";
import { given, type Input, objectOf, objectsOf, optionalText, textsOf } from "./input";
import type { Cluster } from "./state";
import { includedTags, putTags, tagsOf } from "./tags";
import { arnOf, type Operation, type World } from "./world";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** The cluster that a request names, by its name or ARN; `default` where it names none. @throws EcsError where there is none. */
export function clusterOf(input: Input, world: World, key = "cluster"): Cluster {
  const cluster = findCluster(optionalText(input, key) ?? "default", world);
  if (cluster?.status === "ACTIVE") return cluster;
  throw new EcsError("ClusterNotFoundException", "Cluster not found.");
}

function findCluster(name: string, { document, place }: World): Cluster | undefined {
  return document.clusters[name.startsWith("arn:") ? name : arnOf(place, `cluster/${name}`)];
}

function described(cluster: Cluster, input: Input, world: World): object {
  const { clusterArn } = cluster;
  const include = textsOf(input, "include");
  const tasks = Object.values(world.document.tasks).filter(
    (task) => task.clusterArn === clusterArn && task.lastStatus !== "STOPPED",
  );
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  const services = Object.values(world.document.services);
  const { settings, configuration, ...rest } = cluster;
  return {
    ...rest,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: tasks.length - running,
    activeServicesCount: services.filter((one) => one.clusterArn === clusterArn && one.status === "ACTIVE")
      .length,
    statistics: [],
    settings: include.includes("SETTINGS") ? settings : [],
    ...(configuration && include.includes("CONFIGURATIONS") ? { configuration } : {}),
    tags: [],
    ...includedTags(world, input, clusterArn),
  };
}

const ALL = { include: ["SETTINGS", "CONFIGURATIONS", "TAGS"] };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html */
export const clusterOperations: Readonly<Record<string, Operation>> = {
  CreateCluster(input, world) {
    const name = optionalText(input, "clusterName") ?? "default";
    if (!NAME.test(name)) throw new EcsError("InvalidParameterException", `Invalid cluster name: ${name}`);
    const clusterArn = arnOf(world.place, `cluster/${name}`);
    const known = world.document.clusters[clusterArn];
    // A name that is taken is answered with the cluster that has it.
    if (known?.status === "ACTIVE") return { cluster: described(known, ALL, world) };
    const cluster: Cluster = {
      clusterArn,
      clusterName: name,
      status: "ACTIVE",
      settings: settingsOf(input),
      capacityProviders: textsOf(input, "capacityProviders"),
      defaultCapacityProviderStrategy: objectsOf(input, "defaultCapacityProviderStrategy"),
      ...given(input, ["configuration", "serviceConnectDefaults"]),
    };
    world.document.clusters[clusterArn] = cluster;
    putTags(world, clusterArn, tagsOf(input));
    return { cluster: described(cluster, ALL, world) };
  },

  DescribeClusters(input, world) {
    const asked = textsOf(input, "clusters");
    const clusters: object[] = [];
    const failures: object[] = [];
    for (const name of asked.length > 0 ? asked : ["default"]) {
      const found = findCluster(name, world);
      if (found) clusters.push(described(found, input, world));
      else
        failures.push({
          arn: name.startsWith("arn:") ? name : arnOf(world.place, `cluster/${name}`),
          reason: "MISSING",
        });
    }
    return { clusters, failures };
  },

  ListClusters: (_, { document }) => ({
    clusterArns: Object.values(document.clusters)
      .filter(({ status }) => status === "ACTIVE")
      .map(({ clusterArn }) => clusterArn),
  }),

  UpdateCluster(input, world) {
    const cluster = clusterOf(input, world);
    const settings = input.settings === undefined ? {} : { settings: settingsOf(input) };
    Object.assign(cluster, settings, given(input, ["configuration", "serviceConnectDefaults"]));
    return { cluster: described(cluster, ALL, world) };
  },

  UpdateClusterSettings(input, world) {
    const cluster = clusterOf(input, world);
    cluster.settings = settingsOf(input);
    return { cluster: described(cluster, ALL, world) };
  },

  PutClusterCapacityProviders(input, world) {
    const cluster = clusterOf(input, world);
    cluster.capacityProviders = textsOf(input, "capacityProviders");
    cluster.defaultCapacityProviderStrategy = objectsOf(input, "defaultCapacityProviderStrategy");
    return { cluster: described(cluster, ALL, world) };
  },

  DeleteCluster(input, world) {
    const cluster = clusterOf(input, world);
    const { services, tasks } = world.document;
    const isHere = (one: { clusterArn: string }) => one.clusterArn === cluster.clusterArn;
    if (Object.values(services).some((one) => isHere(one) && one.status !== "INACTIVE")) {
      throw new EcsError(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
      );
    }
    if (Object.values(tasks).some((one) => isHere(one) && one.lastStatus !== "STOPPED")) {
      throw new EcsError(
        "ClusterContainsTasksException",
        "The Cluster cannot be deleted while Tasks are active.",
      );
    }
    cluster.status = "INACTIVE";
    return { cluster: described(cluster, ALL, world) };
  },

  DescribeCapacityProviders: (input) => ({
    capacityProviders: (textsOf(input, "capacityProviders").length > 0
      ? textsOf(input, "capacityProviders")
      : ["FARGATE", "FARGATE_SPOT"]
    ).map((name) => ({ name, status: "ACTIVE" })),
    failures: [],
  }),
};

function settingsOf(input: Input): Cluster["settings"] {
  const settings = objectsOf(input, "settings").map(({ name, value }) => ({
    name: String(name),
    value: String(value),
  }));
  const wrong = settings.find(({ name }) => name !== "containerInsights");
  if (wrong) throw clientError(`Invalid cluster setting name: ${wrong.name}`);
  return settings.length > 0 ? settings : [{ name: "containerInsights", value: "disabled" }];
}

/** What is told of a cluster's configuration where it has one. */
export function executeConfiguration(cluster: Cluster): Input | undefined {
  return cluster.configuration && objectOf(cluster.configuration, "executeCommandConfiguration");
}
