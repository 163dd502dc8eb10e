import { CONTAINERD_SOCKET, INSIDE } from "./places";

/** What containerd needs to know of the machine. */
export interface ContainerdProps {
  /** Path of runc, and folder of CNI's plugins. */
  readonly runc: string;
  readonly plugins: string;

  /** The file system of the node's folder can be the lower and the upper part of an overlay. */
  readonly overlay: boolean;
}

/**
 * Configuration of containerd, in TOML.
 *
 * @see https://github.com/containerd/containerd/blob/v1.6.36/docs/cri/config.md
 */
export function containerdConfiguration({ runc, plugins, overlay }: ContainerdProps): string {
  return `version = 2
root = "${INSIDE}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  # Imported at every start; no registry has it.
  sandbox_image = "groundplan.local/pause:1"
  # Without CAP_SYS_RESOURCE no process may be given a better score.
  restrict_oom_score_adj = true
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "${overlay ? "overlayfs" : "native"}"
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
  BinaryName = "${runc}"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${INSIDE}/cni"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${INSIDE}/registries"
`;
}

/** Every registry is the local one, which is told the name of that which it stands for. */
export function registryHosts(endpoint: string): string {
  return `server = "${endpoint}"

[host."${endpoint}"]
  capabilities = ["pull", "resolve"]
`;
}
