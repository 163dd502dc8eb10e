import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { readSmallFile } from "../files/read-file";
import { LocalError } from "../options";

/** What a kubeconfig's current context says of its cluster. */
export interface ClusterAccess {
  /** Name of the context. */
  readonly context: string;

  /** URL of the Kubernetes API. */
  readonly endpoint: string;

  /** The authority's certificate: PEM in base64. */
  readonly certificateAuthorityData: string;
}

/** A kubeconfig of one cluster and one user with a token; JSON, which is YAML too. */
export function kubeconfig(access: Omit<ClusterAccess, "context">, name: string, token: string): string {
  const cluster = { server: access.endpoint, "certificate-authority-data": access.certificateAuthorityData };
  return written(name, cluster, { token });
}

/** A kubeconfig by which the API server reaches a webhook. */
export function webhookConfig(url: string): string {
  return written("groundplan", { server: url }, {});
}

function written(name: string, cluster: object, user: object): string {
  const content = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** What is read of a kubeconfig. */
interface KubeconfigFile {
  readonly "current-context"?: string;
  readonly contexts?: readonly { readonly name: string; readonly context: { readonly cluster: string } }[];
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: Readonly<Record<string, string>>;
  }[];
}

/**
 * Reads what the current context of a kubeconfig points to.
 *
 * @throws LocalError when the file is none, has no current context, or its cluster has no authority.
 */
export function readKubeconfig(path: string): ClusterAccess {
  const wrong = (reason: string) =>
    new LocalError(
      "input",
      `${path} cannot be used as a kubeconfig: ${reason}\n  give one that kubectl can use as it stands`,
    );
  let content: KubeconfigFile;
  try {
    content = parse(readSmallFile(path, { followLinks: true })) as KubeconfigFile;
  } catch (error) {
    throw wrong(((error as Error).message.split("\n")[0] ?? "").replace(`${path} is`, "it is"));
  }
  if (typeof content !== "object" || content === null) throw wrong("it is empty");
  const context = content["current-context"];
  const named = content.contexts?.find(({ name }) => name === context)?.context.cluster;
  const cluster = content.clusters?.find(({ name }) => name === named)?.cluster;
  if (!context || !cluster) throw wrong("it has no current context with a cluster");
  const endpoint = cluster.server;
  const file = cluster["certificate-authority"];
  const data =
    cluster["certificate-authority-data"] ??
    (file === undefined
      ? undefined
      : Buffer.from(readSmallFile(resolve(dirname(path), file), { followLinks: true })).toString("base64"));
  if (!endpoint) throw wrong(`its cluster ${named} has no server`);
  if (!data) throw wrong(`its cluster ${named} has no certificate-authority-data`);
  return { context, endpoint, certificateAuthorityData: data };
}
