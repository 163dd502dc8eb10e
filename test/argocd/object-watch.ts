import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import type { Cluster } from "../cluster";

/** What every object of Kubernetes says of itself, as far as a watch needs it. */
export interface WatchedObject {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
}

/**
 * Every state that the objects of one kind went through since the watch began, by the API's own watch.
 *
 * A test that looks again and again misses what lasts shorter than its pause, and more of it on a busy machine.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class ObjectWatch<T extends WatchedObject> {
  /** States in the order in which the API wrote them; the first ones are those that were there. */
  readonly states: T[] = [];
  private failure: Error | undefined;
  private wake: () => void = () => undefined;

  private constructor(private readonly answer: IncomingMessage) {
    const lines = createInterface({ input: answer });
    lines.on("line", (line) => {
      const { type, object } = JSON.parse(line);
      if (type === "ERROR") this.fail(new Error(`the watch failed: ${object.message}`));
      else if (type !== "DELETED") this.states.push(object);
      this.wake();
    });
    lines.on("close", () => this.fail(new Error("the API ended the watch")));
    answer.on("error", (error) => this.fail(error));
  }

  /** @param path - of the list, e.g. `/apis/apps/v1/namespaces/default/replicasets`. */
  static async start<T extends WatchedObject>(cluster: Cluster, path: string): Promise<ObjectWatch<T>> {
    const { clusters, users } = parse(readFileSync(cluster.kubeconfig, "utf8"));
    const ca = Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64");
    // It ends with the test, and not by itself.
    const url = `${cluster.endpoint}${path}?watch=true&timeoutSeconds=3600`;
    const headers = { authorization: `Bearer ${users[0].user.token}` };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { ca, headers }, resolve).on("error", reject).end();
    });
    if (answer.statusCode !== 200) throw new Error(`the watch of ${path} is refused: ${answer.statusCode}`);
    return new ObjectWatch<T>(answer);
  }

  /** Waits until the watch has told at least these states. @throws when it ended before. */
  async caughtUp(objects: readonly T[]): Promise<void> {
    const isTold = ({ metadata: { uid, resourceVersion } }: T) =>
      this.states.some(
        ({ metadata }) => metadata.uid === uid && Number(metadata.resourceVersion) >= Number(resourceVersion),
      );
    while (!objects.every(isTold)) {
      if (this.failure) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  stop(): void {
    this.answer.destroy();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
