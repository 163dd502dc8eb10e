import { type Diagnostic, diagnosticsOf } from "./diagnostics";

/** What Terraform could not reach, and what to do about it. */
export interface Unreachable {
  /** E.g. `the chart repository https://charts.example.com`. */
  readonly what: string;

  /** As the network says it, e.g. `no such host`. */
  readonly why: string;

  /** What to do, a line each. */
  readonly advice: readonly string[];
}

/**
 * What an error of the network is about, by the error itself: a provider registry, a module's source, a chart repository, the
 * Kubernetes API, the backend or an endpoint of AWS. Undefined when no error is one, or none names what it is about.
 */
export function unreachableOf(output: string): Unreachable | undefined {
  const errors = diagnosticsOf(output).map(({ text }: Diagnostic) => text);
  for (const error of errors.length > 0 ? errors : [output]) {
    const text = error.replaceAll(/\s+/g, " ");
    const [why] = NETWORK.exec(text) ?? [];
    const place = placeOf(text);
    if (why === undefined || place === undefined) continue;
    const said = sentencesOf(error);
    const kind = KINDS.find(({ of }) => of.test(said)) ?? (OF_AWS.test(text) ? AWS : OTHER);
    const name = kind.name?.exec(text)?.slice(1).find(Boolean);
    const what = `${kind.what}${kind.what === "" ? "" : " "}${name ?? place}`;
    return { what, why: why.trim(), advice: kind.advice({ place, isLocal: isLocal(place) }) };
  }
  return undefined;
}

/** How the network says that nothing answers. */
const NETWORK =
  /no such host|Could not resolve host|connection refused|connection reset by peer|no route to host|network is unreachable|i\/o timeout|TLS handshake timeout|Client\.Timeout exceeded|context deadline exceeded|x509: [^.;]{1,100}|server misbehaving/;

interface Where {
  /** Address or host. */
  readonly place: string;

  /** Whether it is on this machine. */
  readonly isLocal: boolean;
}

interface Kind {
  readonly of: RegExp;
  readonly what: string;

  /** Finds a better name than the place that was asked. */
  readonly name?: RegExp;
  readonly advice: (where: Where) => readonly string[];
}

const NETWORK_ADVICE = "check the network, and HTTPS_PROXY where there is a proxy";

/** The first that fits counts. */
const KINDS: readonly Kind[] = [
  {
    of: /proxyconnect tcp/,
    what: "the proxy",
    advice: () => ["check HTTPS_PROXY, and name in NO_PROXY what needs none"],
  },
  {
    of: /available provider packages|Failed to install provider|provider registry|registry service/i,
    what: "the provider registry",
    name: /could not connect to ([\w.:-]+):/,
    advice: () => [
      NETWORK_ADVICE,
      "without a way to it, mirror the providers and name the mirror in TF_CLI_CONFIG_FILE: terraform providers mirror <folder>",
    ],
  },
  {
    of: /remote module registry|module registry/i,
    what: "the module registry",
    advice: () => [NETWORK_ADVICE, "the module's `source` names the registry"],
  },
  {
    of: /Failed to download module|Could not download module/,
    what: "the source of a module,",
    advice: () => [NETWORK_ADVICE, "the module's `source` names it; a private one needs git's credentials"],
  },
  {
    of: /chart repository|could not download chart|locate chart|index\.yaml|helm\b.*\bregistry/i,
    what: "the chart repository",
    name: /looks like "([^"]+)"|looks like (\S+) is not a valid/,
    advice: () => [
      NETWORK_ADVICE,
      "the release's `repository` names it; `helm pull` tells whether the chart is there",
    ],
  },
  {
    of: /Kubernetes cluster unreachable|"https?:\/\/[^"]*\/(?:api\/v1|apis\/|version\b|openapi\/)/,
    what: "the Kubernetes API",
    advice: ({ isLocal: local }) =>
      local
        ? [
            "the provider has no cluster to speak to, or it is not running: check `host` and `config_path` of the provider",
            "for the local cluster: npx groundplan local cluster up",
          ]
        : [
            "check that this machine may reach it (the cluster's public access, a VPN), and that the cluster stands",
          ],
  },
  {
    of: /existing workspaces|loading state|refreshing state|remote state|(?<![\w("'/.-])backend\b|state lock|state file/i,
    what: "the state's backend",
    advice: ({ isLocal: local }) =>
      local ? [EMULATOR] : [NETWORK_ADVICE, "check the region and the endpoint of the stack's backend"],
  },
];

const EMULATOR = "start the local AWS: npx groundplan local up; without it, take AWS_ENDPOINT_URL away";

/** An endpoint of AWS: the address that the error names, `with aws_…`, tells too. */
const OF_AWS = /operation error|amazonaws\.com|AWS|aws_/;

const AWS: Kind = {
  of: OF_AWS,
  what: "",
  advice: ({ isLocal: local }) =>
    local ? [EMULATOR] : [NETWORK_ADVICE, "check the Region, and AWS_ENDPOINT_URL where it is set"],
};

const OTHER: Kind = {
  of: /./,
  what: "",
  advice: ({ isLocal: local }) =>
    local ? ["start what listens there; for the local AWS: npx groundplan local up"] : [NETWORK_ADVICE],
};

/** What an error says, on one line: without the address, the place and the code that it is about, whose names are anyone's. */
function sentencesOf(error: string): string {
  return error
    .split("\n")
    .filter((line) => !/^\s*(?:with \S+,$|on \S+ line \d+|\d+: )/.test(line))
    .join(" ")
    .replaceAll(/\s+/g, " ");
}

/** Scheme and host that were asked; the host alone where the error has no more. */
function placeOf(text: string): string | undefined {
  const proxy = /proxyconnect tcp: dial tcp:? (?:lookup )?([\w.:[\]-]*[\w\]])/.exec(text)?.[1];
  if (proxy !== undefined) return proxy;
  const [, url] =
    /(?:Get|Post|Put|Head|Delete|Patch) "(https?:\/\/[^/"\s]+)/.exec(text) ??
    /unable to access '(https?:\/\/[^/'\s]+)/.exec(text) ??
    [];
  if (url !== undefined) return url;
  const [, host] =
    /(?:lookup|resolve host:) ([\w.-]*\w)/.exec(text) ??
    /dial (?:tcp|udp) (\[?[\w.:]+\]?:\d+)/.exec(text) ??
    [];
  return host;
}

function isLocal(place: string): boolean {
  return /^(?:https?:\/\/)?(?:[\w.-]+\.)?(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)(?::\d+)?$/.test(place);
}
