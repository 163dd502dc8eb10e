import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { clusterAccess } from "../../../cli/kubernetes/kubeconfig";
import { temporaryFolder } from "../../temporary-folder";

const folder = temporaryFolder("kubeconfig");

function kubeconfig(name: string, content: object | string): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : stringify(content));
  return file;
}

const CONFIG = {
  "current-context": "dev",
  contexts: [
    { name: "dev", context: { cluster: "dev", user: "dev" } },
    { name: "prod", context: { cluster: "prod", user: "prod" } },
    { name: "lost", context: { cluster: "gone" } },
    { name: "proxy", context: { cluster: "proxy" } },
  ],
  clusters: [
    {
      name: "dev",
      cluster: { server: "https://dev", "certificate-authority-data": Buffer.from("CA").toString("base64") },
    },
    {
      name: "prod",
      cluster: { server: "https://prod", "certificate-authority": "prod.pem", "tls-server-name": "api" },
    },
    { name: "proxy", cluster: { server: "https://proxy", "proxy-url": "http://p:1" } },
  ],
  users: [
    { name: "dev", user: { token: "t" } },
    {
      name: "prod",
      user: {
        exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "aws", args: null, env: null },
      },
    },
  ],
};

test("takes the current context, or the one that is named", () => {
  const file = kubeconfig("both", CONFIG);
  writeFileSync(join(folder, "prod.pem"), "PROD CA");
  expect(clusterAccess({ kubeconfig: file, env: {} })).toMatchObject({
    context: "dev",
    server: "https://dev",
    token: "t",
    ca: Buffer.from("CA"),
  });
  expect(clusterAccess({ context: "prod", env: { KUBECONFIG: file } })).toMatchObject({
    server: "https://prod",
    ca: Buffer.from("PROD CA"),
    serverName: "api",
    program: { command: "aws" },
    token: undefined,
  });
});

test("merges the files of KUBECONFIG, the first counts, and one that is not there is passed over", () => {
  const clusters = kubeconfig("clusters", { clusters: CONFIG.clusters, users: CONFIG.users });
  const contexts = kubeconfig("contexts", { "current-context": "dev", contexts: CONFIG.contexts });
  const env = { KUBECONFIG: `${join(folder, "none")}:${contexts}:${clusters}` };
  expect(clusterAccess({ env }).server).toBe("https://dev");
});

test("says what is missing or wrong, and where", () => {
  const file = kubeconfig("wrong", CONFIG);
  const fails = (props: Parameters<typeof clusterAccess>[0]) => expect(() => clusterAccess(props));
  fails({ env: { HOME: folder } }).toThrow(/there is no kubeconfig.*aws eks update-kubeconfig/s);
  fails({ kubeconfig: join(folder, "nowhere"), env: {} }).toThrow(/nowhere cannot be read/);
  fails({ kubeconfig: file, context: "staging", env: {} }).toThrow(
    /no context "staging".*use one of dev, prod, lost, proxy with --context/s,
  );
  fails({ kubeconfig: file, context: "lost", env: {} }).toThrow(/no cluster "gone"/);
  fails({ kubeconfig: file, context: "proxy", env: {} }).toThrow(/goes through a proxy/);
  fails({ kubeconfig: kubeconfig("broken", "a: ["), env: {} }).toThrow(/is no kubeconfig/);
  fails({ kubeconfig: kubeconfig("form", { contexts: [1] }), env: {} }).toThrow(
    /is no kubeconfig: \/contexts\/0/,
  );
  fails({ kubeconfig: kubeconfig("empty", { clusters: [] }), env: {} }).toThrow(
    /no current context.*none at all/s,
  );
});
