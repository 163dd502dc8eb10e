import { join } from "node:path";
import { privateFolder, writeWhole } from "../files/private";
import type { Credentials, UserName } from "./credentials";
import { webhookConfig } from "./kubeconfig";
import type { Program } from "./processes";
import { NODE_ADDRESS } from "./real-node/places";
import { toolPath } from "./tools";

/** How the programs of a control plane are started. */
export interface ControlPlanePrograms {
  /** Folder of its data, logs and credentials. */
  readonly folder: string;

  /** Port of the API on the loopback address. */
  readonly port: number;

  readonly credentials: Credentials;

  /** Endpoint of the AWS emulator. */
  readonly awsEndpoint: string;

  /** Whether it runs in the network of a real node, whose pods reach the API. */
  readonly inNode: boolean;
}

/** Range of the Services' addresses: what EKS takes for a VPC in 10.0.0.0/8. */
const SERVICE_RANGE = "172.20.0.0/16";

/** What the API server aims at: it takes 600 MB when it first reads Argo CD's definitions, and gives nothing back by itself. */
const MEMORY_AIM = "450MiB";

/** The store: one member, whose certificate only the API server has. */
export function etcd(
  folder: string,
  { storeCertificateFile, storeKeyFile }: Credentials,
  client: number,
  peer: number,
): Program {
  const clientUrl = `https://127.0.0.1:${client}`;
  const peerUrl = `https://127.0.0.1:${peer}`;
  const known = (prefix: string) => [
    `--${prefix}client-cert-auth`,
    `--${prefix}trusted-ca-file=${storeCertificateFile}`,
    `--${prefix}cert-file=${storeCertificateFile}`,
    `--${prefix}key-file=${storeKeyFile}`,
  ];
  return {
    name: "etcd",
    file: toolPath("etcd"),
    args: [
      "--name=groundplan",
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=groundplan=${peerUrl}`,
      ...known(""),
      ...known("peer-"),
      // A cluster for one person's trials: a power cut may cost it, a killed process does not.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
  };
}

/** @param store - port of etcd. */
export function apiServer(
  { folder, port, credentials, awsEndpoint, inNode }: ControlPlanePrograms,
  store: number,
): Program {
  const webhook = (name: string) => {
    const path = join(folder, `${name}.kubeconfig`);
    writeWhole(path, webhookConfig(`${awsEndpoint}/_groundplan/eks/${name}`));
    return path;
  };
  const certificates = certificatesFolder(folder, inNode);
  privateFolder(certificates);
  return {
    name: "kube-apiserver",
    file: toolPath("kube-apiserver"),
    environment: { GOMEMLIMIT: MEMORY_AIM },
    args: [
      `--etcd-servers=https://127.0.0.1:${store}`,
      `--etcd-cafile=${credentials.storeCertificateFile}`,
      `--etcd-certfile=${credentials.storeCertificateFile}`,
      `--etcd-keyfile=${credentials.storeKeyFile}`,
      ...(inNode ? reachedByPods(credentials) : reachedHere()),
      `--secure-port=${port}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${credentials.tokensFile}`,
      "--anonymous-auth=false",
      `--authentication-token-webhook-config-file=${webhook("token-review")}`,
      "--authentication-token-webhook-version=v1",
      "--authentication-token-webhook-cache-ttl=5s",
      "--authorization-mode=Node,RBAC,Webhook",
      `--authorization-webhook-config-file=${webhook("subject-access-review")}`,
      "--authorization-webhook-version=v1",
      "--authorization-webhook-cache-authorized-ttl=5s",
      "--authorization-webhook-cache-unauthorized-ttl=1s",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${credentials.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      "--allow-privileged=true",
      "--profiling=false",
    ],
  };
}

function reachedHere(): readonly string[] {
  return ["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none"];
}

/** In the node's network; it asks the node's kubelet for logs, and for a way into containers. */
function reachedByPods({ kubeletCertificateFile, kubeletKeyFile }: Credentials): readonly string[] {
  return [
    // Pods are led there from the node's address.
    "--bind-address=127.0.0.1",
    `--advertise-address=${NODE_ADDRESS}`,
    `--kubelet-certificate-authority=${kubeletCertificateFile}`,
    `--kubelet-client-certificate=${kubeletCertificateFile}`,
    `--kubelet-client-key=${kubeletKeyFile}`,
    "--kubelet-preferred-address-types=InternalIP",
  ];
}

/** The controllers and the scheduler. */
export function controllers(
  as: (name: UserName) => string,
  { serviceAccountKeyFile }: Credentials,
  authority: string,
): Program[] {
  return [
    {
      name: "kube-controller-manager",
      file: toolPath("kube-controller-manager"),
      args: [
        `--kubeconfig=${as("controller-manager")}`,
        `--service-account-private-key-file=${serviceAccountKeyFile}`,
        `--root-ca-file=${authority}`,
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
      ],
    },
    {
      name: "kube-scheduler",
      file: toolPath("kube-scheduler"),
      args: [
        `--kubeconfig=${as("scheduler")}`,
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
      ],
    },
  ];
}

/** What simulates nodes and pods. */
export function kwok(as: (name: UserName) => string): Program {
  return {
    name: "kwok",
    file: toolPath("kwok"),
    args: [
      `--kubeconfig=${as("kwok")}`,
      `--config=${toolPath("kwok-stages.yaml")}`,
      "--manage-all-nodes",
      "--node-lease-duration-seconds=40",
      "--cidr=10.244.0.0/16",
      "--node-ip=127.0.0.1",
    ],
  };
}

/** Folder of the API server's own certificates: they name the addresses at which it is reached. */
export function certificatesFolder(folder: string, inNode: boolean): string {
  return join(folder, inNode ? "node-certificates" : "certificates");
}
