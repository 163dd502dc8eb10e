import { generationOf } from "../../../../../cli/artifact/ami/template/packer";
import {
  type ImageSettings,
  imageDefaults,
  imageFaults,
} from "../../../../../cli/artifact/ami/template/settings";
import { packerTemplate } from "../../../../../cli/artifact/ami/template/template";

const SETTINGS: ImageSettings = { ...imageDefaults, folder: "/images/graviton-vxlan" };

type Source = Readonly<Record<string, unknown>>;
const sourceOf = (change: Partial<ImageSettings> = {}): Source =>
  packerTemplate({ ...SETTINGS, ...change }).source["amazon-ebs"]?.image as Source;

test("the machine asks for sessions at its metadata, and so do those of the image", () => {
  expect(sourceOf()).toMatchObject({
    metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
    imds_support: "v2.0",
  });
});

test("SSH is open to the builder alone, and Session Manager opens nothing", () => {
  expect(sourceOf()).toMatchObject({ temporary_security_group_source_public_ip: true });
  const named = sourceOf({ sourceCidrs: ["203.0.113.7/32"] });
  expect(named).toMatchObject({ temporary_security_group_source_cidrs: ["203.0.113.7/32"] });
  expect(named).not.toHaveProperty("temporary_security_group_source_public_ip");
  const sessions = sourceOf({ connect: "session-manager", instanceProfile: "builder" });
  expect(sessions).toMatchObject({ ssh_interface: "session_manager", iam_instance_profile: "builder" });
  expect(Object.keys(sessions).filter((key) => key.startsWith("temporary_security_group"))).toEqual([]);
});

test("all that is made is tagged from its first moment, on gp3, encrypted as the build says", () => {
  const tags = ["$", "{var.tags}"].join("");
  expect(sourceOf()).toMatchObject({ tags, run_tags: tags, run_volume_tags: tags, snapshot_tags: tags });
  expect(sourceOf().launch_block_device_mappings).toEqual([
    expect.objectContaining({ volume_type: "gp3", encrypted: expect.stringContaining("var.encrypt_boot") }),
  ]);
  expect(packerTemplate(SETTINGS).variable.encrypt_boot?.default).toBe(true);
});

