import type { Cluster } from "../../cluster";

const deployment = (name: string, image: string) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image }] } },
    },
  });

/** What every cluster of `local/` can do, and whom it refuses. */
export function describeControlPlane(cluster: () => Cluster): void {
  describe("the control plane", () => {
    test("a Deployment becomes ready on nodes of three zones", async () => {
      await cluster().succeed(["apply", "--filename=-"], { input: deployment("web", "nginx:1.29") });
      await cluster().succeed(["rollout", "status", "deployment/web", "--timeout=600s"]);
      const zones = await cluster().succeed([
        "get",
        "nodes",
        "--output=jsonpath={.items[*].metadata.labels['topology\\.kubernetes\\.io/zone']}",
      ]);
      expect(zones.split(" ").sort()).toEqual(["us-east-1a", "us-east-1b", "us-east-1c"]);
    });

    test("an object with an unknown field is refused", async () => {
      const wrong = JSON.parse(deployment("wrong", "nginx:1.29"));
      wrong.spec.replica = 1;
      const { code, output } = await cluster().kubectl(
        ["apply", "--server-side", "--validate=strict", "--filename=-"],
        { input: JSON.stringify(wrong) },
      );
      expect(output).toContain(".spec.replica: field not declared in schema");
      expect(code).not.toBe(0);
    });

    test("a caller without a token is refused", async () => {
      const { output, code } = await cluster().kubectl(["get", "pods", "--token=wrong"]);
      expect(output).toContain("Unauthorized");
      expect(code).not.toBe(0);
    });

    test("it is the administrator who may do all", async () => {
      expect((await cluster().succeed(["auth", "can-i", "*", "*", "--all-namespaces"])).trim()).toBe("yes");
    });
  });
}
