import { statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { privateFolder, privately, writeWhole } from "../../files/private";
import { readSmallFile } from "../../files/read-file";
import { LocalError } from "../../options";
import { isRunning } from "../../process/process-file";
import { kubeletLabels, nodeName } from "../nodes";
import type { Components, Program } from "../processes";
import type { NodeMachine } from "./machine";
import { nodeFiles } from "./node-files";
import { findNodeProgram, pluginFolder } from "./obstacles";
import { CONTAINERD_SOCKET, inside, NODE_ADDRESS, PROGRAMS_INSIDE } from "./places";

/** What kubelet and kube-proxy are told of the control plane. */
export interface KubeletProps {
  readonly region: string;

  /** Content of their kubeconfigs. */
  readonly kubeconfigs: Readonly<Record<"kubelet" | "kube-proxy", string>>;

  /** Paths of the certificate and the key by which kubelet and the API server know each other. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Milliseconds within which containerd must answer. */
const LIMIT = 120_000;

/** Kinds of file system, as statfs tells them, that an overlay cannot be put on: an overlay itself. */
const OVERLAY = 0x794c7630;

/**
 * Starts containerd, and gives it the image of each pod's first process.
 *
 * @throws LocalError when it does not answer.
 */
export async function startContainerd(
  machine: NodeMachine,
  awsEndpoint: string,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<void> {
  write(
    machine,
    nodeFiles({
      name: nodeName(0),
      cgroup: machine.cgroup,
      awsEndpoint,
      runc: findNodeProgram("runc") ?? "runc",
      plugins: pluginFolder() ?? "/opt/cni/bin",
      overlay: statfsSync(machine.folder).type !== OVERLAY,
    }),
  );
  const file = findNodeProgram("containerd") ?? "containerd";
  await components.start(
    machine.within({ name: "containerd", file, args: ["--config", inside("containerd.toml")] }),
  );
  await importPauseImage(machine, components, signal);
}

/** Starts kubelet and kube-proxy; the node is ready when the API says so. */
export async function startKubelet(
  machine: NodeMachine,
  { region, kubeconfigs, certificateFile, keyFile }: KubeletProps,
  components: Components,
): Promise<void> {
  write(machine, {
    "kubelet.kubeconfig": kubeconfigs.kubelet,
    "kube-proxy.kubeconfig": kubeconfigs["kube-proxy"],
    "kubelet.pem": readSmallFile(certificateFile),
    "kubelet.key": readSmallFile(keyFile),
  });
  await components.start(machine.within(kubelet(region)));
  await components.start(
    machine.within({
      name: "kube-proxy",
      file: `${PROGRAMS_INSIDE}/kube-proxy`,
      args: [`--config=${inside("kube-proxy.json")}`],
    }),
  );
}

function write({ folder }: NodeMachine, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    privateFolder(dirname(path));
    writeWhole(path, content);
  }
}

function kubelet(region: string): Program {
  return {
    name: "kubelet",
    file: `${PROGRAMS_INSIDE}/kubelet`,
    args: [
      `--config=${inside("kubelet.json")}`,
      `--kubeconfig=${inside("kubelet.kubeconfig")}`,
      `--root-dir=${inside("kubelet")}`,
      `--cert-dir=${inside("kubelet/certificates")}`,
      `--hostname-override=${nodeName(0)}`,
      `--node-ip=${NODE_ADDRESS}`,
      `--node-labels=${kubeletLabels(region)}`,
      `--image-credential-provider-config=${inside("image-credentials.json")}`,
      `--image-credential-provider-bin-dir=${PROGRAMS_INSIDE}`,
    ],
  };
}

/** The image of each pod's first process comes from no registry: the node starts while the emulator does not run. */
async function importPauseImage(
  machine: NodeMachine,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ctr = findNodeProgram("ctr") ?? "ctr";
  const { file, args, environment } = machine.within({
    name: "pause",
    file: "/bin/sh",
    args: [
      "-c",
      `"$0" pause-image "$1" | "$2" --address "$3" --namespace k8s.io images import -`,
      `${PROGRAMS_INSIDE}/node`,
      `${PROGRAMS_INSIDE}/pause`,
      ctr,
      CONTAINERD_SOCKET,
    ],
  });
  for (const begun = Date.now(); ; await sleep(100)) {
    signal?.throwIfAborted();
    const { exitCode, stderr } = await privately(() =>
      execa(file, [...args], { reject: false, ...(environment ? { env: environment } : {}) }),
    );
    if (exitCode === 0) return;
    const ended = components.list().find((component) => !isRunning(component));
    if (ended || Date.now() - begun > LIMIT) {
      const name = ended?.name ?? "containerd";
      const reason = stderr.trim().split("\n").at(-1) ?? "";
      throw new LocalError(
        "failed",
        `containerd did not become ready: ${reason}\n  see ${components.logOf(name)}`,
      );
    }
  }
}