test("the base is Canonical's, by its number, for the processor", () => {
  expect(sourceOf()).toMatchObject({
    source_ami_filter: {
      owners: ["099720109477"],
      most_recent: true,
      filters: { name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*", architecture: "arm64" },
    },
  });
  expect(
    sourceOf({ ubuntu: "22.04", architecture: "x86_64", instanceType: "t3.small" }).source_ami_filter,
  ).toMatchObject({ filters: { name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*" } });
});

test("Debian's Packer gets nothing that it does not know", () => {
  const old: Partial<ImageSettings> = { packer: "1.6", sourceCidrs: ["203.0.113.7/32"] };
  expect(packerTemplate({ ...SETTINGS, ...old })).not.toHaveProperty("packer");
  for (const key of ["metadata_options", "imds_support", "temporary_key_pair_type"])
    expect(sourceOf(old)).not.toHaveProperty(key);
  expect(packerTemplate(SETTINGS).packer?.required_plugins.amazon?.version).toBe(">= 1.8.0, < 2.0.0");
});

test("AWS is waited for an hour, however often it is asked", () => {
  expect(sourceOf().aws_polling).toEqual({ delay_seconds: 15, max_attempts: 240 });
  expect(sourceOf({ pollSeconds: 2 }).aws_polling).toEqual({ delay_seconds: 2, max_attempts: 1800 });
});

test("Debian's Packer, which tags no key pair, is given a name for it", () => {
  const old: Partial<ImageSettings> = { packer: "1.6", sourceCidrs: ["203.0.113.7/32"] };
  expect(sourceOf(old)).toHaveProperty("temporary_key_pair_name", "${var.key_name}");
  expect(sourceOf()).not.toHaveProperty("temporary_key_pair_name");
});

test.each<Partial<ImageSettings>>([{}, { packer: "1.6", sourceCidrs: ["203.0.113.7/32"] }])(
  "every variable that is used is declared, and every one that is declared is used: %j",
  (change) => {
    const { variable, ...rest } = packerTemplate({ ...SETTINGS, ...change });
    const used = [...JSON.stringify(rest).matchAll(/\$\{var\.(\w+)\}/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(variable).sort());
  },
);

test("the machine is cleaned last, after the list of its packages is fetched", () => {
  const { provisioner } = packerTemplate(SETTINGS).build;
  expect(provisioner.map((one) => Object.keys(one)[0])).toEqual(["shell", "file", "shell", "file", "shell"]);
  expect(JSON.stringify(provisioner.at(-1))).toContain("/images/graviton-vxlan/clean.sh");
  expect(provisioner.at(-2)).toMatchObject({ file: { direction: "download" } });
});

test.each<[string, Partial<ImageSettings>, RegExp]>([
  ["the whole internet", { sourceCidrs: ["0.0.0.0/0"] }, /whole internet/],
  ["the whole internet of IPv6", { sourceCidrs: ["::/0"] }, /whole internet/],
  ["a range that is none", { sourceCidrs: ["203.0.113.7"] }, /no range/],
  ["Packer 1.6 that would open SSH to all", { packer: "1.6" }, /whole internet unless/],
  ["an instance type of the other processor", { instanceType: "t3.small" }, /not arm64/],
  ["an instance type that is none", { instanceType: "small; reboot" }, /instance type/],
  ["Session Manager without a profile", { connect: "session-manager" }, /instance profile/],
  ["a disk that is too small", { volumeGb: 4 }, /8 to 1024/],
  ["an endpoint without TLS elsewhere", { endpoint: "http://ec2.example.com" }, /endpoint/],
  ["an owner by name", { owner: "canonical" }, /12 digits/],
  ["looks without a pause", { pollSeconds: 0 }, /1 to 60/],
  ["a name that EC2 does not take", { image: "Vxlan" }, /lower-case/],
])("%s is refused", (_, change, message) => {
  expect(imageFaults({ ...SETTINGS, ...change }).join("\n")).toMatch(message);
  expect(() => packerTemplate({ ...SETTINGS, ...change })).toThrow(message);
});

test("the settings of the local AWS are taken", () => {
  const local: Partial<ImageSettings> = { endpoint: "http://127.0.0.1:4566", sshInterface: "private_ip" };
  expect(imageFaults({ ...SETTINGS, ...local })).toEqual([]);
  expect(sourceOf(local)).toMatchObject({
    custom_endpoint_ec2: "http://127.0.0.1:4566",
    skip_metadata_api_check: true,
    ssh_interface: "private_ip",
  });
  expect(sourceOf()).not.toHaveProperty("skip_credential_validation");
});

test.each(["t4g.small", "m7g.large", "c7gn.medium", "x2gd.large", "a1.medium", "im4gn.large"])(
  "%s is of Graviton",
  (instanceType) => expect(imageFaults({ ...SETTINGS, instanceType })).toEqual([]),
);

test.each(["t3.small", "m7i.large", "g5.xlarge", "m6a.large", "u-6tb1.metal"])(
  "%s is of x86",
  (instanceType) => expect(imageFaults({ ...SETTINGS, architecture: "x86_64", instanceType })).toEqual([]),
);

test("the Packer at hand is recognized, and one between says what to install", () => {
  expect(generationOf("Packer v1.6.6\n")).toBe("1.6");
  expect(generationOf("Packer v1.14.2\non linux_arm64\n")).toBe("current");
  expect(() => generationOf("Packer v1.7.0\n")).toThrow(/Packer is 1\.7\.0: 1\.10\.0 is the least/);
  expect(() => generationOf("what?")).toThrow(/packer version said/);
});
