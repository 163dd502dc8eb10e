import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { parseDocument } from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput, readInputFile } from "../input/file";
import { schemaCheck } from "../input/schema";

const TEXT = Type.String();
const optional = Type.Optional;

const EXEC = Type.Object({
  apiVersion: optional(TEXT),
  command: TEXT,
  args: optional(Type.Union([Type.Array(TEXT), Type.Null()])),
  env: optional(Type.Union([Type.Array(Type.Object({ name: TEXT, value: TEXT })), Type.Null()])),
});

const CONFIG = Type.Object({
  "current-context": optional(TEXT),
  contexts: optional(
    Type.Array(
      Type.Object({
        name: TEXT,
        context: Type.Object({ cluster: TEXT, user: optional(TEXT), namespace: optional(TEXT) }),
      }),
    ),
  ),
  clusters: optional(
    Type.Array(
      Type.Object({
        name: TEXT,
        cluster: Type.Object({
          server: TEXT,
          "certificate-authority-data": optional(TEXT),
          "certificate-authority": optional(TEXT),
          "insecure-skip-tls-verify": optional(Type.Boolean()),
          "tls-server-name": optional(TEXT),
          "proxy-url": optional(TEXT),
        }),
      }),
    ),
  ),
  users: optional(
    Type.Array(
      Type.Object({
        name: TEXT,
        user: Type.Object({
          token: optional(TEXT),
          tokenFile: optional(TEXT),
          "client-certificate-data": optional(TEXT),
          "client-certificate": optional(TEXT),
          "client-key-data": optional(TEXT),
          "client-key": optional(TEXT),
          exec: optional(EXEC),
        }),
      }),
    ),
  ),
});

type Config = Static<typeof CONFIG>;
const asConfig = schemaCheck<Config>(CONFIG);

/** A program that gives credentials, e.g. `aws eks get-token`. */
export type CredentialProgram = Static<typeof EXEC>;

/** How a cluster's API is reached. */
export interface ClusterAccess {
  /** Name of the context, for messages; `in-cluster` in a pod. */
  readonly context: string;
  readonly server: string;

  /** Certificate of who signs the server's, PEM; the machine's own when there is none. */
  readonly ca: Buffer | undefined;
  readonly insecure: boolean;
  readonly serverName: string | undefined;

  /** The user's certificate and key, PEM. */
  readonly certificate: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly program: CredentialProgram | undefined;
}

/** Largest file that is read, in bytes. */
const LARGEST = 4_000_000;

/** Where a pod finds how to reach its own cluster. */
const POD = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Properties of {@link clusterAccess}. */
export interface AccessProps {
  /** @default - `KUBECONFIG`, or `~/.kube/config`, or the pod's own */
  readonly kubeconfig?: string;

  /** @default - the current one */
  readonly context?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How to reach the cluster of a kubeconfig. @throws CliError when there is none, or it does not say it. */
export function clusterAccess({ kubeconfig, context, env }: AccessProps): ClusterAccess {
  const listed = (kubeconfig ?? env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  const common = join(env.HOME ?? homedir(), ".kube", "config");
  const paths = listed.length > 0 ? listed : existsSync(common) ? [common] : [];
  if (paths.length === 0) {
    const pod = podAccess(env);
    if (pod) return pod;
    throw new CliError(
      EXIT.MISSING,
      "there is no kubeconfig",
      `neither KUBECONFIG nor ${common}`,
      "make one: aws eks update-kubeconfig --name <cluster>, or name one with --kubeconfig",
    );
  }
  const configs = paths.filter((path) => kubeconfig !== undefined || existsSync(path)).map(read);
  const wanted = context ?? configs.flatMap(({ config }) => config["current-context"] || []).at(0);
  const contexts = configs.flatMap(({ config }) => config.contexts ?? []);
  const found = contexts.find(({ name }) => name === wanted);
  if (!found) {
    const names = contexts.map(({ name }) => name).join(", ");
    throw new CliError(
      EXIT.USAGE,
      wanted === undefined
        ? "the kubeconfig has no current context"
        : `the kubeconfig has no context ${JSON.stringify(wanted)}`,
      `at ${paths.join(delimiter)}`,
      names === "" ? "it has none at all" : `use one of ${names} with --context`,
    );
  }
  return accessOf(configs, found.name, found.context, paths.join(delimiter));
}

interface Read {
  readonly folder: string;
  readonly config: Config;
}

function read(path: string): Read {
  const text = readInputFile(path, { bytes: LARGEST }, "name another with --kubeconfig").toString();
  const document = parseDocument(text);
  try {
    if (document.errors[0])
      throw new InputError(document.errors[0].message.split("\n")[0] ?? "it is no YAML");
    return { folder: dirname(resolve(path)), config: asConfig(document.toJS()) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `${path} is no kubeconfig: ${error.message}`,
      "name another with --kubeconfig",
    );
  }
}

function accessOf(
  configs: readonly Read[],
  name: string,
  context: { readonly cluster: string; readonly user?: string },
  where: string,
): ClusterAccess {
  const clusters = configs.flatMap(({ folder, config }) =>
    (config.clusters ?? []).map((one) => ({ folder, one })),
  );
  const users = configs.flatMap(({ folder, config }) => (config.users ?? []).map((one) => ({ folder, one })));
  const cluster = clusters.find(({ one }) => one.name === context.cluster);
  const user = users.find(({ one }) => one.name === context.user);
  if (!cluster) {
    throw new CliError(
      EXIT.USAGE,
      `the kubeconfig has no cluster ${JSON.stringify(context.cluster)}`,
      `at ${where}`,
    );
  }
  const { server, "proxy-url": proxy } = cluster.one.cluster;
  if (proxy) {
    throw new CliError(
      EXIT.USAGE,
      `context ${name} goes through a proxy, which this command cannot`,
      `at ${where}`,
      "use a context without proxy-url, e.g. behind kubectl port-forward or a VPN",
    );
  }
  const own = user?.one.user;
  return {
    context: name,
    server,
    ca: pem(cluster.folder, cluster.one.cluster, "certificate-authority"),
    insecure: cluster.one.cluster["insecure-skip-tls-verify"] ?? false,
    serverName: cluster.one.cluster["tls-server-name"],
    certificate: user && pem(user.folder, user.one.user, "client-certificate"),
    key: user && pem(user.folder, user.one.user, "client-key"),
    token: own?.token,
    tokenFile: user && own?.tokenFile ? resolve(user.folder, own.tokenFile) : undefined,
    program: own?.exec,
  };
}

/** A certificate or a key: in the kubeconfig, or in a file beside it. */
function pem(folder: string, values: Readonly<Record<string, unknown>>, key: string): Buffer | undefined {
  const [data, path] = [values[`${key}-data`], values[key]];
  if (typeof data === "string") return Buffer.from(data, "base64");
  if (typeof path !== "string") return undefined;
  return readInputFile(resolve(folder, path), { bytes: LARGEST }, "mend the kubeconfig, which names it");
}

function podAccess({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: NodeJS.ProcessEnv) {
  if (!host || !existsSync(join(POD, "token"))) return undefined;
  const access: ClusterAccess = {
    context: "in-cluster",
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port ?? "443"}`,
    ca: readInput(join(POD, "ca.crt"), { bytes: LARGEST }),
    insecure: false,
    serverName: undefined,
    certificate: undefined,
    key: undefined,
    token: undefined,
    tokenFile: join(POD, "token"),
    program: undefined,
  };
  return access;
}
