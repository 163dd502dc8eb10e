import { type Static, Type } from "@sinclair/typebox";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { schemaCheck } from "../input/schema";
import { type KubernetesClient, KubernetesFault } from "../kubernetes/client";

const TEXT = Type.Optional(Type.String());
const TEXTS = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));
const source = { repoURL: TEXT, targetRevision: TEXT, path: TEXT };

const APPLICATION = Type.Object({
  metadata: Type.Object({
    name: Type.String(),
    annotations: Type.Optional(Type.Record(Type.String(), Type.String())),
    resourceVersion: TEXT,
  }),
  operation: Type.Optional(Type.Unknown()),
  spec: Type.Object({
    source: Type.Optional(Type.Object(source)),
    syncPolicy: Type.Optional(
      Type.Object({
        automated: Type.Optional(
          Type.Union([
            Type.Object({ enabled: Type.Optional(Type.Boolean()), prune: Type.Optional(Type.Boolean()) }),
            Type.Null(),
          ]),
        ),
        syncOptions: TEXTS,
        retry: Type.Optional(Type.Unknown()),
      }),
    ),
  }),
  status: Type.Optional(
    Type.Object({
      sync: Type.Optional(
        Type.Object({
          status: TEXT,
          revision: TEXT,
          comparedTo: Type.Optional(Type.Object({ source: Type.Optional(Type.Object(source)) })),
        }),
      ),
      health: Type.Optional(Type.Object({ status: TEXT, message: TEXT })),
      reconciledAt: TEXT,
      conditions: Type.Optional(
        Type.Union([Type.Array(Type.Object({ type: Type.String(), message: TEXT })), Type.Null()]),
      ),
      operationState: Type.Optional(
        Type.Object({
          phase: TEXT,
          message: TEXT,
          startedAt: TEXT,
          finishedAt: TEXT,
          retryCount: Type.Optional(Type.Number()),
          operation: Type.Optional(Type.Object({ sync: Type.Optional(Type.Object({ revision: TEXT })) })),
          syncResult: Type.Optional(
            Type.Object({
              revision: TEXT,
              resources: Type.Optional(
                Type.Union([
                  Type.Array(
                    Type.Object({ kind: TEXT, name: TEXT, status: TEXT, message: TEXT, hookPhase: TEXT }),
                  ),
                  Type.Null(),
                ]),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** An Application of Argo CD, as far as it is read here. */
export type Application = Static<typeof APPLICATION>;

const asApplication = schemaCheck<Application>(APPLICATION);

/** Where an Application is. */
export interface ApplicationName {
  readonly name: string;

  /** Namespace of Argo CD. */
  readonly namespace: string;
}

/** Annotation by which Argo CD is asked to look at Git now, and which it removes when it does. */
export const REFRESH = "argocd.argoproj.io/refresh";

function pathOf({ name, namespace }: ApplicationName): string {
  return `/apis/argoproj.io/v1alpha1/namespaces/${encodeURIComponent(namespace)}/applications/${encodeURIComponent(name)}`;
}

/** Reads an Application. @throws CliError when it is not there; KubernetesFault when the API does not answer. */
export async function readApplication(client: KubernetesClient, at: ApplicationName): Promise<Application> {
  const found = await client.find(pathOf(at));
  if (found === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `there is no Application ${at.name} in namespace ${at.namespace}, or no Argo CD`,
      `at ${client.where}`,
      "is it the cluster of this environment? choose another with --context, or name it: --application, --argocd-namespace",
    );
  }
  return parsed(found, at);
}

function parsed(found: unknown, { name }: ApplicationName): Application {
  try {
    return asApplication(found);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.FAILED, `Application ${name} is of a form that is not known: ${error.message}`);
  }
}

/** Asks Argo CD to look at Git now. @returns whether this user may ask. */
export async function requestRefresh(client: KubernetesClient, at: ApplicationName): Promise<boolean> {
  try {
    await client.merge(pathOf(at), { metadata: { annotations: { [REFRESH]: "normal" } } });
    return true;
  } catch (error) {
    if (error instanceof KubernetesFault && error.status === 403) return false;
    throw error;
  }
}

/**
 * Asks Argo CD to sync, as its Sync button does: to the newest commit of the branch, with the options and the retries of the
 * Application. Not while another operation goes on or waits.
 *
 * @param by - who asks, as Argo CD shows it.
 * @param prune - whether what Git no longer has is removed.
 */
export async function requestSync(
  client: KubernetesClient,
  at: ApplicationName,
  props: { readonly by: string; readonly prune: boolean; readonly seen: Application },
): Promise<void> {
  const { metadata, spec } = props.seen;
  const policy = spec.syncPolicy;
  await client.merge(pathOf(at), {
    // Refused with 409 when somebody else, e.g. another sync, was faster.
    metadata: { resourceVersion: metadata.resourceVersion },
    operation: {
      initiatedBy: { username: props.by },
      info: [{ name: "Reason", value: "groundplan gitops" }],
      sync: { prune: props.prune, ...(policy?.syncOptions ? { syncOptions: policy.syncOptions } : {}) },
      ...(policy?.retry ? { retry: policy.retry } : {}),
    },
  });
}

/**
 * Ends the sync that goes on, as `argocd app terminate-op` does: the Application has no status of its own in the API.
 *
 * @see https://github.com/argoproj/argo-cd/blob/master/server/application/application.go
 */
export async function terminateSync(
  client: KubernetesClient,
  at: ApplicationName,
  { metadata }: Application,
): Promise<void> {
  await client.merge(pathOf(at), {
    // Refused with 409 when it has gone on since: it may be over.
    metadata: { resourceVersion: metadata.resourceVersion },
    status: { operationState: { phase: "Terminating" } },
  });
}

/** Whether Argo CD syncs this Application by itself. */
export function isAutomated({ spec }: Application): boolean {
  const automated = spec.syncPolicy?.automated;
  return automated !== undefined && automated !== null && automated.enabled !== false;
}
