import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";

/** Hosts from which an instance downloads programs, beside the archive of its distribution. */
const HOSTS = [
  "awscli.amazonaws.com",
  "amazoncloudwatch-agent-us-east-1.s3.us-east-1.amazonaws.com",
  "github.com",
  "nodejs.org",
] as const;

/**
 * What an instance downloads, where those hosts cannot be reached: the AWS CLI of this machine, its Node, and an agent of ours
 * in place of CloudWatch's, over TLS with an authority that the instance is told to trust.
 */
export class Outside {
  /** PEM of the authority. */
  readonly authority: string;

  /** SHA-256 of the archive of Node: nobody but its makers has the one that they released. */
  readonly nodeSha256: string;

  private constructor(
    private readonly server: Server,
    folder: string,
  ) {
    this.authority = readFileSync(join(folder, "authority.pem"), "utf8");
    this.nodeSha256 = sha256Of(join(folder, "node.tar.gz"));
  }

  /** @param folder - for what is made @param python - that has the AWS CLI */
  static async start(folder: string, python: string): Promise<Outside> {
    makeCertificate(folder);
    const compose = join(folder, "docker-compose");
    writeFileSync(compose, COMPOSE);
    const files: readonly (readonly [pattern: RegExp, path: string])[] = [
      [/^awscli\.amazonaws\.com\/awscli-exe-linux-\w+\.zip$/, awsCli(folder, python)],
      [/^amazoncloudwatch-agent-.*\/ubuntu\/\w+\/latest\/amazon-cloudwatch-agent\.deb$/, logAgent(folder)],
      [/^nodejs\.org\/dist\/v[\d.]+\/node-v[\d.]+-linux-(?:x64|arm64)\.tar\.gz$/, node(folder)],
      [/^github\.com\/docker\/compose\/releases\/download\/v[\d.]+\/docker-compose-linux-\w+$/, compose],
    ];
    const server = createServer(
      { key: readFileSync(join(folder, "server.key")), cert: readFileSync(join(folder, "server.pem")) },
      ({ headers, url = "/" }, response) => {
        const asked = `${headers.host}${url}`;
        const [, path] = files.find(([pattern]) => pattern.test(asked)) ?? [];
        if (path) response.end(readFileSync(path));
        else if (/^github\.com\/docker\/.*\.sha256$/.test(asked))
          response.end(`${sha256Of(compose)} *${url.split("/").at(-1)?.replace(".sha256", "")}\n`);
        else response.writeHead(404).end();
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Outside(server, folder);
  }

  /** What the local AWS is told, so that the hosts are found here. */
  get standIns(): Readonly<Record<string, string>> {
    const at = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return Object.fromEntries(HOSTS.map((host) => [`${host}:443`, at]));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** An authority, and a certificate of the hosts that it has signed. */
function makeCertificate(folder: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl(
    ...["req", "-x509", ...key, "-subj", "/CN=runners test", "-addext", "keyUsage=keyCertSign"],
    ...["-keyout", "authority.key", "-out", "authority.pem"],
  );
  openssl(
    ...["req", "-x509", ...key, "-subj", "/CN=hosts", "-CA", "authority.pem", "-CAkey", "authority.key"],
    ...["-addext", `subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(",")}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "server.key", "-out", "server.pem"],
  );
}

function file(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

const program = (path: string, text: string) => file(path, text, 0o755);

/** The installer of the AWS CLI, with the CLI of this machine. */
function awsCli(folder: string, python: string): string {
  const from = execFileSync(
    python,
    ["-c", "import awscli, os; print(os.path.dirname(os.path.dirname(awscli.__file__)))"],
    { encoding: "utf8" },
  ).trim();
  const to = join(folder, "aws");
  cpSync(from, join(to, "lib"), {
    recursive: true,
    filter: (path) => !/__pycache__|\/awscli\/(?:examples|topics)\b|\/examples-1\.json/.test(path),
  });
  program(
    join(to, "install"),
    `#!/bin/sh
set -e
cp -r "$(dirname "$0")/lib" /usr/local/aws-cli
printf '#!/bin/sh\\nPYTHONPATH=/usr/local/aws-cli PYTHONDONTWRITEBYTECODE=1 exec python3 -m awscli "$@"\\n' >/usr/local/bin/aws
chmod 755 /usr/local/bin/aws
chmod -R a+rX /usr/local/aws-cli
`,
  );
  execFileSync(python, ["-m", "zipfile", "-c", "aws.zip", "aws"], { cwd: folder });
  return join(folder, "aws.zip");
}

/** A package with a unit and the program that gives it its settings, as CloudWatch's has. */
function logAgent(folder: string): string {
  const root = join(folder, "log-agent");
  const place = join(root, "opt", "aws", "amazon-cloudwatch-agent");
  program(
    join(place, "bin", "amazon-cloudwatch-agent-ctl"),
    `#!/bin/sh
set -e
for last; do :; done
cp "\${last#file:}" /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
systemctl daemon-reload
systemctl enable amazon-cloudwatch-agent
systemctl restart amazon-cloudwatch-agent
`,
  );
  mkdirSync(join(place, "etc"), { recursive: true });
  cpSync(join(__dirname, "log-agent.py"), join(place, "bin", "log-agent.py"));
  file(
    join(root, "lib", "systemd", "system", "amazon-cloudwatch-agent.service"),
    `[Service]
ExecStart=python3 /opt/aws/amazon-cloudwatch-agent/bin/log-agent.py
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
`,
  );
  file(
    join(root, "DEBIAN", "control"),
    "Package: amazon-cloudwatch-agent\nVersion: 1\nArchitecture: all\nMaintainer: none\nDescription: sends logs\n",
  );
  chmodSync(join(root, "DEBIAN"), 0o755);
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", root, join(folder, "agent.deb")], {
    stdio: "pipe",
  });
  return join(folder, "agent.deb");
}

/** Node as its makers pack it: this machine's. */
function node(folder: string): string {
  const own = realpathSync(process.execPath);
  const root = join(folder, "node-of-this-machine");
  for (const one of ["bin", "include", "lib/node_modules", "share"])
    mkdirSync(join(root, one), { recursive: true });
  cpSync(own, join(root, "bin", "node"));
  const npm = join(dirname(own), "..", "lib", "node_modules", "npm");
  cpSync(realpathSync(npm), join(root, "lib", "node_modules", "npm"), { recursive: true });
  execFileSync("ln", ["-s", "../lib/node_modules/npm/bin/npm-cli.js", join(root, "bin", "npm")]);
  execFileSync("tar", ["-czf", join(folder, "node.tar.gz"), "-C", folder, "node-of-this-machine"]);
  if (readdirSync(join(root, "bin")).length !== 2) throw new Error("Node is not whole");
  return join(folder, "node.tar.gz");
}

/** A plugin of Docker that says its version. */
const COMPOSE = `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then
  echo '{"SchemaVersion":"0.1.0","Vendor":"none","Version":"v2"}'
else
  echo "Docker Compose version v2"
fi
`;
