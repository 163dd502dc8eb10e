import { narrowed, typesIn } from "../../../../cli/terraform/provider/schema";

const RESOURCES = 2;
const DATA = 3;
const FUNCTIONS = 7;
const EPHEMERAL = 8;

/** A field with a length, as protobuf writes it. */
function field(number: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
  }
}

/** An entry of a map, whose key may come last: protobuf leaves the order open. */
const entry = (map: number, name: string, size: number, keyLast = false) => {
  const parts = [field(1, name), field(2, "x".repeat(size))];
  return field(map, Buffer.concat(keyLast ? parts.reverse() : parts));
};

function message(...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

const provider = field(1, "the provider's own");
const capabilities = field(6, Buffer.from([8, 1]));
const vpc = entry(RESOURCES, "aws_vpc", 40_000);
const subnet = entry(RESOURCES, "aws_subnet", 3, true);
const vpcData = entry(DATA, "aws_vpc", 200);
const ami = entry(DATA, "aws_ami", 200);
const arn = entry(FUNCTIONS, "arn_parse", 10);
const secret = entry(EPHEMERAL, "aws_secretsmanager_random_password", 10);
const whole = message(provider, vpc, subnet, vpcData, ami, capabilities, arn, secret);

test("types that are not asked for are left out, and all else is as it was", () => {
  expect(narrowed(whole, new Set(["aws_vpc"]))).toEqual(message(provider, vpc, vpcData, capabilities, arn));
  expect(narrowed(whole, new Set(["aws_subnet", "aws_ami"]))).toEqual(
    message(provider, subnet, ami, capabilities, arn),
  );
  expect(narrowed(whole, new Set())).toEqual(message(provider, capabilities, arn));
});

test("when all are asked for nothing changes, numbers of other kinds included", () => {
  const number = Buffer.from([(9 << 3) | 0, 0xac, 0x02]);
  const fixed = Buffer.from([(10 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8, (11 << 3) | 5, 1, 2, 3, 4]);
  const more = message(whole.subarray(5), number, fixed);
  const types = new Set(["aws_vpc", "aws_subnet", "aws_ami", "aws_secretsmanager_random_password"]);
  expect(narrowed(more, types)).toEqual(more);
});

test.each([
  ["compressed", Buffer.concat([Buffer.from([1]), whole.subarray(1)])],
  ["cut off", whole.subarray(0, -1)],
  ["two messages", Buffer.concat([whole, whole])],
  ["of an unknown kind", message(Buffer.from([(1 << 3) | 3]))],
])("a schema that is %s is not narrowed", (_, bytes) => {
  expect(() => narrowed(bytes, new Set())).toThrow(/the provider's schema/);
});

test("the types of a configuration are looked for wherever it may name one", () => {
  const json = {
    resource: { aws_vpc: { main: { cidr_block: "10.0.0.0/16" } } },
    data: { aws_ami: { newest: {} } },
    ephemeral: { aws_kms_secrets: { all: {} } },
    moved: [{ from: "aws_alb.old", to: "aws_lb.new" }],
    removed: [{ from: "aws_eip.nat" }],
    import: [{ to: 'aws_subnet.all["a"]', id: "subnet-1" }],
    output: { id: { value: "${one(aws_instance.web[*].id)}" } },
  };
  expect([...typesIn(json)].sort()).toEqual([
    "aws_alb",
    "aws_ami",
    "aws_eip",
    "aws_instance",
    "aws_kms_secrets",
    "aws_lb",
    "aws_subnet",
    "aws_vpc",
  ]);
  expect(typesIn({ output: {} }).size).toBe(0);
});
